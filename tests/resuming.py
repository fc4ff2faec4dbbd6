"""Assistants that go on after a restart, and what tests of that ask of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from core_fixtures import CHAT
from core_running import ADA, ask, core, message, until
from scripted import Decide, Scripted, asking

from jupyter_chatcore.api import Approve, Posted
from jupyter_chatcore.assistants.base import Item, Turn
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import Part, ToolPart, open_requests
from jupyter_chatcore.protocol import Message
from jupyter_chatcore.reply import ReplyOptions


class Resuming(Scripted):
    """Goes on with an answer by its next script; `answers` are those that it went on with."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Message] = []

    async def resume(self, turn: Turn, answer: Message) -> AsyncIterator[Item]:
        """Play the next script; without one, wait for what was asked, and say what it was."""
        self.answers.append(answer)
        if not self.scripts:
            calls = [tool.call for tool in open_requests(answer.parts)]
            self.enqueue(*map(Decide, calls), *map(done, calls), "went on")
        async for item in self.reply(turn):
            yield item


def done(call: str) -> ToolPart:
    """The call at its end."""
    return ToolPart(call=call, name="bash", status="done")


def options(approval_seconds: float) -> ReplyOptions:
    """As tests have them: quick, and without titles."""
    return ReplyOptions(
        coalesce_seconds=0.001, headline_seconds=0, approval_seconds=approval_seconds
    )


async def left(
    folder: Path,
    assistant: Scripted,
    *steps: Item,
    seconds: float = 600,
    settings: dict[str, Any] | None = None,
) -> Posted:
    """A reply that its server has left while it asked, after these steps."""
    assistant.enqueue(*steps, asking(), Decide("c1"))
    async with core(folder, assistant, options=options(seconds)) as chat:
        posted = await ask(chat, settings=settings or {})
        await until(chat, posted.cursor, lambda: asks(chat, posted))
    return posted


async def asks(chat: ChatCore, posted: Posted) -> bool:
    """Whether the reply asks for permission now."""
    return bool(open_requests((await message(chat, posted.reply)).parts))


async def decide(chat: ChatCore, posted: Posted, option: str = "once", part: int = 0) -> Message:
    """Answer a request of the reply."""
    assert posted.reply is not None
    return await chat.replies.decide(CHAT, posted.reply, part, Approve(option=option), ADA)


def states(parts: list[Part]) -> list[str]:
    """The states of the tool calls."""
    return [part.status for part in parts if isinstance(part, ToolPart)]
