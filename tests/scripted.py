"""Assistants for tests: they say what a test gives them, when the test lets them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from jupyter_chatcore.assistants.base import Assistant, Item, Turn
from jupyter_chatcore.parts import Approval, ApprovalOption, ToolPart


class Gate(asyncio.Event):
    """Where a script waits until the test opens it; `reached` tells that it is there."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()


@dataclass(frozen=True)
class Decide:
    """Where a script waits for the user's decision about a tool call."""

    call: str


Step = Item | asyncio.Event | Exception | Decide

OPTIONS = [
    ApprovalOption(id="once", label="Allow", kind="allow_once"),
    ApprovalOption(id="no", label="Deny", kind="reject_once"),
]


def asking(call: str = "c1", **more: object) -> ToolPart:
    """A tool call that asks for permission."""
    return ToolPart(
        call=call,
        name="bash",
        status="awaiting",
        approval=Approval(options=OPTIONS),
        **more,  # type: ignore[arg-type]
    )


class Scripted(Assistant):
    """Plays one script for each turn: items are said, events waited for, errors raised.

    Without a script it repeats the prompt's text. `turns` are those it has seen,
    `waiting` is set while it waits for an event, `stopped` counts the cancelled ones,
    `cancelled` is set by the first of them, `scripts` are those to come. `decisions` are
    the ids of the options that users chose, None for a request that expired.
    """

    name = "scripted"
    title = "Scripted"
    description = "Says what it is told to"

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.decisions: list[str | None] = []
        self.waiting = asyncio.Event()
        self.stopped = 0
        self.cancelled = asyncio.Event()
        self.scripts: deque[tuple[Step, ...]] = deque()

    def enqueue(self, *steps: Step) -> None:
        """What to do in the next turn that has no script yet."""
        self.scripts.append(steps)

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Play the next script."""
        self.turns.append(turn)
        try:
            async for item in self._play(turn):
                yield item
        except asyncio.CancelledError:
            self.stopped += 1
            self.cancelled.set()
            raise

    async def _play(self, turn: Turn) -> AsyncIterator[Item]:
        for step in self.scripts.popleft() if self.scripts else (_text(turn),):
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Decide):
                chosen = await turn.decision(step.call)
                self.decisions.append(chosen.id if chosen else None)
            elif isinstance(step, asyncio.Event):
                if isinstance(step, Gate):
                    step.reached.set()
                self.waiting.set()
                await step.wait()
                self.waiting.clear()
            else:
                yield step


class Endless(Assistant):
    """Never ends by itself, and counts."""

    name = "endless"

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Say a number, then the next."""
        number = 0
        while True:
            yield f"{number} "
            number += 1
            await asyncio.sleep(0)


class Breathless(Assistant):
    """Never ends, and never waits."""

    name = "breathless"

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Say the same for ever."""
        while True:
            yield "and on "


class Stubborn(Assistant):
    """Takes no notice of a stop until it is released."""

    name = "stubborn"

    def __init__(self) -> None:
        self.release = asyncio.Event()

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Say something, and go on whatever comes."""
        yield "I will "
        while not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                continue
        yield "not be stopped"


class Echo(Assistant):
    """Says again what it was told, word by word."""

    name = "echo"
    title = "Echo"

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Say the prompt's words."""
        for word in _text(turn).split():
            yield f"{word} "
            await asyncio.sleep(0)


def scripted(*steps: Step) -> Scripted:
    """An assistant that plays the steps in its first turn, and then repeats its prompts."""
    made = Scripted()
    made.enqueue(*steps)
    return made


def _text(turn: Turn) -> str:
    return "".join(getattr(part, "text", "") for part in turn.prompt.parts)
