"""An agent's requests for permission: asked on the tool's part, answered always."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from agents_running import asked, awaiting, decide, fake, heard, noted, prompts, saying, tools
from core_fixtures import CHAT, said
from core_running import ask, core, ended, message

from jupyter_chatcore.reply import ReplyOptions

pytestmark = pytest.mark.asyncio


async def test_allowed(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "ask")
        waiting = await awaiting(chat, posted)
        [call] = tools(waiting)
        assert (call.title, call.kind, call.input) == (
            "rm notes.txt",
            "execute",
            '{"command":"rm"}',
        )
        assert call.approval is not None
        assert [(each.id, each.label, each.kind) for each in call.approval.options] == [
            ("yes", "Allow", "allow_once"),
            ("no", "Reject", "reject_once"),
        ]
        await decide(chat, waiting, "yes")
        reply = await ended(chat, posted)
    [call] = tools(reply)
    assert call.approval is not None
    assert (call.status, call.approval.outcome, call.approval.by) == ("done", "yes", "Ada")
    assert said(reply) == "May I?Done."
    assert noted(tmp_path, "chosen") == ["yes"]


async def test_denied(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "ask")
        await decide(chat, await awaiting(chat, posted), "no")
        reply = await ended(chat, posted)
    [call] = tools(reply)
    assert (reply.status, call.status) == ("done", "denied")
    assert said(reply).endswith("Then not.")
    assert noted(tmp_path, "chosen") == ["no"]


async def test_nobody_answers_in_time(tmp_path: Path) -> None:
    options = ReplyOptions(coalesce_seconds=0.001, approval_seconds=0.2)
    async with core(tmp_path, fake(tmp_path), options=options) as chat:
        reply = await asked(chat, "ask")
    [call] = tools(reply)
    assert (reply.status, call.status) == ("done", "denied")
    assert call.error is not None
    assert "Nobody answered" in call.error
    assert call.approval is not None
    assert call.approval.expires is not None
    assert noted(tmp_path, "chosen") == [None]


async def test_a_second_request_for_one_call_is_a_part_of_its_own(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "twice")
        await decide(chat, await awaiting(chat, posted), "yes")
        await decide(chat, await awaiting(chat, posted, times=2), "no")
        reply = await ended(chat, posted)
    assert [(call.call, call.status) for call in tools(reply)] == [
        ("c1", "done"),
        ("c1 (2)", "denied"),
    ]


async def test_the_same_call_again_in_the_next_turn(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        for answer, status in (("yes", "done"), ("no", "denied")):
            posted = await ask(chat, "ask")
            await decide(chat, await awaiting(chat, posted), answer)
            assert [call.status for call in tools(await ended(chat, posted))] == [status]


async def test_the_agent_may_go_on_while_a_request_is_open(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "beside")
        waiting = await saying(chat, posted, "Meanwhile.")
        assert {call.call: call.status for call in tools(waiting)} == {
            "c1": "awaiting",
            "c2": "done",
        }
        await decide(chat, waiting, "yes")
        reply = await ended(chat, posted)
    first, _ = tools(reply)
    assert (first.title, first.status) == ("One, renamed", "done")


async def test_a_stop_answers_what_is_open_and_does_not_wait(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "ask")
        await awaiting(chat, posted)
        assert posted.reply is not None
        stopped = await chat.replies.stop(CHAT, posted.reply)
        assert stopped.status == "cancelled"
        assert said(stopped) == "May I?"
        reply = await asked(chat, "hello")
        assert said(reply) == "Hello there."
    assert len(heard(tmp_path, "session/cancel")) == 1
    assert noted(tmp_path, "chosen") == [None]


async def test_the_next_prompt_waits_for_the_end_of_a_cancelled_one(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "slow")
        await saying(chat, posted, "Working.")
        assert posted.reply is not None
        began = time.monotonic()
        await chat.replies.stop(CHAT, posted.reply)
        assert time.monotonic() - began < 0.4
        reply = await asked(chat, "hello")
        assert said(reply) == "Hello there."
        assert said(await message(chat, posted.reply)) == "Working."
    assert len(noted(tmp_path, "ended")) == 1
    assert len(noted(tmp_path, "pid")) == 1
    assert [session for session, _ in prompts(tmp_path)] == ["s0", "s1"]


async def test_a_stop_while_it_streams(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, "forever")
        await saying(chat, posted, "on on on")
        assert posted.reply is not None
        reply = await chat.replies.stop(CHAT, posted.reply)
        length = len(said(reply))
        await asked(chat, "hello")
        assert len(said(await message(chat, posted.reply))) == length
