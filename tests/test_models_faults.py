"""Faults on the wire: each ends as a message a user understands, and asking again works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, core, ended
from llmock.pytest_plugin import LLMock
from modelchat import KEY, QUICK, code, tell, turn

from jupyter_chatcore.api import Regenerate
from jupyter_chatcore.assistants.base import Tool
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.settings import ModelSettings
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import NoticePart, TextOutput, ToolOutput
from jupyter_chatcore.protocol import Message

KINDS = {"openai": "openai", "anthropic": "anthropic", "google": "gemini"}
HELLO = "It is forty-two, and that is all there is to say about it."

pytestmark = pytest.mark.asyncio


def model(llmock: LLMock, kind: str, timeout: float = 10, tools: bool = False) -> ModelAssistant:
    settings = ModelSettings(
        kind=kind,  # type: ignore[arg-type]
        title="Oracle",
        base_url=llmock.base_url(KINDS[kind]),
        key=KEY,
        model="some-model",
        # told, so that nothing but questions is sent and meets the faults
        window=8000,
        tools=tools,
        timeout=timeout,
    )
    return ModelAssistant("oracle", settings, QUICK)


async def failed(chat: ChatCore) -> Message:
    """The answer to a question, which fails; asking again then gives the whole answer."""
    posted = await ask(chat)
    first = await ended(chat, posted)
    assert first.status == "failed", first
    assert posted.reply is not None
    again = await chat.replies.regenerate(CHAT, posted.reply, Regenerate(), ADA)
    second = await ended(chat, again)
    assert second.status == "done", second
    assert said(second) == HELLO
    return first


@pytest.mark.parametrize("kind", KINDS)
async def test_an_answer_streams_with_its_usage(llmock: LLMock, kind: str, tmp_path: Path) -> None:
    llmock.reply(HELLO)
    async with core(tmp_path, model(llmock, kind)) as chat:
        answer = await ended(chat, await ask(chat))
    assert (answer.status, said(answer)) == ("done", HELLO)
    assert answer.usage is not None
    assert answer.usage.input_tokens
    assert answer.usage.output_tokens
    assert answer.sent is not None
    assert answer.sent.model == "some-model"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, "bad_key"), (403, "bad_key"), (404, "unknown_model"), (402, "no_credit")],
)
async def test_a_refusal_says_what_to_do(
    llmock: LLMock, kind: str, status: int, expected: str, tmp_path: Path
) -> None:
    llmock.fail(status, message=f"no, not with {KEY}").reply(HELLO)
    async with core(tmp_path, model(llmock, kind)) as chat:
        answer = await failed(chat)
    assert code(answer) == expected
    assert answer.error is not None
    assert KEY not in answer.error.message
    assert "Oracle" in answer.error.message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "expected"),
    [(429, "rate_limited"), (500, "overloaded"), (503, "overloaded"), (529, "overloaded")],
)
async def test_a_busy_server_is_asked_again(
    llmock: LLMock, kind: str, status: int, expected: str, tmp_path: Path
) -> None:
    llmock.fail(status, times=2, retry_after=0).reply(HELLO)
    async with core(tmp_path, model(llmock, kind)) as chat:
        answer = await ended(chat, await ask(chat))
        assert (answer.status, said(answer)) == ("done", HELLO)
        notices = [part for part in answer.parts if isinstance(part, NoticePart)]
        assert [(n.name, n.until) for n in notices] == [("retry", None)]
        assert str(status) in notices[0].text
        llmock.reset().fail(status, times=3, retry_after=0).reply(HELLO)
        assert code(await failed(chat)) == expected


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_asks_for_too_much_patience_is_left(
    llmock: LLMock, kind: str, tmp_path: Path
) -> None:
    llmock.rate_limit(retry_after=3600).reply(HELLO)
    async with core(tmp_path, model(llmock, kind)) as chat:
        assert code(await failed(chat)) == "rate_limited"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_question_that_is_too_long_for_the_server(
    llmock: LLMock, kind: str, tmp_path: Path
) -> None:
    llmock.context_overflow().reply(HELLO)
    async with core(tmp_path, model(llmock, kind)) as chat:
        answer = await failed(chat)
    assert code(answer) == "context_too_long"
    assert answer.error is not None
    assert "`window`" in answer.error.message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("truncate", "cut_off"),
        ("disconnect", "unreachable"),
        ("corrupt", "bad_answer"),
        ("stall", "timeout"),
    ],
)
async def test_a_broken_stream_keeps_what_came(
    llmock: LLMock, kind: str, fault: str, expected: str, tmp_path: Path
) -> None:
    getattr(llmock, fault)(after_chunks=4)
    llmock.reply(HELLO, times=2)
    async with core(tmp_path, model(llmock, kind, timeout=0.5)) as chat:
        answer = await failed(chat)
    assert code(answer) == expected
    assert said(answer)
    assert HELLO.startswith(said(answer))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_that_hangs_before_the_first_token(
    llmock: LLMock, kind: str, tmp_path: Path
) -> None:
    llmock.slow_first_token(1.5).reply(HELLO, times=2)
    async with core(tmp_path, model(llmock, kind, timeout=0.5)) as chat:
        answer = await failed(chat)
    assert code(answer) == "timeout"
    assert not answer.parts


@pytest.mark.parametrize("kind", KINDS)
async def test_a_tool_is_called_with_each_protocol(llmock: LLMock, kind: str) -> None:
    async def run(arguments: dict[str, Any]) -> list[ToolOutput]:
        return [TextOutput(text=f"found {arguments['pattern']}")]

    parameters = {"type": "object", "properties": {"pattern": {"type": "string"}}}
    tool = Tool("get_vars", "Lists variables", parameters, run)
    llmock.call_tool("get_vars", {"pattern": "df*"}).reply(HELLO)
    told = await tell(model(llmock, kind, tools=True), turn("x", tool))
    assert (told.error, told.text) == (None, HELLO)
    (part,) = told.tools
    assert (part.status, part.output) == ("done", [TextOutput(text="found df*")])
    assert "found df*" in str(llmock.last_request)
