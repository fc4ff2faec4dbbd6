"""The local model: a real llama.cpp in a child process, asked through a whole core."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import aclosing
from pathlib import Path

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, ended, message
from jupyterprocess import wait_for
from localmodels import alive, chatting, local, soon, tiny
from scriptedgguf import PLAIN

from jupyter_chatcore.api import Ask, Edit, NewSession, Posted
from jupyter_chatcore.assistants.local.assistant import LocalAssistant
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import NoticePart
from jupyter_chatcore.protocol import Message

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("model"))


def notices(reply: Message) -> list[str]:
    """What the user is told beside the answer."""
    return [part.text for part in reply.parts if isinstance(part, NoticePart)]


def cpu(pid: int) -> float:
    """Seconds of processor that a process has used."""
    return time.clock_gettime((~pid << 3) | 2)  # Linux numbers the clock of a process so


def rests(pid: int) -> bool:
    """Whether a process uses next to no processor for a tenth of a second."""
    before, until = cpu(pid), time.monotonic() + 0.1
    wait_for("a tenth of a second", lambda: time.monotonic() > until)
    return cpu(pid) - before < 0.01


async def growing(chat: ChatCore, posted: Posted, session: str = CHAT) -> None:
    """Wait until the model is in the middle of its answer."""
    mid = posted.reply
    assert mid is not None
    async with aclosing(chat.feed.watch(session, posted.cursor)) as news:
        async for _ in news:
            reply = await chat.feed.read(lambda store: store.get_message(session, mid))
            assert reply.status == "streaming", reply.error
            if "tick tock" in said(reply):
                return


async def failed(chat: ChatCore, posted: Posted) -> tuple[str, str]:
    """The code and the text of the error that an answer ends with."""
    reply = await ended(chat, posted)
    assert reply.status == "failed"
    assert reply.error is not None
    return reply.error.code, reply.error.message


async def instead(chat: ChatCore, posted: Posted) -> Posted:
    """Ask something else in the place of a question: what was answered may be long by now."""
    return await chat.replies.edit(CHAT, posted.message, Edit(text="hello"), ADA)


async def test_it_loads_with_the_first_question_and_answers(tmp_path: Path, model: Path) -> None:
    assistant = local(model)
    async with chatting(tmp_path, assistant) as chat:
        assert assistant.pid is None
        reply = await ended(chat, await ask(chat))
        assert reply.status == "done", reply.error
        assert said(reply).strip() == PLAIN.text.strip()
        [notice] = notices(reply)
        assert notice.startswith("tiny.gguf was loaded in ")
        assert reply.usage is not None
        assert reply.usage.output_tokens
        assert reply.sent is not None
        assert (reply.sent.model, reply.sent.window) == ("tiny", 4096)
        again = await ended(chat, await ask(chat))
        assert notices(again) == []


async def test_what_a_chat_chose_for_others_is_no_matter_of_its(
    tmp_path: Path, model: Path
) -> None:
    async with chatting(tmp_path, local(model)) as chat:
        reply = await ended(chat, await ask(chat, settings={"model": "gpt-5"}))
        assert reply.status == "done"
        assert reply.sent is not None
        assert reply.sent.model == "tiny"


async def test_a_stop_ends_the_answer_and_frees_the_model(tmp_path: Path, model: Path) -> None:
    assistant = local(model)
    async with chatting(tmp_path, assistant) as chat:
        posted = await ask(chat, "go on forever")
        await growing(chat, posted)
        assert posted.reply is not None
        await chat.replies.stop(CHAT, posted.reply)
        reply = await message(chat, posted.reply)
        assert reply.status == "cancelled"
        assert "tick tock" in said(reply)
        pid = assistant.pid
        assert pid is not None
        await soon("an idle process", lambda: rests(pid))


async def test_a_stop_while_it_loads_is_no_failure(tmp_path: Path, model: Path) -> None:
    async with chatting(tmp_path, local(model)) as chat:
        posted = await ask(chat)
        assert posted.reply is not None
        await chat.replies.stop(CHAT, posted.reply)
        assert (await message(chat, posted.reply)).status == "cancelled"
        assert (await ended(chat, await ask(chat))).status == "done"


async def test_it_is_unloaded_when_idle_and_loaded_anew(tmp_path: Path, model: Path) -> None:
    assistant = local(model, idle=0.3)
    async with chatting(tmp_path, assistant) as chat:
        await ended(chat, await ask(chat))
        first = assistant.pid
        assert first is not None
        await soon("its end", lambda: not alive(first))
        assert assistant.pid is None
        reply = await ended(chat, await ask(chat))
        assert reply.status == "done"
        assert len(notices(reply)) == 1


async def test_an_answer_that_takes_longer_than_idle_is_not_cut(
    tmp_path: Path, model: Path
) -> None:
    assistant = local(model, idle=0.05)
    async with chatting(tmp_path, assistant) as chat:
        posted = await ask(chat, "go on forever")
        await growing(chat, posted)
        later = time.monotonic() + 0.2
        await soon("more than the idle time", lambda: time.monotonic() > later)
        assert posted.reply is not None
        assert (await message(chat, posted.reply)).status == "streaming"
        await chat.replies.stop(CHAT, posted.reply)


async def test_where_it_dies_in_mid_answer_the_text_stays_and_a_retry_works(
    tmp_path: Path, model: Path
) -> None:
    assistant = local(model)
    async with chatting(tmp_path, assistant) as chat:
        posted = await ask(chat, "go on forever")
        await growing(chat, posted)
        assert assistant.pid is not None
        os.kill(assistant.pid, signal.SIGKILL)
        code, text = await failed(chat, posted)
        assert code == "model_died"
        assert "Ask again, and it is loaded anew." in text
        assert "tick tock" in said(await message(chat, posted.reply))
        reply = await ended(chat, await instead(chat, posted))
        assert reply.status == "done", reply.error


async def test_where_it_died_between_two_questions_nobody_notices(
    tmp_path: Path, model: Path
) -> None:
    assistant = local(model)
    async with chatting(tmp_path, assistant) as chat:
        await ended(chat, await ask(chat))
        pid = assistant.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await soon("its end", lambda: not alive(pid))
        assert (await ended(chat, await ask(chat))).status == "done"


async def test_where_it_hangs_it_is_ended_and_loaded_anew(tmp_path: Path, model: Path) -> None:
    assistant = local(model, silence=1.0)
    async with chatting(tmp_path, assistant) as chat:
        posted = await ask(chat, "go on forever")
        await growing(chat, posted)
        assert assistant.pid is not None
        os.kill(assistant.pid, signal.SIGSTOP)
        code, text = await failed(chat, posted)
        assert code == "timeout"
        assert text.startswith("tiny.gguf gave no sign for 1 s")
        assert (await ended(chat, await instead(chat, posted))).status == "done"


async def test_two_chats_are_answered_at_once_by_one_process(tmp_path: Path, model: Path) -> None:
    assistant, before = local(model), children()
    async with chatting(tmp_path, assistant) as chat:
        await chat.feed.write(lambda store: store.create_session(NewSession(), "other"))
        asked = Ask(text="go on forever")
        posts = [(s, await chat.replies.ask(s, asked, ADA)) for s in (CHAT, "other")]
        for session, posted in posts:
            await growing(chat, posted, session)
        assert children() - before == {assistant.pid}
        for session, posted in posts:
            assert posted.reply is not None
            await chat.replies.stop(session, posted.reply)


def children() -> set[int]:
    """The processes that this one has started and that still run."""
    tasks = Path("/proc/self/task").glob("*/children")
    pids = {int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()}
    return set(filter(alive, pids))


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "there is no such file"), (b"not a model", "it is not a GGUF file")],
)
async def test_a_file_that_is_none_is_told_by_its_name(
    tmp_path: Path, content: bytes | None, why: str
) -> None:
    path = tmp_path / "x.gguf"
    if content is not None:
        path.write_bytes(content)
    assistant = local(path)
    found = await assistant.availability()
    assert found.state == "not_configured"
    assert found.reason.startswith(f"x.gguf: {why}.")
    assert str(tmp_path) not in found.reason
    async with chatting(tmp_path, assistant) as chat:
        assert await failed(chat, await ask(chat)) == ("not_configured", found.reason)


async def test_a_broken_file_is_told_with_the_reason(tmp_path: Path, model: Path) -> None:
    path = tmp_path / "half.gguf"
    whole = await asyncio.to_thread(model.read_bytes)
    path.write_bytes(whole[:200_000])
    async with chatting(tmp_path, local(path)) as chat:
        code, text = await failed(chat, await ask(chat))
        assert code == "bad_model"
        assert text.startswith("half.gguf cannot be loaded: ")
        assert "not within the file bounds" in text
        assert str(tmp_path) not in text
        path.write_bytes(whole)
        assert (await ended(chat, await ask(chat))).status == "done"


async def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "it is a folder" in (await local(tmp_path).availability()).reason


async def test_without_a_setting_it_says_how_to_set_it() -> None:
    found = await LocalAssistant(None).availability()
    assert found.state == "not_configured"
    assert "c.ChatcoreApp.local_model = {" in found.reason


async def test_a_file_that_is_there_can_be_chosen_and_is_not_loaded(model: Path) -> None:
    assistant = local(model)
    found = await assistant.availability()
    assert found.state == "ready"
    assert [(choice.name, choice.value) for choice in found.choices] == [("model", "tiny")]
    assert assistant.pid is None
    await assistant.close()
