"""A request for permission outlives its server: somebody goes on with it, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from core_fixtures import CHAT, feeding, said
from core_running import ADA, ask, core, ended, message, until
from resuming import Resuming, asks, decide, done, left, options, states
from scripted import Decide, Scripted, asking

from jupyter_chatcore.assistants.base import Assistant, Item, Turn
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.errors import Conflict, NotFound
from jupyter_chatcore.parts import NoticePart, ToolPart, open_requests
from jupyter_chatcore.permissions import seconds_left
from jupyter_chatcore.protocol import Message, Usage

pytestmark = pytest.mark.asyncio


class Elsewhere(Resuming):
    """Another assistant than the one that asked."""

    name = "elsewhere"


async def test_the_next_server_goes_on_in_the_same_message(tmp_path: Path) -> None:
    steps = ("Let me see. ", Usage(input_tokens=7, cost=0.5))
    posted = await left(tmp_path, Resuming(), *steps, settings={"model": "large"})
    assistant = Resuming()
    assistant.enqueue(Decide("c1"), done("c1"), "It is done.", Usage(input_tokens=3))
    async with core(tmp_path, assistant) as chat:
        waiting = await message(chat, posted.reply)
        assert (waiting.status, states(waiting.parts)) == ("streaming", ["awaiting"])
        await decide(chat, posted, part=1)
        reply = await ended(chat, posted)
        with pytest.raises(Conflict, match="answered already"):
            await decide(chat, posted, "no", part=1)
    assert (reply.id, reply.status) == (posted.reply, "done")
    assert [part.__class__.__name__ for part in reply.parts] == ["TextPart", "ToolPart", "TextPart"]
    assert said(reply) == "Let me see. It is done."
    assert states(reply.parts) == ["done"]
    assert assistant.decisions == ["once"]
    assert assistant.turns[0].settings["model"] == "large"
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.cost) == (10, 0.5)


async def test_what_was_decided_while_no_server_was_there_counts(tmp_path: Path) -> None:
    posted = await left(tmp_path, Resuming())
    assert posted.reply is not None
    reply, assistant = posted.reply, Resuming()
    async with feeding(tmp_path / "chats.sqlite") as feed:
        await feed.write(lambda store: store.decide(CHAT, reply, 0, "no", ADA))
        with pytest.raises(Conflict, match="answered already"):
            await feed.write(lambda store: store.decide(CHAT, reply, 0, "once", ADA))
    async with core(tmp_path, assistant) as chat:
        await ended(chat, posted)
    assert assistant.decisions == ["no"]


async def test_it_is_left_again_and_again(tmp_path: Path) -> None:
    posted = await left(tmp_path, Resuming())
    for _ in range(2):
        async with core(tmp_path, Resuming()) as chat:
            assert await asks(chat, posted)
    assistant = Resuming()
    async with core(tmp_path, assistant) as chat:
        await decide(chat, posted)
        assert (await ended(chat, posted)).status == "done"
    assert states(assistant.answers[0].parts) == ["awaiting"]


async def test_a_second_request_can_be_left_as_well(tmp_path: Path) -> None:
    posted = await left(tmp_path, Resuming())
    assistant, last = Resuming(), Resuming()
    assistant.enqueue(Decide("c1"), done("c1"), asking("c2"), Decide("c2"))
    async with core(tmp_path, assistant) as chat:
        await decide(chat, posted)
        await until(chat, posted.cursor, lambda: asks(chat, posted))
    async with core(tmp_path, last) as chat:
        await decide(chat, posted, part=1)
        reply = await ended(chat, posted)
    assert (states(reply.parts), last.decisions) == (["done", "done"], ["once"])


async def test_one_of_several_servers_takes_it(tmp_path: Path) -> None:
    posted = await left(tmp_path, Resuming())
    assistants = [Resuming() for _ in range(4)]
    async with AsyncExitStack() as stack:
        starting = (stack.enter_async_context(core(tmp_path, each)) for each in assistants)
        chats = await asyncio.gather(*starting)
        await decide(chats[0], posted)
        for chat in chats:
            assert said(await ended(chat, posted)) == "went on"
    assert sum(len(each.answers) for each in assistants) == 1


async def test_a_server_that_runs_notices_that_another_is_gone(tmp_path: Path) -> None:
    here, there = Resuming(), Resuming()
    async with core(tmp_path, there) as chat:
        posted = await left(tmp_path, here)
        await decide(chat, posted)
        reply = await ended(chat, posted)
    assert (reply.status, there.decisions, here.decisions) == ("done", ["once"], [])


async def test_it_expires_at_the_time_that_was_said(tmp_path: Path) -> None:
    posted, assistant = await left(tmp_path, Resuming(), seconds=4), Resuming()
    assistant.enqueue(Decide("c1"), "went on")
    async with core(tmp_path, assistant, options=options(600)) as chat:
        reply = await ended(chat, posted)
    assert (reply.status, states(reply.parts), said(reply)) == ("done", ["denied"], "went on")
    assert assistant.decisions == [None]
    [asked] = open_requests(assistant.answers[0].parts)
    [denied] = [part for part in reply.parts if isinstance(part, ToolPart)]
    assert denied.approval == asked.approval
    assert denied.error and "Nobody answered" in denied.error


async def test_one_that_expired_meanwhile_is_shown_as_expired(tmp_path: Path) -> None:
    assistant, posted = Resuming(), await left(tmp_path, Resuming(), "So: ", seconds=0.1)
    async with feeding(tmp_path / "chats.sqlite") as feed:
        assert posted.reply is not None
        mid = posted.reply
        waiting = await feed.read(lambda store: store.get_message(CHAT, mid))
        [tool] = open_requests(waiting.parts)
        await asyncio.sleep(seconds_left(tool))
    async with core(tmp_path, assistant) as chat:
        reply = await ended(chat, posted)
        with pytest.raises(Conflict):
            await decide(chat, posted, part=1)
    assert (reply.status, states(reply.parts), said(reply)) == ("interrupted", ["denied"], "So: ")
    assert reply.error and "expired" in reply.error.message
    assert assistant.answers == []


@pytest.mark.parametrize("next_one", [Scripted(), Elsewhere()], ids=["cannot", "not there"])
async def test_who_cannot_go_on_says_so(tmp_path: Path, next_one: Assistant) -> None:
    posted = await left(tmp_path, Resuming())
    async with core(tmp_path, next_one) as chat:
        reply = await ended(chat, posted)
        with pytest.raises(Conflict, match="has ended"):
            await decide(chat, posted)
    assert (reply.status, states(reply.parts)) == ("interrupted", ["cancelled"])
    assert reply.error and "Scripted cannot go on" in reply.error.message


async def test_a_stop_is_heard_by_whoever_goes_on(tmp_path: Path) -> None:
    posted = await left(tmp_path, Resuming())
    assert posted.reply is not None
    mid = posted.reply
    async with feeding(tmp_path / "chats.sqlite") as feed:
        await feed.write(lambda store: store.ask_to_stop(CHAT, [mid]))
    async with core(tmp_path, Resuming()) as chat:
        reply = await ended(chat, posted)
    assert (reply.status, states(reply.parts)) == ("cancelled", ["cancelled"])


async def test_it_can_be_stopped_after_it_was_taken(tmp_path: Path) -> None:
    posted = await left(tmp_path, Resuming())
    assert posted.reply is not None
    async with core(tmp_path, Resuming()) as chat:
        reply = await chat.replies.stop(CHAT, posted.reply)
        if reply.status == "streaming":
            reply = await ended(chat, posted)
    assert (reply.status, states(reply.parts)) == ("cancelled", ["cancelled"])


async def test_a_chat_can_be_deleted_with_it(tmp_path: Path) -> None:
    posted, assistant = await left(tmp_path, Resuming()), Resuming()
    async with core(tmp_path, assistant) as chat:
        await chat.replies.end(CHAT)
        await chat.feed.write(lambda store: store.delete_session(CHAT))
        with pytest.raises(NotFound):
            await message(chat, posted.reply)
    assert assistant.decisions == []


async def test_the_next_question_waits_for_it(tmp_path: Path) -> None:
    posted, assistant = await left(tmp_path, Resuming()), Resuming()
    assistant.enqueue(Decide("c1"), "first")
    async with core(tmp_path, assistant) as chat:
        later = await ask(chat, "and then?")
        await decide(chat, posted)
        assert said(await ended(chat, later)) == "and then?"
        first = await message(chat, posted.reply)
    assert (first.status, said(first)) == ("done", "first")


class Looking(Resuming):
    """Looks into the store as soon as it is told what was decided; `seen` is what it says."""

    chat: ChatCore
    seen: Message

    async def resume(self, turn: Turn, answer: Message) -> AsyncIterator[Item]:
        """Wait, look, and go on."""
        await turn.decision("c1")
        self.seen = await message(self.chat, answer.id)
        yield done("c1")


async def test_a_decision_is_stored_before_it_is_told(tmp_path: Path) -> None:
    """So a tool that has begun is never asked for again, whenever its server dies."""
    posted, assistant = await left(tmp_path, Resuming()), Looking()
    async with core(tmp_path, assistant) as chat:
        assistant.chat = chat
        await decide(chat, posted)
        await ended(chat, posted)
    assert states(assistant.seen.parts) == ["running"]


async def test_parts_that_were_named_are_replaced_and_not_doubled(tmp_path: Path) -> None:
    waits = NoticePart(name="retry", text="waits")
    posted, assistant = await left(tmp_path, Resuming(), waits), Resuming()
    assistant.enqueue(NoticePart(name="retry", text="waited"), Decide("c1"), done("c1"))
    async with core(tmp_path, assistant) as chat:
        await decide(chat, posted, part=1)
        reply = await ended(chat, posted)
    assert [getattr(part, "text", "") for part in reply.parts] == ["waited", ""]
