"""What goes wrong with an agent is a message that says what to do; the next question works."""

from __future__ import annotations

from pathlib import Path

import pytest
from agents_running import SECRET, asked, children, fake, of, tools
from core_fixtures import said
from core_running import core

from jupyter_chatcore.assistants.agents.assistant import AgentAssistant
from jupyter_chatcore.assistants.agents.bounds import Bounds
from jupyter_chatcore.assistants.settings import AgentSettings
from jupyter_chatcore.parts import NoticePart
from jupyter_chatcore.protocol import Message

pytestmark = pytest.mark.asyncio


def failure(reply: Message) -> tuple[str, str]:
    assert reply.status == "failed"
    assert reply.error is not None
    assert SECRET not in reply.error.message
    return reply.error.code, reply.error.message


async def failed(folder: Path, words: str, *flags: str) -> tuple[str, str]:
    async with core(folder, fake(folder, *flags)) as chat:
        found = failure(await asked(chat, words))
    assert not children()
    return found


async def test_it_dies_in_mid_answer(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "die")
        code, text = failure(reply)
        assert said(reply) == "Half an "
        assert (code, "status 3" in text, "panic" in text) == ("agent_ended", True, True)
        again = await asked(chat, "hello")
        assert said(again) == "Hello there."
        assert len(of(again, NoticePart)) == 1


async def test_it_closes_its_pipe_and_stays(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "shut")
        assert failure(reply)[0] == "agent_ended"
        assert said(reply) == "Bye."
        assert not children()


async def test_a_line_without_an_end(tmp_path: Path) -> None:
    code, text = await failed(tmp_path, "endless_line")
    assert code == "agent_ended"
    assert "too long" in text


async def test_it_ends_at_once(tmp_path: Path) -> None:
    code, text = await failed(tmp_path, "hello", "--crash")
    assert (code, "cannot read the configuration" in text) == ("agent_ended", True)


async def test_it_never_says_hello(tmp_path: Path) -> None:
    bounds = Bounds(start=0.5)
    async with core(tmp_path, fake(tmp_path, "--silent", bounds=bounds)) as chat:
        code, text = failure(await asked(chat, "hello"))
    assert (code, "Please choose a theme" in text) == ("agent_silent", True)


async def test_another_version_of_the_protocol(tmp_path: Path) -> None:
    assert (await failed(tmp_path, "hello", "--future"))[0] == "agent_protocol"


async def test_nobody_is_logged_in(tmp_path: Path) -> None:
    code, text = await failed(tmp_path, "hello", "--locked")
    assert (code, "Run `fake login`" in text) == ("not_logged_in", True)


async def test_an_error_of_the_model_behind_it(tmp_path: Path) -> None:
    code, text = await failed(tmp_path, "error")
    assert (code, "upstream said 401" in text) == ("agent_failed", True)


@pytest.mark.parametrize("reason", ["max_tokens", "max_turn_requests", "refusal"])
async def test_it_stops_before_it_is_done(tmp_path: Path, reason: str) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, reason)
    assert failure(reply)[0] == f"agent_{reason}"
    assert said(reply) == "Hello there."


async def test_calls_that_are_left_open_by_a_crash_are_closed(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await asked(chat, "tool")
        assert all(call.status != "running" for call in tools(await asked(chat, "tool")))


async def test_a_program_that_is_gone(tmp_path: Path) -> None:
    settings = AgentSettings(command=["no-such-agent"], title="Gone", install="get it")
    async with core(tmp_path, AgentAssistant("gone", settings)) as chat:
        code, text = failure(await asked(chat, "hello"))
    assert (code, "get it" in text) == ("not_installed", True)


async def test_what_it_hides(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        for words in ("die", "error", "garbage"):
            await asked(chat, words)
    assert SECRET not in caplog.text
    for name in ("chats.sqlite", "chats.sqlite-wal"):
        file = tmp_path / name
        assert not file.exists() or SECRET.encode() not in file.read_bytes()
