"""Replies: the server's own tasks, which end with one put however they end."""

from __future__ import annotations

from pathlib import Path

import pytest
from core_fixtures import CHAT, said
from core_running import ask, core, ended, message, until
from scripted import Breathless, Echo, Gate, Step, Stubborn, scripted

from jupyter_chatcore.api import SearchResult
from jupyter_chatcore.assistants.base import AssistantError
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.protocol import (
    Message,
)
from jupyter_chatcore.reply import ReplyOptions

pytestmark = pytest.mark.asyncio


async def play(folder: Path, *steps: Step) -> Message:
    async with core(folder, scripted(*steps)) as chat:
        return await ended(chat, await ask(chat))


class TestFailures:
    async def test_an_error_for_the_user_is_told_and_the_text_kept(self, tmp_path: Path) -> None:
        reply = await play(tmp_path, "so far", AssistantError("bad_key", "Set the key."))
        assert (reply.status, said(reply)) == ("failed", "so far")
        assert reply.error and (reply.error.code, reply.error.message) == (
            "bad_key",
            "Set the key.",
        )

    async def test_any_other_error_tells_no_secret(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        reply = await play(tmp_path, "so far", ValueError("key sk-12345 is wrong"))
        assert reply.error and reply.error.code == "assistant_failed"
        assert "ValueError" in reply.error.message and "sk-12345" not in reply.error.message
        assert "ValueError" in caplog.text and "sk-12345" not in caplog.text

    async def test_a_value_that_is_no_part(self, tmp_path: Path) -> None:
        reply = await play(tmp_path, 42)  # type: ignore[arg-type]
        assert reply.status == "failed" and reply.error and "TypeError" in reply.error.message

    async def test_an_endless_answer_is_stopped_at_its_limit(self, tmp_path: Path) -> None:
        options = ReplyOptions(coalesce_seconds=0.001, max_reply_bytes=100_000)
        async with core(tmp_path, Breathless(), options=options) as chat:
            reply = await ended(chat, await ask(chat))
            assert reply.error and reply.error.code == "too_large"
            assert 90_000 < len(said(reply)) <= 100_000

    async def test_an_assistant_that_never_waits_lets_others_work(self, tmp_path: Path) -> None:
        async with core(tmp_path, Breathless()) as chat:
            posted = await ask(chat)
            stopped = await chat.replies.stop(CHAT, posted.reply or 0)
            assert stopped.status == "cancelled"


class TestStop:
    async def test_before_the_first_token(self, tmp_path: Path) -> None:
        gate = Gate()
        assistant = scripted(gate, "never said")
        async with core(tmp_path, assistant) as chat:
            posted = await ask(chat)
            await gate.reached.wait()
            stopped = await chat.replies.stop(CHAT, posted.reply or 0)
            assert (stopped.status, stopped.parts, stopped.error) == ("cancelled", [], None)
            await assistant.cancelled.wait()

    async def test_in_mid_answer_keeps_the_text(self, tmp_path: Path) -> None:
        gate = Gate()
        async with core(tmp_path, scripted("so far", gate, "never said")) as chat:
            posted = await ask(chat)
            await gate.reached.wait()
            stopped = await chat.replies.stop(CHAT, posted.reply or 0)
            assert (stopped.status, said(stopped)) == ("cancelled", "so far")

    async def test_by_the_users_message_and_again(self, tmp_path: Path) -> None:
        gate = Gate()
        async with core(tmp_path, scripted(gate)) as chat:
            posted = await ask(chat)
            await gate.reached.wait()
            await chat.replies.stop(CHAT, posted.message)
            first = await message(chat, posted.reply)
            again = await chat.replies.stop(CHAT, posted.reply or 0)
            assert first.status == "cancelled" and again == first

    async def test_one_that_takes_no_notice(self, tmp_path: Path) -> None:
        assistant = Stubborn()
        async with core(tmp_path, assistant) as chat:
            posted = await ask(chat)
            await until(chat, posted.cursor, lambda: _has_parts(chat, posted.reply))
            stopped = await chat.replies.stop(CHAT, posted.reply or 0)
            assistant.release.set()
            assert (stopped.status, said(stopped)) == ("cancelled", "I will ")
            following = await ended(chat, await ask(chat, "next"))
            assert following.status == "done"
            assert await message(chat, posted.reply) == stopped

    async def test_from_another_server(self, tmp_path: Path) -> None:
        gate = Gate()
        async with (
            core(tmp_path, scripted("here", gate)) as here,
            core(tmp_path, scripted()) as there,
        ):
            posted = await ask(here)
            await gate.reached.wait()
            await there.replies.stop(CHAT, posted.reply or 0)
            assert (await ended(there, posted)).status == "cancelled"

    async def test_an_unknown_message(self, tmp_path: Path) -> None:
        async with core(tmp_path, Echo()) as chat:
            with pytest.raises(NotFound):
                await chat.replies.stop(CHAT, 99)


async def _has_parts(chat: ChatCore, mid: int | None) -> bool:
    return bool((await message(chat, mid)).parts)


class TestOrder:
    async def test_a_second_question_waits_its_turn(self, tmp_path: Path) -> None:
        gate = Gate()
        assistant, echo = scripted("first", gate, " done"), Echo()
        async with core(tmp_path, assistant, echo) as chat:
            first = await ask(chat)
            await gate.reached.wait()
            second = await ask(chat, "and now", assistant="echo")
            waiting = await message(chat, second.reply)
            assert (waiting.status, waiting.parts) == ("streaming", [])
            gate.set()
            assert said(await ended(chat, second)) == "and now "
            assert said(await message(chat, first.reply)) == "first done"

    async def test_it_is_shown_what_came_before(self, tmp_path: Path) -> None:
        gate = Gate()
        assistant = scripted("answer", gate)
        async with core(tmp_path, assistant) as chat:
            await ask(chat, "one")
            await gate.reached.wait()
            second = await ask(chat, "two")
            gate.set()
            await ended(chat, second)
            turn = assistant.turns[1]
            assert [said(m) for m in turn.history] == ["one", "answer"]
            assert (said(turn.prompt), turn.reply) == ("two", second.reply)
            assert isinstance(await turn.search("one"), SearchResult)

    async def test_a_waiting_one_can_be_stopped(self, tmp_path: Path) -> None:
        gate = Gate()
        assistant = scripted("answer", gate)
        async with core(tmp_path, assistant) as chat:
            await ask(chat, "one")
            await gate.reached.wait()
            second, third = await ask(chat, "two"), await ask(chat, "three")
            stopped = await chat.replies.stop(CHAT, second.reply or 0)
            assert (stopped.status, stopped.parts) == ("cancelled", [])
            gate.set()
            assert (await ended(chat, third)).status == "done"
            assert len(assistant.turns) == 2

    async def test_two_servers_take_turns_too(self, tmp_path: Path) -> None:
        gate = Gate()
        async with core(tmp_path, scripted("here", gate)) as here, core(tmp_path, Echo()) as there:
            first = await ask(here)
            await gate.reached.wait()
            second = await ask(there, "there")
            gate.set()
            assert said(await ended(there, second)) == "there "
            assert said(await message(there, first.reply)) == "here"


class TestEnds:
    async def test_a_server_that_stops_keeps_what_was_said(self, tmp_path: Path) -> None:
        gate = Gate()
        async with core(tmp_path, scripted("so far", gate)) as chat:
            posted = await ask(chat)
            await gate.reached.wait()
            await chat.close()
            await chat.start()
            reply = await message(chat, posted.reply)
            assert (reply.status, said(reply)) == ("interrupted", "so far")

    async def test_a_deleted_chat_ends_its_replies(self, tmp_path: Path) -> None:
        gate = Gate()
        assistant = scripted("so far", gate)
        async with core(tmp_path, assistant) as chat:
            await ask(chat)
            await gate.reached.wait()
            await chat.replies.end(CHAT)
            await assistant.cancelled.wait()
            await chat.feed.write(lambda store: store.delete_session(CHAT))

    async def test_a_deleted_reply_ends_by_itself(self, tmp_path: Path) -> None:
        gate = Gate()
        assistant = scripted("so far", gate, " more", Gate())
        async with core(tmp_path, assistant) as chat:
            posted = await ask(chat)
            await gate.reached.wait()
            await chat.feed.write(lambda store: store.delete_message(CHAT, posted.reply or 0))
            gate.set()
            await assistant.cancelled.wait()
            assert (await message(chat, posted.reply)).status == "deleted"
