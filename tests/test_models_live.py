"""A real llama.cpp server, streamed from, stopped, hung and killed in mid-answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, core, ended, message, until
from modelchat import code
from modelserver import ModelServer, model_server
from scriptedgguf import PLAIN

from jupyter_chatcore.api import Ask, Posted, Regenerate
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.settings import ModelSettings
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import OutputPart, ReasoningPart, TextPart
from jupyter_chatcore.protocol import Message

pytestmark = pytest.mark.asyncio

TIMEOUT = 1.0
LONG = 400_000
"""A window whose filling takes longer than any test."""


@asynccontextmanager
async def answering(
    folder: Path, window: int = 32768, kind: str = "openai"
) -> AsyncIterator[tuple[ChatCore, ModelServer]]:
    """A chat that a real server answers, both with all that they hold."""
    with model_server(folder, window=window) as server:
        own = ModelSettings(
            kind=kind,  # type: ignore[arg-type]
            base_url=server.base_url if kind == "openai" else server.address,
            key=server.key,
            timeout=TIMEOUT,
        )
        async with core(folder, ModelAssistant("own", own)) as chat:
            yield chat, server


async def talking(chat: ChatCore) -> Posted:
    """A question whose answer has begun and never ends."""
    posted = await ask(chat, "forever")

    async def begun() -> bool:
        return bool(said(await message(chat, posted.reply)))

    await until(chat, posted.cursor, begun)
    return posted


async def asked_again(chat: ChatCore, posted: Posted) -> Message:
    """Another answer, stopped once it has begun."""
    assert posted.reply is not None
    again = await chat.replies.regenerate(CHAT, posted.reply, Regenerate(), ADA)

    async def begun() -> bool:
        return bool(said(await message(chat, again.reply)))

    await until(chat, again.cursor, begun)
    assert again.reply is not None
    return await chat.replies.stop(CHAT, again.reply)


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
async def test_it_streams_text_reasoning_and_usage(tmp_path: Path, kind: str) -> None:
    async with answering(tmp_path, kind=kind) as (chat, _):
        plain = await ended(chat, await ask(chat, "hello"))
        thinking = await ended(chat, await ask(chat, "please think"))
    assert (plain.error, said(plain).strip()) == (None, PLAIN.text.strip())
    assert [type(part) for part in thinking.parts] == [ReasoningPart, TextPart]
    assert said(thinking) == "Grouping is split-apply-combine."
    assert plain.usage is not None
    assert (plain.usage.model, plain.usage.output_tokens) == ("scripted", 21)
    assert plain.usage.cost is None
    assert plain.sent is not None
    assert plain.sent.model == "scripted"
    if kind == "openai":
        assert plain.sent.window == 32768


async def test_a_stop_ends_the_servers_work(tmp_path: Path) -> None:
    async with answering(tmp_path, LONG) as (chat, server):
        posted = await talking(chat)
        assert await asyncio.to_thread(server.busy) == 1
        assert posted.reply is not None
        answer = await chat.replies.stop(CHAT, posted.reply)
        assert (answer.status, code(answer)) == ("cancelled", None)
        assert said(answer).startswith("tick")
        stopped = time.monotonic()
        while await asyncio.to_thread(server.busy):
            assert time.monotonic() - stopped < 2
        assert (await ended(chat, await ask(chat, "hello"))).status == "done"


async def test_a_server_that_hangs_in_mid_answer(tmp_path: Path) -> None:
    async with answering(tmp_path, LONG) as (chat, server):
        posted = await talking(chat)
        server.stop()
        answer = await ended(chat, posted)
        assert (answer.status, code(answer)) == ("failed", "timeout")
        assert answer.error is not None
        assert "stopped in mid-answer" in answer.error.message
        assert said(answer).startswith("tick")
        server.cont()
        assert said(await asked_again(chat, posted)).startswith("tick")


async def test_a_server_that_hangs_before_it_answers(tmp_path: Path) -> None:
    async with answering(tmp_path) as (chat, server):
        assert (await ended(chat, await ask(chat, "hello", settings={"model": "scripted"}))).parts
        server.stop()
        answer = await ended(
            chat, await ask(chat, "hello", settings={"model": "scripted", "window": 4000})
        )
        assert (answer.status, code(answer), said(answer)) == ("failed", "timeout", "")
        unknown = await ended(chat, await ask(chat, "hello"))
        assert (unknown.status, code(unknown)) == ("failed", "unreachable")
        server.cont()


async def test_a_server_that_is_killed_in_mid_answer(tmp_path: Path) -> None:
    async with answering(tmp_path, LONG) as (chat, server):
        posted = await talking(chat)
        server.kill()
        answer = await ended(chat, posted)
        assert (answer.status, code(answer)) == ("failed", "unreachable")
        assert answer.error is not None
        assert "broke in mid-answer" in answer.error.message
        assert said(answer).startswith("tick")
        refused = await ended(chat, await ask(chat, "hello", settings={"model": "scripted"}))
        assert (refused.status, code(refused)) == ("failed", "unreachable")
        assert refused.error is not None
        assert "Start it" in refused.error.message
        await asyncio.to_thread(server.start)
        assert said(await asked_again(chat, posted)).startswith("tick")


async def test_an_answer_at_its_greatest_length_says_so(tmp_path: Path) -> None:
    async with answering(tmp_path) as (chat, _):
        answer = await ended(chat, await ask(chat, "forever", settings={"max_tokens": 9}))
    assert answer.status == "done"
    assert answer.usage is not None
    assert answer.usage.output_tokens == 9
    assert "greatest length" in str(answer.parts[-1])


async def test_a_question_that_is_too_long_for_the_server(tmp_path: Path) -> None:
    # in the scripted vocabulary each letter is a token, three times what is estimated
    async with answering(tmp_path, 4096) as (chat, _):
        answer = await ended(chat, await ask(chat, "x" * 6000))
        assert (answer.status, code(answer)) == ("failed", "context_too_long")
        assert answer.error is not None
        assert "`window`" in answer.error.message
        fitted = await ended(chat, await ask(chat, "y" * 6000, settings={"window": 1024}))
    assert fitted.status == "done"
    assert fitted.sent is not None
    assert fitted.sent.shortened == [fitted.parent]


async def test_a_wrong_key_and_a_wrong_model(tmp_path: Path) -> None:
    with model_server(tmp_path) as server:
        wrong = ModelSettings(base_url=server.base_url, key="sk-wrong-81", model="scripted")
        async with core(tmp_path, ModelAssistant("own", wrong)) as chat:
            answer = await ended(chat, await ask(chat, "hello"))
    assert (answer.status, code(answer)) == ("failed", "bad_key")
    assert answer.error is not None
    assert "sk-wrong-81" not in answer.error.message


async def test_a_picture_for_a_model_that_takes_none(tmp_path: Path) -> None:
    picture = OutputPart(data={"image/png": "iVBORw0KGgo="})
    asked = Ask(parts=[TextPart(text="What is this?"), picture])
    async with answering(tmp_path) as (chat, _):
        answer = await ended(chat, await chat.replies.ask(CHAT, asked, ADA))
        assert (answer.status, code(answer)) == ("failed", "no_images")
        assert answer.error is not None
        assert "takes no pictures" in answer.error.message
