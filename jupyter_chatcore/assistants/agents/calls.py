"""The calls of the chat's own tools in one prompt of an agent: each runs beside the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing

from msgspec.structs import replace

from ...parts import ToolPart
from ..toolbox import Toolbox
from .offer import Call

_ENDED = ("done", "failed", "denied", "cancelled")


class Calls:
    """Runs calls with a toolbox; `tell` is given their parts as they go on."""

    def __init__(self, toolbox: Toolbox, tell: Callable[[ToolPart], None]) -> None:
        self._toolbox = toolbox
        self._tell = tell
        self._parts: dict[str, ToolPart] = {}
        self._begun: dict[Call, ToolPart] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, call: Call) -> ToolPart:
        """The part of a call, before anything is done."""
        number = len(self._parts) + 1
        part = self._toolbox.asked(call.name, f"{call.name}-{number}", call.input)
        self._begun[call] = part
        return self.went(part)

    def run(self, call: Call) -> None:
        """Do what it asks for, with the user's leave where that is needed."""
        task = asyncio.create_task(self._run(call, self._begun.pop(call)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        call.on_left(task.cancel)

    def went(self, part: ToolPart) -> ToolPart:
        """A part that is shown now."""
        self._parts[part.call] = part
        return part

    def open(self) -> Iterator[ToolPart]:
        """The calls that the agent has not waited for, as they are left."""
        for part in self._parts.values():
            if part.status not in _ENDED:
                yield replace(part, status="cancelled")

    def close(self) -> None:
        """End what still runs."""
        for task in self._tasks:
            task.cancel()

    async def _run(self, call: Call, begun: ToolPart) -> None:
        last = begun
        try:
            async with aclosing(self._toolbox.run(begun)) as parts:
                async for last in parts:
                    self._tell(last)
        except asyncio.CancelledError:
            self._tell(replace(last, status="cancelled"))
            raise
        call.end(last)
