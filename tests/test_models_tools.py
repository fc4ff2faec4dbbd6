"""Tools that a model calls: from the arguments as they grow to what the model is told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, ended, message, until
from modelchat import QUICK, model_chat, settings, tell, turn
from modelserver import model_server
from scriptedserver import ScriptedServer, call, refuse, say, scripted_server

from jupyter_chatcore.api import Approve
from jupyter_chatcore.assistants.base import AssistantError, Tool, ToolError, ToolInput
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.models.engine import ROUNDS
from jupyter_chatcore.assistants.settings import ModelSettings
from jupyter_chatcore.parts import ApprovalOption, TextOutput, TextPart, ToolOutput, ToolPart

pytestmark = pytest.mark.asyncio

PARAMETERS = {"type": "object", "properties": {"pattern": {"type": "string"}}}


def tool(name: str = "get_vars", gives: str | Exception = "df, df2", asks: bool = False) -> Tool:
    """A tool that gives a text with its arguments, or fails."""

    async def run(arguments: dict[str, Any]) -> list[ToolOutput]:
        if isinstance(gives, Exception):
            raise gives
        return [TextOutput(text=f"{gives} for {arguments}")]

    return Tool(name, "Lists variables", PARAMETERS, run, title="Variables", asks=asks)


@asynccontextmanager
async def oracle(**more: Any) -> AsyncIterator[tuple[ScriptedServer, ModelAssistant]]:
    async with scripted_server() as server:
        given = settings(f"{server.url}/v1", tools=True, **more)
        yield server, ModelAssistant("oracle", given, QUICK)


def result(server: ScriptedServer, request: int = -1) -> str:
    """What the model was told of its last call."""
    last = server.seen[request].json["messages"][-1]
    assert last["role"] == "tool"
    return str(last["content"])


async def test_a_real_model_calls_a_tool_and_goes_on(tmp_path: Path) -> None:
    with model_server(tmp_path) as server:
        assistant = ModelAssistant("own", ModelSettings(base_url=server.base_url, key=server.key))
        told = await tell(assistant, turn("use a tool", tool()))
    assert told.error is None
    (part,) = told.tools
    assert (part.name, part.title, part.status) == ("get_vars", "Variables", "done")
    assert part.input == '{"pattern": "df*"}'
    assert part.output == [TextOutput(text="df, df2 for {'pattern': 'df*'}")]
    assert told.text.startswith("`df.groupby(key)`")
    grown = [item.text for item in told.items if isinstance(item, ToolInput)]
    assert len(grown) > 1
    statuses = [item.status for item in told.items if isinstance(item, ToolPart)]
    assert statuses == ["pending", "pending", "running", "done"]
    assert told.usage is not None
    assert (told.usage.output_tokens or 0) > 21


async def test_usage_is_summed_over_the_rounds() -> None:
    used: dict[str, Any] = {
        "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
    }
    async with oracle() as (server, assistant):
        server.enqueue(say(call("get_vars", "{}"), finish="tool_calls", **used), say("ok", **used))
        told = await tell(assistant, turn("x", tool()))
    assert told.usage is not None
    assert (told.usage.input_tokens, told.usage.output_tokens) == (20, 6)
    assert (told.usage.model, told.usage.cost) == ("some-model", None)


@pytest.mark.parametrize(
    ("name", "arguments", "gives", "why"),
    [
        ("unknown", "{}", "", "There is no tool 'unknown'; there are: get_vars."),
        ("get_vars", "[1]", "", "The arguments are no JSON object."),
        ("get_vars", '{"a', "", "The arguments are no JSON object."),
        ("get_vars", "{}", ToolError("the kernel is dead"), "the kernel is dead"),
        ("get_vars", "{}", ValueError("a secret"), "The tool failed (ValueError)."),
    ],
)
async def test_a_failed_call_is_told_to_the_user_and_to_the_model(
    name: str, arguments: str, gives: str | Exception, why: str
) -> None:
    async with oracle() as (server, assistant):
        server.enqueue(say(call(name, arguments), finish="tool_calls"), say("I see"))
        told = await tell(assistant, turn("x", tool(gives=gives)))
        assert told.error is None
        (part,) = told.tools
        assert part.status == "failed"
        assert part.error is not None
        assert part.error.startswith(why)
        assert "secret" not in part.error
        assert json.loads(result(server)) == {"error": part.error}
        assert told.text == "I see"


async def test_calls_with_one_id_stay_two() -> None:
    twice = [call("get_vars", "{}", "call_0"), call("get_vars", '{"a": 2}', "call_0", index=1)]
    async with oracle() as (server, assistant):
        server.enqueue(
            say(*twice, finish="tool_calls"),
            say(call("get_vars", "{}", "call_0"), finish="tool_calls"),
            say("ok"),
        )
        told = await tell(assistant, turn("x", tool()))
    assert [part.call for part in told.tools] == ["call_0", "call_0-2", "call_0-3"]
    assert [part.status for part in told.tools] == ["done"] * 3


@pytest.mark.parametrize(
    ("chosen", "status", "heard"),
    [
        ("allow_once", "done", "df, df2 for {}"),
        ("reject_once", "denied", "The user did not allow this."),
        (None, "denied", "Nobody allowed this in time, so it was not done."),
    ],
)
async def test_a_tool_that_asks_runs_when_it_may(chosen: Any, status: str, heard: str) -> None:
    async def decide(call: str) -> ApprovalOption | None:
        asked.append(call)
        return ApprovalOption(id="x", label="x", kind=chosen) if chosen else None

    asked: list[str] = []
    async with oracle() as (server, assistant):
        server.enqueue(say(call("get_vars", "{}", "c1"), finish="tool_calls"), say("ok"))
        told = await tell(assistant, turn("x", tool(asks=True), decision=decide))
        assert asked == ["c1"]
        assert [part.status for part in told.tools] == [status]
        assert heard in result(server)
        assert told.text == "ok"


async def test_the_permission_is_given_in_the_chat(tmp_path: Path) -> None:
    async with model_chat(tmp_path, tools=True) as model:
        words = call("search_chats", '{"words": "hello"}')
        model.server.enqueue(say(words, finish="tool_calls"), say("found it"))
        posted = await ask(model.chat, "hello")

        async def awaited() -> bool:
            parts = (await message(model.chat, posted.reply)).parts
            return any(isinstance(part, ToolPart) and part.status == "awaiting" for part in parts)

        await until(model.chat, posted.cursor, awaited)
        assert posted.reply is not None
        await model.chat.replies.decide(CHAT, posted.reply, 0, Approve(option="allow"), ADA)
        answer = await ended(model.chat, posted)
        assert (answer.status, said(answer)) == ("done", "found it")
        part = answer.parts[0]
        assert isinstance(part, ToolPart)
        assert (part.status, part.approval and part.approval.outcome) == ("done", "allow")


async def test_rounds_have_an_end() -> None:
    async with oracle() as (server, assistant):
        server.enqueue(*[say(call("get_vars", "{}"), finish="tool_calls")] * (ROUNDS + 1))
        told = await tell(assistant, turn("x", tool()))
        assert len(server.seen) == len(told.tools) == ROUNDS
    assert told.error is None
    assert f"Stopped after {ROUNDS} rounds" in str(told.parts[-1])


@pytest.mark.parametrize(
    "words",
    [
        "registry.ollama.ai/library/gemma3 does not support tools",
        "tools param requires --jinja flag",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "This model does not support function calling",
    ],
)
async def test_a_model_without_tools_answers_without_them(words: str) -> None:
    async with oracle() as (server, assistant):
        server.enqueue(refuse(400, words), say("hello"))
        told = await tell(assistant, turn("x", tool()))
        assert (told.error, told.text) == (None, "hello")
        assert "takes no tools" in str(told.parts[0])
        assert ["tools" in seen.json for seen in server.seen] == [True, False]
        assert told.sent is not None
        assert told.sent.digest == server.seen[1].digest


async def test_long_results_are_shortened_and_that_is_told() -> None:
    async with oracle(window=2000) as (server, assistant):
        server.enqueue(say(call("get_vars", "{}"), finish="tool_calls"), say("ok"))
        told = await tell(assistant, turn("x", tool(gives="long " * 4000)))
        assert told.error is None
        assert len(result(server)) < 6000
        assert "characters left out" in result(server)
        assert told.sent is not None
        assert told.sent.shortened == [3]
        assert "long results of tools were shortened" in str(told.parts)
        assert told.tools[0].output[0] == TextOutput(text="long " * 4000 + " for {}")


async def test_results_that_fill_the_window_end_the_turn() -> None:
    async with oracle(window=600) as (server, assistant):
        server.enqueue(*[say(call("get_vars", "{}"), finish="tool_calls")] * 20)
        told = await tell(assistant, turn("x", tool(gives="long " * 4000)))
    assert isinstance(told.error, AssistantError)
    assert told.error.code == "context_too_long"


async def test_text_before_and_after_a_call_stays_apart() -> None:
    async with oracle() as (server, assistant):
        server.enqueue(
            say("Let me see.", call("get_vars", "{}"), finish="tool_calls"), say("There it is.")
        )
        told = await tell(assistant, turn("x", tool()))
    kinds = [type(part) for part in told.parts]
    assert kinds == [TextPart, ToolPart, TextPart]


async def test_a_call_that_is_cut_off_is_not_run() -> None:
    async with oracle() as (server, assistant):
        server.enqueue(say(call("get_vars", '{"patt'), finish=None))
        told = await tell(assistant, turn("x", tool()))
    assert told.error is not None
    assert told.error.code == "cut_off"
    assert [part.status for part in told.tools] == ["pending"]
