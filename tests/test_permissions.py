"""A request for permission is asked once, answered once, and never left dead."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from core_fixtures import CHAT
from core_running import ADA, ask, core, ended, message, until
from scripted import Decide, Gate, Scripted, asking, scripted

from jupyter_chatcore.api import Approve, Posted
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.errors import Conflict, Invalid, NotFound
from jupyter_chatcore.parts import Approval, ToolPart
from jupyter_chatcore.protocol import Author, Message
from jupyter_chatcore.reply import ReplyOptions

pytestmark = pytest.mark.asyncio

BOB = Author(username="bob")


def tool(message: Message, index: int = 0) -> ToolPart:
    part = message.parts[index]
    assert isinstance(part, ToolPart)
    return part


def approval(message: Message, index: int = 0) -> Approval:
    found = tool(message, index).approval
    assert found is not None
    return found


async def asked(chat: ChatCore, assistant: Scripted, *steps: object) -> Posted:
    """A reply that has asked for permission, as its readers see it."""
    assistant.enqueue(*steps)  # type: ignore[arg-type]
    posted = await ask(chat)

    async def check() -> bool:
        parts = (await message(chat, posted.reply)).parts
        return bool(parts) and isinstance(parts[-1], ToolPart)

    await until(chat, posted.cursor, check)
    return posted


async def decide(
    chat: ChatCore, posted: Posted, option: str, author: Author = ADA, part: int = 0
) -> Message:
    assert posted.reply is not None
    return await chat.replies.decide(CHAT, posted.reply, part, Approve(option=option), author)


async def test_a_permission_reaches_the_assistant_and_stays_on_its_part(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        posted = await asked(chat, assistant, asking(), Decide("c1"), "done")
        open_ = approval(await message(chat, posted.reply))
        assert open_.outcome is None
        assert open_.expires is not None
        answered = await decide(chat, posted, "once")
        assert (approval(answered).outcome, approval(answered).by) == ("once", "Ada")
        reply = await ended(chat, posted)
    assert assistant.decisions == ["once"]
    assert approval(reply).outcome == "once"


async def test_what_the_tool_does_then_keeps_its_approval(tmp_path: Path) -> None:
    assistant, done = Scripted(), ToolPart(call="c1", name="bash", status="done")
    async with core(tmp_path, assistant) as chat:
        posted = await asked(chat, assistant, asking(), Decide("c1"), done)
        assert tool(await decide(chat, posted, "once")).status in ("running", "done")
        reply = await ended(chat, posted)
    assert tool(reply).status == "done"
    assert approval(reply).outcome == "once"


async def test_a_refusal_is_shown(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        posted = await asked(chat, assistant, asking(), Decide("c1"))
        assert tool(await decide(chat, posted, "no")).status == "denied"
        assert tool(await ended(chat, posted)).status == "denied"
    assert assistant.decisions == ["no"]


async def test_the_first_answer_stands(tmp_path: Path) -> None:
    assistant, gate = Scripted(), Gate()
    async with core(tmp_path, assistant) as chat:
        posted = await asked(chat, assistant, asking(), Decide("c1"), gate)
        tries = (decide(chat, posted, "once"), decide(chat, posted, "no", BOB))
        first, second = await asyncio.gather(*tries, return_exceptions=True)
        assert isinstance(first, Message)
        assert isinstance(second, Conflict)
        assert "'Allow' by Ada" in second.message
        with pytest.raises(Conflict, match="'Allow' by Ada"):
            await decide(chat, posted, "no", BOB)
        again = await decide(chat, posted, "once", BOB)
        assert approval(again).by == "Ada"
        gate.set()
        await ended(chat, posted)
    assert assistant.decisions == ["once"]


async def test_a_request_expires_visibly(tmp_path: Path) -> None:
    assistant = Scripted()
    options = ReplyOptions(coalesce_seconds=0.001, approval_seconds=0.05)
    async with core(tmp_path, assistant, options=options) as chat:
        posted = await asked(chat, assistant, asking(), Decide("c1"), "went on")
        reply = await ended(chat, posted)
        assert assistant.decisions == [None]
        assert tool(reply).status == "denied"
        assert "Nobody answered within 0.05 seconds" in (tool(reply).error or "")
        with pytest.raises(Conflict, match="has ended"):
            await decide(chat, posted, "once")


async def test_a_stopped_reply_asks_no_more(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        posted = await asked(chat, assistant, asking(), Decide("c1"))
        assert posted.reply is not None
        stopped = await chat.replies.stop(CHAT, posted.reply)
        assert (stopped.status, tool(stopped).status) == ("cancelled", "cancelled")
        with pytest.raises(Conflict, match="has ended"):
            await decide(chat, posted, "once")


async def test_a_dead_server_leaves_no_open_request(tmp_path: Path) -> None:
    assistant = scripted(asking(), Decide("c1"))
    async with core(tmp_path, assistant) as chat:
        posted = await ask(chat)

        async def check() -> bool:
            return bool((await message(chat, posted.reply)).parts)

        await until(chat, posted.cursor, check)
    async with core(tmp_path, Scripted()) as chat:
        reply = await message(chat, posted.reply)
        assert (reply.status, tool(reply).status) == ("interrupted", "cancelled")
        assert reply.error and "waited for your permission" in reply.error.message
        with pytest.raises(Conflict, match="has ended"):
            await decide(chat, posted, "once")


async def test_another_server_can_give_the_permission(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as here, core(tmp_path, Scripted()) as there:
        posted = await asked(here, assistant, asking(), Decide("c1"))
        answered = await decide(there, posted, "once", BOB)
        assert (approval(answered).outcome, approval(answered).by) == ("once", "bob")
        await ended(here, posted)
    assert assistant.decisions == ["once"]


async def test_answers_that_fit_nothing(tmp_path: Path) -> None:
    assistant, gate = Scripted(), Gate()
    async with core(tmp_path, assistant) as chat:
        posted = await asked(chat, assistant, "text ", asking(), gate)
        with pytest.raises(Invalid, match="'once', 'no'"):
            await decide(chat, posted, "perhaps", part=1)
        with pytest.raises(Invalid, match="asks for no permission"):
            await decide(chat, posted, "once", part=0)
        with pytest.raises(NotFound, match="none at 2"):
            await decide(chat, posted, "once", part=2)
        gate.set()
        reply = await ended(chat, posted)
    assert tool(reply, 1).status == "cancelled"


async def test_two_requests_are_two_decisions(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        steps = (asking("a"), asking("b"), Decide("b"), Decide("a"))
        posted = await asked(chat, assistant, *steps)

        async def both() -> bool:
            return len((await message(chat, posted.reply)).parts) == 2

        await until(chat, posted.cursor, both)
        await decide(chat, posted, "no", part=1)
        await decide(chat, posted, "once", part=0)
        reply = await ended(chat, posted)
    assert assistant.decisions == ["no", "once"]
    assert [approval(reply, n).outcome for n in (0, 1)] == ["once", "no"]
