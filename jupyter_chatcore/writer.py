"""The one thread that writes, which commits what waits in groups.

A commit that survives power loss costs a disk's flush, so all jobs that wait share
one. Each job is undone by itself when it fails. What the group changed is announced
before any caller learns of its result, whether or not that caller still waits:
nothing committed can go unannounced.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, TypeVar

import msgspec

from .connection import DatabaseConfig, translated
from .errors import StoreError
from .protocol import Event
from .store import Store

T = TypeVar("T")
_GROUP = 256
_encode = msgspec.json.Encoder().encode


class Stored(NamedTuple):
    """An event that is committed, with its JSON, encoded once for all who get it."""

    event: Event
    data: bytes

    @property
    def seq(self) -> int:
        """The event's number."""
        return self.event.seq


# What was committed, oldest first, and the number up to which others wrote meanwhile.
Announce = Callable[[Sequence[Stored], int | None], None]


class _Job(NamedTuple):
    work: Callable[[Store], Any] | None
    durable: bool
    future: asyncio.Future[Any]


class Writer:
    """Owns the writing connection and its thread.

    `announce` is called on the event loop after each commit that changed something,
    and when another process has written.
    """

    def __init__(self, config: DatabaseConfig, announce: Announce) -> None:
        self._config = config
        self._announce = announce
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="chatcore-writer", daemon=True)
        self._seen = 0
        self._version = 0

    async def start(self) -> None:
        """Open the database, making and migrating it where needed.

        Raises:
            StoreError: it cannot be opened.
        """
        self._loop = asyncio.get_running_loop()
        opened = self._loop.create_future()
        self._opened = opened
        self._thread.start()
        await opened

    async def close(self) -> None:
        """Finish what was asked for and close the database."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def submit(self, work: Callable[[Store], T], *, durable: bool = True) -> T:
        """Run `work` in a transaction; it is committed when this returns.

        Raises:
            StoreError: the database refused; nothing of `work` was written.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(work, durable, future))
        return await future

    async def look(self) -> None:
        """Announce what other processes have written, if they have."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put(_Job(None, False, future))
        await future

    def _run(self) -> None:
        try:
            with translated(self._config.path):
                store = Store(self._config)
                self._seen, self._version = store.clock(), store.data_version()
        except StoreError as error:
            self._call(_fail, self._opened, error)
            return
        self._call(_resolve, self._opened, None)
        while group := self._next_group():
            self._work(store, group)
        store.close()

    def _next_group(self) -> list[_Job]:
        """All jobs that wait, at least one; none when the writer is closed."""
        first = self._jobs.get()
        if first is None:
            return []
        group = [first]
        while len(group) < _GROUP:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            group.append(job)
        return group

    def _work(self, store: Store, group: list[_Job]) -> None:
        results: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
        floor = None
        try:
            with translated(self._config.path):
                floor = self._commit(store, group, results)
        except Exception as error:  # the thread must outlive whatever a job does
            results = [(job.future, None, error) for job in group]
        events = [Stored(event, _encode(event)) for event in store.events]
        store.events.clear()
        self._call(self._settle, events, floor, results)

    def _commit(self, store: Store, group: list[_Job], results: list[Any]) -> int | None:
        """Run the group's jobs in one transaction; returns the floor if others wrote."""
        if all(job.work is None for job in group):
            results.extend((job.future, None, None) for job in group)
            return self._changed_by_others(store)
        store.durable(any(job.durable for job in group))
        with store.transaction():
            before = store.clock()
            results.extend(self._attempt(store, job) for job in group)
            after = store.clock()
        foreign, self._seen = before != self._seen, after
        return before if foreign else None

    def _changed_by_others(self, store: Store) -> int | None:
        version = store.data_version()
        if version == self._version:
            return None
        self._version, self._seen = version, store.clock()
        return self._seen

    @staticmethod
    def _attempt(store: Store, job: _Job) -> tuple[asyncio.Future[Any], Any, BaseException | None]:
        """The job's result; an error of the database's own that ends the group is raised."""
        if job.work is None:
            return job.future, None, None
        try:
            with store.savepoint():
                return job.future, job.work(store), None
        except sqlite3.Error:
            raise
        except Exception as error:
            if not store.in_transaction:
                raise
            return job.future, None, error

    def _call(self, function: Callable[..., None], *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(function, *arguments)

    def _settle(
        self,
        events: Sequence[Stored],
        floor: int | None,
        results: Sequence[tuple[asyncio.Future[Any], Any, BaseException | None]],
    ) -> None:
        if events or floor is not None:
            self._announce(events, floor)
        for future, result, error in results:
            if error is None:
                _resolve(future, result)
            else:
                _fail(future, error)


def _resolve(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
