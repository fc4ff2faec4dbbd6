"""Append, ring, watch: one way for every reader to follow a chat.

A write is committed, then rung, by the writer, whatever becomes of the caller. A
watcher has a cursor and nothing else: it is served from the room's ring where that
reaches back far enough, else from the store, and holds one batch at a time. So a
stalled one costs nothing, delays nobody and gets fewer, larger batches.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

import msgspec

from .connection import DatabaseConfig, translated
from .errors import StoreError
from .protocol import MessagePut, SessionPut
from .room import Batch, Room
from .store import Store
from .writer import Stored, Writer

T = TypeVar("T")
_READERS = 2
# The least time between two tellings of a list: nobody reads it faster.
_LIST_SECONDS = 0.1
_encode = msgspec.json.Encoder().encode


class Feed:
    """The database on an event loop, and who watches it.

    `poll_seconds` is how soon a change made by another server is seen.
    """

    def __init__(self, config: DatabaseConfig, *, poll_seconds: float = 0.2) -> None:
        self._config = config
        self._poll_seconds = poll_seconds
        self._rooms: dict[str, Room] = {}
        self._rung = 0
        self._writer = Writer(config, self._ring)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="chatcore-reader")
        self._local = threading.local()
        self._open: list[Store] = []
        self._attentive = asyncio.Event()
        self._attention = 0
        self._looker: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        self._lobby = Room(0)
        self._listed = 0

    async def start(self) -> None:
        """Open the database.

        Raises:
            StoreError: it cannot be opened.
        """
        await self._writer.start()
        self._rung = await self.read(Store.clock)
        self._looker = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Finish what is being written and let go of the database."""
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.wait([self._looker])
        await self._writer.close()
        await asyncio.to_thread(self._readers.shutdown)
        for store in self._open:
            store.close()

    async def read(self, work: Callable[[Store], T]) -> T:
        """The result of `work` on one state of the database.

        Raises:
            StoreError: the database cannot be read.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Store], T], *, durable: bool = True) -> T:
        """The result of `work`, committed and rung; a caller that leaves undoes neither.

        `durable` says whether it survives power loss, or only the death of the process.

        Raises:
            StoreError: the database refused, and nothing of `work` was written.
        """
        return await self._writer.submit(work, durable=durable)

    async def watch(
        self, session: str, after: int, ping: float = 15.0
    ) -> AsyncGenerator[Batch, None]:
        """Everything that happens in a chat after a cursor, for as long as one iterates.

        An empty batch comes after `ping` seconds without news. It ends when the chat
        is deleted. Close it (`contextlib.aclosing`) when done.

        Raises:
            NotFound: there never was such a chat.
            CursorAhead: the cursor is newer than the database.
            StoreError: the database cannot go on.
        """
        with self.attention(), self._enter(session) as room:
            cursor, behind = after, True
            while True:
                if behind or cursor < room.floor:
                    cursor, batch, behind = await self._backlog(session, cursor)
                    if not batch:
                        continue
                else:
                    batch = room.after(cursor)
                    if not batch and await room.wait(ping):
                        continue
                    cursor = batch.events[-1].seq if batch else cursor
                yield batch
                if batch and _deleted(batch):
                    return

    async def watch_list(
        self, user: str, after: int, ping: float = 15.0
    ) -> AsyncGenerator[Batch, None]:
        """What happens to all chats, as the list of this user shows them, after a cursor.

        The events are `SessionPut`s; of a chat that changed several times only the last
        one is told. An empty batch comes after `ping` seconds without news. Close it
        (`contextlib.aclosing`) when done.

        Raises:
            StoreError: the database cannot go on.
        """
        cursor, behind = after, True
        with self.attention():
            while True:
                if not behind and self._listed <= cursor:
                    behind = await self._lobby.wait(ping)
                    if not behind:
                        yield Batch(())
                    continue
                events, cursor, behind = await self._list_since(cursor, user)
                if events:
                    yield Batch(events)
                    await asyncio.sleep(_LIST_SECONDS)

    async def _list_since(self, after: int, user: str) -> tuple[list[Stored], int, bool]:
        events, cursor, more = await self.read(lambda store: store.list_since(after, user))
        return [Stored(event, _encode(event)) for event in events], cursor, more

    def on_foreign_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` when another server has written while somebody is attentive."""
        self._listeners.append(listener)

    def fail(self, session: str, error: StoreError) -> None:
        """Tell those who watch a chat that its store cannot go on; they may come again."""
        if room := self._rooms.get(session):
            room.fail(error)
            del self._rooms[session]

    @contextmanager
    def attention(self) -> Iterator[None]:
        """While this lasts, changes made by other servers are looked for."""
        self._attention += 1
        self._attentive.set()
        try:
            yield
        finally:
            self._attention -= 1
            if not self._attention:
                self._attentive.clear()

    async def attended(self) -> None:
        """Wait until somebody is attentive."""
        await self._attentive.wait()

    @contextmanager
    def _enter(self, session: str) -> Iterator[Room]:
        room = self._rooms.setdefault(session, Room(self._rung))
        room.watchers += 1
        try:
            yield room
        finally:
            room.watchers -= 1
            if not room.watchers and self._rooms.get(session) is room:
                del self._rooms[session]

    async def _backlog(self, session: str, after: int) -> tuple[int, Batch, bool]:
        events, cursor, more = await self.read(lambda store: store.since(session, after))
        return cursor, Batch([Stored(event, _encode(event)) for event in events]), more

    def _ring(self, events: Sequence[Stored], floor: int | None) -> None:
        """What the writer committed; `floor` is set where others wrote before it."""
        if floor is not None:
            for room in self._rooms.values():
                room.forget(floor)
            for listener in self._listeners:
                listener()
        touched = set(self._rooms.values()) if floor is not None else set()
        for stored in events:
            if watched := self._rooms.get(stored.event.session):
                watched.add(stored)
                touched.add(watched)
        self._rung = max(self._rung, floor or 0, events[-1].seq if events else 0)
        self._ring_list(events, floor)
        for room in touched:
            room.wake()

    def _ring_list(self, events: Sequence[Stored], floor: int | None) -> None:
        """Growing text changes nothing in the list of chats; all else may."""
        told = [s.seq for s in events if isinstance(s.event.change, MessagePut | SessionPut)]
        self._listed = max(self._listed, floor or 0, *told[-1:])
        if told or floor is not None:
            self._lobby.wake()

    async def _look(self) -> None:
        """Look for what others wrote, as long as somebody would want to know."""
        while True:
            await self.attended()
            await asyncio.sleep(self._poll_seconds)
            # A database that cannot be read now says so to whoever reads it; look again.
            with suppress(StoreError):
                await self._writer.look()

    def _read(self, work: Callable[[Store], T]) -> T:
        with translated(self._config.path):
            store = self._reader()
            with store.snapshot():
                return work(store)

    def _reader(self) -> Store:
        store: Store | None = getattr(self._local, "store", None)
        if store is None:
            store = self._local.store = Store(self._config, read_only=True)
            self._open.append(store)
        return store


def _deleted(batch: Batch) -> bool:
    change = batch.events[-1].event.change
    return isinstance(change, SessionPut) and change.session.deleted
