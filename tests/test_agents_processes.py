"""One process a chat: in its folder, ended with all that it started, none left behind."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from agents_running import FAKE, asked, children, fake, gone, living, noted, saying
from core_fixtures import CHAT, said
from core_running import ask, core, message

from jupyter_chatcore.api import Ask, NewSession
from jupyter_chatcore.assistants.agents.bounds import Bounds
from jupyter_chatcore.assistants.process import OwnProcess
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.protocol import Message

pytestmark = pytest.mark.asyncio


async def in_chat(chat: ChatCore, name: str, notebook: str | None = None) -> None:
    """Ask in another chat, and wait for the answer."""
    new = NewSession(notebook=notebook)
    await chat.feed.write(lambda store: store.create_session(new, name))
    posted = await chat.replies.ask(name, Ask(text="hello"), None)
    async with asyncio.timeout(20):
        while (await reply_of(chat, name, posted.reply)).status == "streaming":
            await asyncio.sleep(0.02)
    assert (await reply_of(chat, name, posted.reply)).status == "done"


async def reply_of(chat: ChatCore, name: str, mid: int | None) -> Message:
    assert mid is not None
    return await chat.feed.read(lambda store: store.get_message(name, mid))


async def test_each_chat_has_its_own_in_its_notebooks_folder(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    async with core(tmp_path, fake(tmp_path)) as chat:
        await asked(chat, "hello")
        await in_chat(chat, "second", "work/a.ipynb")
        await asked(chat, "hello")
        assert noted(tmp_path, "cwd") == [str(tmp_path), str(tmp_path / "work")]
        assert all(map(living, noted(tmp_path, "pid")))
    assert not children()


async def test_all_that_it_started_ends_with_it(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        pids = [int(pid) for pid in said(await asked(chat, "family")).split()]
        assert len(pids) == 3
        assert all(map(living, pids))
    await gone(*pids)


async def test_it_ends_however_deaf_it_is(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, "--stubborn")) as chat:
        posted = await ask(chat, "forever")
        await saying(chat, posted, "on")
    assert (len(noted(tmp_path, "pid")), children()) == (1, [])


async def test_it_ends_when_it_is_idle_and_starts_again(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, idle=0.1)) as chat:
        await asked(chat, "hello")
        await gone(*noted(tmp_path, "pid"))
        assert said(await asked(chat, "hello")) == "Hello there."
        assert len(noted(tmp_path, "pid")) == 2


async def test_the_one_used_longest_ago_makes_room(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, bounds=Bounds(processes=2))) as chat:
        await asked(chat, "hello")
        await in_chat(chat, "second")
        await asked(chat, "hello")
        await in_chat(chat, "third")
        first, second, third = noted(tmp_path, "pid")
        assert (living(first), living(second), living(third)) == (True, False, True)


async def test_those_that_answer_are_not_ended_for_another(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, bounds=Bounds(processes=1))) as chat:
        posted = await ask(chat, "forever")
        await saying(chat, posted, "on")
        await chat.feed.write(lambda store: store.create_session(NewSession(), "second"))
        refused = await chat.replies.ask("second", Ask(text="hello"), None)
        async with asyncio.timeout(10):
            while (await reply_of(chat, "second", refused.reply)).status == "streaming":
                await asyncio.sleep(0.02)
        reply = await reply_of(chat, "second", refused.reply)
        assert reply.error is not None
        assert reply.error.code == "too_many_agents"
        assert (await message(chat, posted.reply)).status == "streaming"


async def test_a_stop_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, "--silent")) as chat:
        posted = await ask(chat, "hello")
        async with asyncio.timeout(10):
            while not children():
                await asyncio.sleep(0.02)
        assert posted.reply is not None
        stopped = await chat.replies.stop(CHAT, posted.reply)
        assert stopped.status == "cancelled"
    assert not children()


async def test_a_cancel_that_is_not_heeded_ends_the_process(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, bounds=Bounds(cancel=0.3))) as chat:
        posted = await ask(chat, "deaf")
        await saying(chat, posted, "I go on.")
        assert posted.reply is not None
        await chat.replies.stop(CHAT, posted.reply)
        assert said(await asked(chat, "hello")) == "Hello there."
        first, second = noted(tmp_path, "pid")
        assert (living(first), living(second)) == (False, True)


async def test_a_program_that_cannot_run(tmp_path: Path) -> None:
    program = tmp_path / "agent"
    program.write_text("no program", encoding="utf-8")
    with pytest.raises(OSError, match=r"Permission|Exec format"):
        await OwnProcess.start([str(program)], {}, tmp_path)
    assert not children()


ORPHAN = """
import asyncio, os, sys
from pathlib import Path
from jupyter_chatcore.assistants.process import OwnProcess

async def main():
    process = await OwnProcess.start(sys.argv[1:], os.environ, Path.cwd())
    print(process.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_it_does_not_outlive_a_server_that_was_killed(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ORPHAN, sys.executable, str(FAKE), "--stubborn"),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "FAKE_HOME": str(tmp_path)},
    )
    assert server.stdout is not None
    pid = int(await server.stdout.readline())
    assert living(pid)
    server.kill()
    await server.wait()
    await gone(pid)
