"""One reply of an agent: what it is sent, and what it says."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import msgspec

from ...parts import NoticePart
from ...protocol import Sent
from ..base import Item, Turn
from ..pictures import reduced
from ..telling import Image, Text
from ..threads import in_thread
from ..toolbox import Toolbox
from .attachments import Takes, files_told, places, takes
from .content import Asked, asked, block
from .failures import stopped
from .memory import Recap, recap, remembered
from .sessions import Opened, Sessions
from .stream import Answer, End


async def reply(sessions: Sessions, name: str, turn: Turn) -> AsyncGenerator[Item, None]:
    """Ask the agent, and say what it says.

    Raises:
        AssistantError: it could not be asked, or did not end well.
    """
    agent = sessions.agent
    more = await turn.more()
    for notice in more.notices:
        yield notice
    turn = turn.with_tools(more.tools)
    await agent.offer(turn.tools)
    await agent.ready()
    opened = await sessions.open(turn)
    chosen = await sessions.choose(opened.id, turn.settings)
    told = _recap(turn) if not opened.turns and turn.history else None
    if told:
        yield _notice(told, agent.title)
    whole = await _asked(turn, told, takes(agent.hello))
    small = await in_thread(lambda: _small(whole), "agents-pictures")
    blocks = [block(piece) for piece in small]
    ext = remembered(turn.history, name, turn.session.id, opened.id, opened.turns + 1)
    smaller = [] if small == whole else [turn.prompt.id]
    yield _sent(blocks, told, smaller, chosen, ext)
    async with aclosing(_ask(sessions, opened, turn, blocks, chosen.get("model"))) as items:
        async for item in items:
            yield item


async def _ask(
    sessions: Sessions, opened: Opened, turn: Turn, blocks: list[dict[str, Any]], model: str | None
) -> AsyncGenerator[Item, None]:
    sessions.asked(opened.id)
    ledger = sessions.ledger(opened.id)
    stream = sessions.agent.prompt(opened.id, blocks)
    try:
        answer = Answer(stream, Toolbox(turn.tools, turn.decision), turn.decision, ledger)
        async with aclosing(answer.items()) as items:
            async for item in items:
                yield item
    finally:
        sessions.agent.leave(stream)
    assert answer.end is not None
    yield ledger.end(answer.end.answer, model)
    await _check(sessions, answer.end)
    sessions.replied(opened.id, turn.reply)


async def _check(sessions: Sessions, end: End) -> None:
    """Raise what went wrong, if anything did."""
    if end.error is not None:
        raise await sessions.agent.explained(end.error, "answer")
    reason = end.answer.get("stopReason")
    if reason != "end_turn":
        raise stopped(str(reason), sessions.agent.scene())


def _recap(turn: Turn) -> Recap:
    return recap(turn.history, turn.omitted, files=places(turn))


async def _asked(turn: Turn, told: Recap | None, can: Takes) -> list[Asked]:
    """What was said before, the files of the question, and the question, which ends it."""
    before = [Text(told.text)] if told else []
    return [*before, *await files_told(turn, can), *asked(turn.prompt.parts, can.images)]


def _small(whole: list[Asked]) -> list[Asked]:
    return [reduced(piece) if isinstance(piece, Image) else piece for piece in whole]


def _notice(told: Recap, title: str) -> NoticePart:
    cut = bool(told.omitted or told.shortened)
    return NoticePart(
        name="context",
        text=f"{title} has no memory of the chat as it is shown, so it was told"
        f" {_extent(told) if cut else 'what was said before'}.",
        level="warning" if cut else "info",
    )


def _extent(told: Recap) -> str:
    """How much of the chat was told, where it was not all."""
    short = f", {len(told.shortened)} of them shortened" if told.shortened else ""
    older = f"; {told.omitted} older ones were left out" if told.omitted else ""
    return f"its {told.told} newest messages{short}{older}"


def _sent(
    blocks: list[dict[str, Any]],
    told: Recap | None,
    smaller: list[int],
    chosen: Mapping[str, str],
    ext: dict[str, Any],
) -> Sent:
    return Sent(
        digest=hashlib.sha256(msgspec.json.encode(blocks)).hexdigest(),
        model=chosen.get("model"),
        parameters={name: value for name, value in chosen.items() if name != "model"},
        messages=1 + (told.told if told else 0),
        omitted=told.omitted if told else 0,
        shortened=told.shortened if told else [],
        reduced=smaller,
        ext=ext,
    )
