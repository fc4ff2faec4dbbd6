"""A name or a question -> entries, with a bounded wait while documentation is being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable

from .child import ChildFailed
from .entry import Entry
from .library import Library
from .packages import STDLIB
from .ranking import Ranked
from .symbols import Mention

QUIET = 1.0
"""Seconds to wait before saying that there is something to wait for."""
PATIENCE = 60.0
"""Seconds to wait for documentation that is being read for the first time."""


class Lookup:
    """Finds entries for names and questions.

    `patience` bounds the wait for a first reading, in seconds; after it, answers are
    made from what has been read by then.
    """

    def __init__(self, library: Library, patience: float = PATIENCE) -> None:
        self.library = library
        self._patience = patience

    async def entries(self, mention: Mention) -> list[Entry]:
        """What a name may mean, best first: the exact name, else those that end so."""
        exact = await self.exact(mention)
        if exact is not None:
            return [exact]
        for suffix in mention.suffixes:
            found = await self.library.ending(suffix)
            if found:
                return found
        return []

    async def exact(self, mention: Mention) -> Entry | None:
        """What has exactly this name, from the index, else from Python itself."""
        entry = await self.library.exact(mention.names)
        dotted = [name for name in mention.names if "." in name or name != mention.text]
        if entry is not None or not dotted:
            return entry
        try:
            return await self.library.look(dotted)
        except ChildFailed:
            # a package that crashes or hangs has nothing to say here; the search may have
            return None

    async def search(self, question: str) -> list[Ranked]:
        """What fits a question, best first."""
        return await self.library.search(question)

    async def wait_unless_exact(self, mention: Mention) -> AsyncIterator[str]:
        """Wait for a first reading, unless the exact name can be had without."""
        if self.library.complete or await self.exact(mention) is not None:
            return
        async for note in self.wait():
            yield note

    async def wait(self) -> AsyncIterator[str]:
        """Wait for a first reading, telling how it goes; no note where it is quick or done."""
        reading = self.library.reading
        if self.library.complete or reading is None:
            return
        deadline = asyncio.get_running_loop().time() + self._patience
        if await self._settled(QUIET):
            return
        number = len(reading.todo)
        yield f"Reading the documentation of {number} packages, for the first time here: "
        told = 0
        while self.library.reading is reading and asyncio.get_running_loop().time() < deadline:
            if len(reading.done) > told:
                yield ", ".join(_called(name) for name in reading.done[told:]) + " · "
                told = len(reading.done)
            left = max(0.0, deadline - asyncio.get_running_loop().time())
            await _first(left, reading.more(told), self.library.settled())
        yield _end(self.library, [one.name for one in reading.todo if one.name not in reading.done])

    async def _settled(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.library.settled(), seconds)
        except TimeoutError:
            return False
        return True


async def _first(seconds: float, *waits: Awaitable[object]) -> None:
    """Wait until one of these is over, at most so many seconds."""
    tasks = {asyncio.ensure_future(one) for one in waits}
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


def _called(name: str) -> str:
    return "Python itself" if name == STDLIB else name


def _end(library: Library, left: list[str]) -> str:
    if library.complete or not left:
        return "done.\n\n"
    return (
        f"\n\nThat takes long here: {', '.join(_called(name) for name in left)} not yet."
        " Here is what I have so far; ask again in a while for the rest.\n\n"
    )
