"""One reading of the packages that are not in the index yet, in the background."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ..threads import in_thread
from . import index
from .child import Child, ChildFailed
from .entry import Read, Seen
from .packages import Package
from .shelf import Shelf, Survey


class Reading:
    """Reads package after package, each in a process of its own.

    One that hangs or crashes costs its own time and nothing else. What has been read
    can be searched at `part` while the rest is still being read.
    """

    def __init__(self, shelf: Shelf, survey: Survey, todo: tuple[Package, ...], seconds: float):
        self._shelf = shelf
        self._survey = survey
        self._seconds = seconds
        self._child: Child | None = None
        self._moved = asyncio.Condition()
        self.todo = todo
        self.done: list[str] = []
        self.part: Path | None = None

    async def run(self) -> Path:
        """Read everything and put the new index in place; its path.

        Raises:
            OSError: the folder cannot be written.
            sqlite3.Error: the database cannot be.
        """
        self.part = await in_thread(lambda: self._shelf.begin(self._survey), "chatcore-docs")
        part = self.part
        for package in self.todo:
            await self._read(package, part)
            async with self._moved:
                self.done.append(package.name)
                self._moved.notify_all()
        return await in_thread(lambda: self._shelf.publish(part), "chatcore-docs")

    async def more(self, seen: int) -> None:
        """Wait until more than `seen` packages are done."""
        async with self._moved:
            await self._moved.wait_for(lambda: len(self.done) > seen)

    def kill(self) -> None:
        """End the process that is reading, if any."""
        if self._child is not None:
            self._child.kill()

    async def _read(self, package: Package, part: Path) -> None:
        version = self._survey.installed[package.name]
        seen = await self._ask(package, version, part)
        if seen.problem:
            await in_thread(
                lambda: index.add_problem(part, package.name, version, seen.problem),
                "chatcore-docs",
            )

    async def _ask(self, package: Package, version: str, part: Path) -> Seen:
        request = Read(package=package, version=version, target=str(part), seconds=self._seconds)
        self._child = Child(request)
        try:
            return await self._child.ask()
        except ChildFailed as error:
            return Seen(problem=str(error))
