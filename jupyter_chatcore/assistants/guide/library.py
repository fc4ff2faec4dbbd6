"""The server's side of the documentation: what is read, by whom, and what was found.

Nothing happens until the first question. Then packages that are new or have changed
are read in the background; what an older reading found is used meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..secrets import describe
from ..threads import in_thread
from . import index
from .child import Child, ChildFailed
from .entry import Entry, Look
from .packages import PACKAGES, Package
from .ranking import Ranked, rank
from .reading import Reading
from .shelf import Shelf, Survey, default_folder, discard

T = TypeVar("T")
_log = logging.getLogger(__name__)

AGAIN = 30.0
"""Seconds after which a question looks again whether packages have changed."""


class Library:
    """The documentation of what is installed.

    `folder` is where the index is kept, by default in the user's cache folder.
    `read_seconds` bounds the reading of one package, `look_seconds` that of one name.
    """

    def __init__(
        self,
        folder: Path | None = None,
        packages: Sequence[Package] = PACKAGES,
        read_seconds: float = 90.0,
        look_seconds: float = 8.0,
    ) -> None:
        self._folder = folder
        self._packages = tuple(packages)
        self._read_seconds = read_seconds
        self._look_seconds = look_seconds
        self._path: Path | None = None
        self._surveyed: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._children: set[Child] = set()
        self._closed = False
        # of two first questions the second must not be answered before there is an index to ask
        self._beginning = asyncio.Lock()
        self.reading: Reading | None = None

    async def begin(self) -> None:
        """Start to read what is new, unless that is going on; does not wait for it."""
        async with self._beginning:
            await self._begin()

    async def _begin(self) -> None:
        fresh = self._surveyed is not None and time.monotonic() - self._surveyed < AGAIN
        if self._closed or fresh or self.reading is not None:
            return
        first, self._surveyed = self._surveyed is None, time.monotonic()
        shelf = await in_thread(self._shelf, "chatcore-docs")
        survey = await in_thread(shelf.survey, "chatcore-docs")
        self._path = survey.path
        todo = self._todo(survey, again=first)
        if (todo or survey.gone) and self.reading is None and not self._closed:
            self.reading = Reading(shelf, survey, todo, self._read_seconds)
            self._task = asyncio.create_task(self._read(self.reading))

    @property
    def complete(self) -> bool:
        """Whether there is an index of an earlier or finished reading."""
        return self._path is not None

    async def settled(self) -> None:
        """Wait until nothing is being read."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def packages(self) -> list[index.Known]:
        """What can be searched now."""
        return await self._query(lambda path: index.packages(path) or [], [])

    async def exact(self, names: Sequence[str]) -> Entry | None:
        """The entry of the first of these dotted names that is in the index."""
        return await self._query(lambda path: index.exact(path, names), None)

    async def ending(self, suffix: str) -> list[Entry]:
        """The entries whose name ends so, the most common ones first."""
        return await self._query(lambda path: index.ending(path, suffix), [])

    async def members(self, holder: str) -> list[str]:
        """What the index has below a module or class."""
        return await self._query(lambda path: index.members(path, holder), [])

    async def search(self, question: str) -> list[Ranked]:
        """The entries that fit a question in plain words, best first."""
        return await self._query(lambda path: rank(path, question), [])

    async def look(self, names: Sequence[str]) -> Entry | None:
        """The first of these names that Python itself finds, asked in a process of its own.

        Raises:
            ChildFailed: the process crashed or took too long.
        """
        if self._closed or not names:
            return None
        child = Child(Look(names=tuple(names), seconds=self._look_seconds))
        self._children.add(child)
        try:
            seen = await child.ask()
        finally:
            self._children.discard(child)
        if seen.entry is None and seen.problem:
            raise ChildFailed(seen.problem)
        return seen.entry

    async def close(self) -> None:
        """End every process; what was being read is read again another time."""
        self._closed = True
        for child in self._children:
            child.kill()
        if self.reading is not None:
            self.reading.kill()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _shelf(self) -> Shelf:
        return Shelf(self._folder or default_folder(), self._packages)

    def _todo(self, survey: Survey, again: bool) -> tuple[Package, ...]:
        """What to read; with `again`, what could not be read last time is tried once more."""
        failed = {name for name, known in survey.known.items() if known.problem and again}
        wanted = {*survey.unread, *failed}
        return tuple(p for p in self._packages if p.name in wanted and p.name in survey.installed)

    async def _read(self, reading: Reading) -> None:
        try:
            self._path = await reading.run()
        except Exception as error:
            # the reader's trouble is told in the log; answers go on with what there is
            _log.warning("the documentation index could not be made: %s", describe(error))
        finally:
            self.reading = None

    async def _query(self, ask: Callable[[Path], T], nothing: T) -> T:
        path = self._path or (self.reading.part if self.reading is not None else None)
        if path is None:
            return nothing
        try:
            return await in_thread(lambda: ask(path), "chatcore-docs")
        except sqlite3.Error as error:
            # another server may have put a newer one in its place, or the disk has damaged it
            _log.warning("the documentation index could not be read: %s", describe(error))
            if path == self._path:
                self._path, self._surveyed = None, None
                await in_thread(partial(discard, path, error), "chatcore-docs")
            return nothing
