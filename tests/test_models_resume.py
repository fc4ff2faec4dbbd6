"""A model goes on after a restart: it is told what it had said, and what its calls gave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import said
from core_running import ask, core, ended, message, note, until
from modelchat import QUICK, settings
from resuming import asks, decide, options, states
from scriptedserver import (
    ScriptedServer,
    call,
    say,
    scripted_server,
    thought_and_called,
    thought_and_said,
)

from jupyter_chatcore.api import Posted
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import ToolPart

pytestmark = pytest.mark.asyncio

HELLO, WORLD = '{"words":"hello"}', '{"words":"world"}'
USED: dict[str, Any] = {"usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}}


@asynccontextmanager
async def oracle(folder: Path, server: ScriptedServer, **more: Any) -> AsyncIterator[ChatCore]:
    """One life of a server, whose assistant asks this model server."""
    assistant = ModelAssistant("oracle", settings(_url(server, more), tools=True, **more), QUICK)
    async with core(folder, assistant, options=options(600)) as chat:
        yield chat


def _url(server: ScriptedServer, more: dict[str, Any]) -> str:
    return server.url if more.get("kind") == "anthropic" else f"{server.url}/v1"


async def asked(chat: ChatCore, **more: Any) -> Posted:
    """A question whose answer has come to a request for permission."""
    posted = await ask(chat, "hello", **more)
    await until(chat, posted.cursor, lambda: asks(chat, posted))
    return posted


def searching(*calls: tuple[str, str], text: str = "I search.") -> Any:
    """A round that says something and makes these calls, by their ids."""
    deltas = [call("search_chats", words, name, n) for n, (name, words) in enumerate(calls)]
    return say(text, *deltas, finish="tool_calls", **USED)


def outline(messages: Sequence[dict[str, Any]]) -> list[str]:
    """Who said what, without the instructions; a call by its arguments."""
    told = []
    for each in messages[1:]:
        calls = [made["function"]["arguments"] for made in each.get("tool_calls") or ()]
        told.append(" ".join(filter(None, [each["role"], each.get("content"), *calls])))
    return told


async def test_the_model_is_told_what_it_had_said_and_goes_on(tmp_path: Path) -> None:
    async with scripted_server() as server:
        server.enqueue(searching(("a", HELLO)), say("Found.", **USED))
        async with oracle(tmp_path, server) as chat:
            posted = await asked(chat, settings={"model": "larger"})
        async with oracle(tmp_path, server) as chat:
            await decide(chat, posted, "allow", part=1)
            answer = await ended(chat, posted)
        first, second = server.seen
        assert outline(second.json["messages"])[:2] == [
            "user hello",
            f"assistant I search. {HELLO}",
        ]
        result = second.json["messages"][-1]
        assert (result["role"], "hello" in result["content"]) == ("tool", True)
        [made] = second.json["messages"][2]["tool_calls"]
        assert made["id"] == result["tool_call_id"]
        assert first.json["model"] == second.json["model"] == "larger"
        assert first.json["tools"] == second.json["tools"]
        assert answer.sent is not None
        assert answer.sent.digest == second.digest
    assert (answer.status, said(answer)) == ("done", "I search.Found.")
    assert (answer.id, states(answer.parts)) == (posted.reply, ["done"])
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (20, 6)


async def test_a_round_of_several_calls_is_taken_to_its_end(tmp_path: Path) -> None:
    """The first was allowed before the restart, the second is open, the third has not asked."""
    async with scripted_server() as server:
        calls = (("a", HELLO), ("b", WORLD), ("c", HELLO))
        server.enqueue(searching(*calls), searching(("a", WORLD), text=""), say("Found."))
        async with oracle(tmp_path, server) as chat:
            posted = await asked(chat)
            await decide(chat, posted, "allow", part=1)
            await until(chat, posted.cursor, lambda: asks(chat, posted))
            waiting = await message(chat, posted.reply)
            assert states(waiting.parts) == ["done", "awaiting", "pending"]
        async with oracle(tmp_path, server) as chat:
            for part, option in enumerate(("reject", "allow", "allow"), 2):
                await until(chat, posted.cursor, lambda: asks(chat, posted))
                await decide(chat, posted, option, part=part)
            answer = await ended(chat, posted)
        _, second, third = server.seen
    told = outline(second.json["messages"])
    assert told[1] == f"assistant I search. {HELLO} {WORLD} {HELLO}"
    assert [line.split()[0] for line in told[2:]] == ["tool"] * 3
    assert "did not allow" in told[3]
    assert len(third.json["messages"]) == len(second.json["messages"]) + 2
    assert states(answer.parts) == ["done", "denied", "done", "done"]
    calls_made = [part.call for part in answer.parts if isinstance(part, ToolPart)]
    assert calls_made == ["a", "b", "c", "a-2"]


async def test_signed_thoughts_go_back_to_who_signed_them(tmp_path: Path) -> None:
    """Anthropic's server refuses the result of a call whose thoughts are missing."""
    signed: dict[str, Any] = {"kind": "anthropic", "parameters": {"reasoning": "low"}}
    async with scripted_server() as server:
        server.enqueue(
            thought_and_called("Hm.", "c2lnbmVk", "search_chats", HELLO),
            thought_and_said("I see.", "YWdhaW4=", "Found."),
        )
        async with oracle(tmp_path, server, **signed) as chat:
            posted = await asked(chat)
        async with oracle(tmp_path, server, **signed) as chat:
            await decide(chat, posted, "allow", part=1)
            answer = await ended(chat, posted)
        _, before, result = server.seen[1].json["messages"]
    thought, made = before["content"]
    assert (thought["thinking"], thought["signature"]) == ("Hm.", "c2lnbmVk")
    assert made["id"] == result["content"][0]["tool_use_id"]
    assert answer.sent is not None
    [kept] = (answer.sent.ext or {}).values()
    assert kept["signatures"] == ["c2lnbmVk", "YWdhaW4="]


async def test_results_come_last_and_are_shortened_to_fit(tmp_path: Path) -> None:
    async with scripted_server() as server:
        made = call("search_chats", HELLO, "a")
        server.enqueue(say("I search.", made, " For long.", finish="tool_calls"), say("Found."))
        async with oracle(tmp_path, server, window=1200) as chat:
            for _ in range(20):
                await note(chat, "hello " + "long " * 40)
            posted = await asked(chat)
        async with oracle(tmp_path, server, window=1200) as chat:
            await decide(chat, posted, "allow", part=2)  # a notice comes first
            answer = await ended(chat, posted)
        said_before, result = server.seen[1].json["messages"][-2:]
    assert (said_before["role"], result["role"]) == ("assistant", "tool")
    assert said_before["content"].split() == ["I", "search.", "For", "long."]
    assert "characters left out" in result["content"]
    assert answer.sent is not None
    assert answer.id in answer.sent.shortened
    assert said(answer) == "I search. For long.Found."
