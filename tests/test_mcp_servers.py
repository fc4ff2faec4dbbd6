"""MCP servers of the configuration: their tools in a model's hands, and what can go wrong."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from agents_running import awaiting, children, decide, fake, gone, living, noted, tools
from core_fixtures import CHAT, said
from core_running import ask, core, ended
from modelchat import QUICK, notices, settings
from scriptedserver import ScriptedServer, call, say, scripted_server
from toolserver import PICTURE

from jupyter_chatcore.api import SessionPatch
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.settings import AssistantSettings, McpSettings
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import BundleOutput, TextOutput
from jupyter_chatcore.protocol import Message

pytestmark = pytest.mark.asyncio

PROGRAM = str(Path(__file__).with_name("toolserver.py"))


def small(*flags: str, **more: Any) -> McpSettings:
    """The small server, as a program."""
    return McpSettings(command=sys.executable, args=[PROGRAM, *flags], **more)


@asynccontextmanager
async def oracle(
    folder: Path, **servers: McpSettings
) -> AsyncIterator[tuple[ChatCore, ScriptedServer]]:
    """A chat with a scripted model that is offered the servers' tools."""
    async with scripted_server() as server:
        assistant = ModelAssistant("oracle", settings(f"{server.url}/v1", tools=True), QUICK)
        configured = AssistantSettings(mcp_servers=servers)
        async with core(folder, assistant, settings=configured) as chat:
            yield chat, server


async def used(chat: ChatCore, model: ScriptedServer, name: str, arguments: str = "{}") -> Message:
    """The answer in which the model has called a tool, with leave."""
    model.enqueue(say(call(name, arguments), finish="tool_calls"), say("I see."))
    posted = await ask(chat, "use it")
    waiting = await awaiting(chat, posted)
    if waiting.status == "streaming":
        await decide(chat, waiting, "allow")
    return await ended(chat, posted)


def starts(folder: Path) -> list[int]:
    """The processes of the server, one for each start."""
    file = folder / "served"
    return [int(line) for line in file.read_text().split()] if file.is_file() else []


async def test_a_model_uses_its_tools_with_leave(tmp_path: Path) -> None:
    async with oracle(tmp_path, small=small()) as (chat, model):
        assert starts(tmp_path) == []
        reply = await used(chat, model, "small__add", '{"a": 20, "b": 22}')
        [part] = tools(reply)
        assert (part.title, part.kind, part.status) == ("Add (small)", "read", "done")
        assert part.output == [TextOutput(text="20 + 22 = 42")]
        assert part.approval is not None
        assert part.approval.outcome == "allow"
        assert said(reply) == "I see."
        offered = {each["function"]["name"] for each in model.seen[0].json["tools"]}
        assert {"search_chats", "small__add", "small__odd_name_"} <= offered
        reply = await used(chat, model, "small__draw")
        [picture] = [each for each in tools(reply)[0].output if isinstance(each, BundleOutput)]
        assert list(picture.data) == ["image/png"]
        assert PICTURE.startswith(b"\x89PNG")
        assert len(starts(tmp_path)) == 1
    await gone(*starts(tmp_path))
    assert not children()


async def test_rules_hold_for_them(tmp_path: Path) -> None:
    async with oracle(tmp_path, small=small()) as (chat, model):
        rules = {"small__add": "always", "small__draw": "never"}
        patch = SessionPatch(settings={"tools": rules})
        await chat.feed.write(lambda store: store.patch_session(CHAT, patch))
        words = call("small__add", '{"a": 1, "b": 1}')
        model.enqueue(say(words, finish="tool_calls"), say("Two."))
        reply = await ended(chat, await ask(chat, "use it"))
        assert [(part.status, part.approval) for part in tools(reply)] == [("done", None)]
        offered = {each["function"]["name"] for each in model.seen[0].json["tools"]}
        assert "small__draw" not in offered


async def test_a_failed_call_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    async with oracle(tmp_path, small=small()) as (chat, model):
        [part] = tools(await used(chat, model, "small__odd_name_"))
        assert part.status == "failed"
        assert "the disk is on fire" in str(part.error)
        [part] = tools(await used(chat, model, "small__die"))
        assert part.status == "failed"
        assert "ended with status 7" in str(part.error)
        assert "out of luck" in str(part.error)
        [part] = tools(await used(chat, model, "small__add", '{"a": 2, "b": 2}'))
        assert part.status == "done"
        assert len(starts(tmp_path)) == 2
    await gone(*starts(tmp_path))


async def test_a_stop_ends_the_call(tmp_path: Path) -> None:
    async with oracle(tmp_path, small=small()) as (chat, model):
        model.enqueue(say(call("small__wait", "{}"), finish="tool_calls"))
        posted = await ask(chat, "use it")
        await decide(chat, await awaiting(chat, posted), "allow")
        await until(tmp_path / "waiting", True)
        assert posted.reply is not None
        stopped = await chat.replies.stop(CHAT, posted.reply)
        assert [part.status for part in tools(stopped)] == ["cancelled"]
        await until(tmp_path / "waiting", False)
        [part] = tools(await used(chat, model, "small__add", '{"a": 2, "b": 2}'))
        assert part.status == "done"
        assert len(starts(tmp_path)) == 1


async def until(path: Path, there: bool) -> None:
    """Wait until the file is there, or is no more."""
    async with asyncio.timeout(15):
        while await asyncio.to_thread(path.exists) is not there:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (McpSettings(command="no-such-program"), "`no-such-program` is not found. Install it"),
        (small("--broken"), "cannot read my configuration, the key is [hidden] Try"),
        (small("--silent", start=2), "it did not tell its tools within 2 s."),
        (small(env_from={"A_KEY": "NO_SUCH_VARIABLE"}), "the variable NO_SUCH_VARIABLE is not set"),
        (McpSettings(url="http://127.0.0.1:9/mcp"), "Try `http://127.0.0.1:9/mcp` by itself."),
    ],
)
async def test_one_that_cannot_be_used_is_told_and_left_out(
    tmp_path: Path, server: McpSettings, words: str
) -> None:
    async with oracle(tmp_path, bad=server, small=small()) as (chat, model):
        model.enqueue(say("Hello."), say("Again."))
        reply = await ended(chat, await ask(chat, "hello"))
        assert (reply.status, said(reply)) == ("done", "Hello.")
        told = notices(reply)["mcp-bad"]
        assert told.startswith("The tools of the MCP server 'bad' cannot be used: ")
        assert words in told
        assert "small__add" in str(model.seen[0].json["tools"])
        began = len(starts(tmp_path))
        reply = await ended(chat, await ask(chat, "hello"))
        assert (said(reply), notices(reply)["mcp-bad"]) == ("Again.", told)
        assert len(starts(tmp_path)) == began
    await gone(*starts(tmp_path))
    assert not children()


async def test_it_ends_when_it_is_idle_and_starts_again(tmp_path: Path) -> None:
    async with oracle(tmp_path, small=small(idle=0.3)) as (chat, model):
        await used(chat, model, "small__add", '{"a": 2, "b": 2}')
        await gone(*starts(tmp_path))
        model.enqueue(say("Hello."))
        await ended(chat, await ask(chat, "hello"))
        assert len(starts(tmp_path)) == 1
        [part] = tools(await used(chat, model, "small__add", '{"a": 2, "b": 2}'))
        assert part.status == "done"
        assert len(starts(tmp_path)) == 2
    await gone(*starts(tmp_path))


async def test_its_environment_is_what_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "do-not-pass-this-on")
    monkeypatch.setenv("MINE", "pass-this-secret-on")
    given = small(env={"PLAIN": "yes"}, env_from={"API_KEY": "MINE"})
    async with oracle(tmp_path, small=given) as (chat, model):
        [part] = tools(await used(chat, model, "small__env"))
        [output] = part.output
        assert isinstance(output, TextOutput)
        lines = output.text.splitlines()
        assert {"PLAIN=yes", "API_KEY=[hidden]"} <= set(lines)
        assert "JUPYTER_TOKEN" not in output.text


async def test_listing_assistants_starts_none(tmp_path: Path) -> None:
    async with oracle(tmp_path, small=small()) as (chat, _):
        assert await chat.assistants.list()
        assert starts(tmp_path) == []


async def test_an_agent_gets_them_through_the_chats_own_server(tmp_path: Path) -> None:
    configured = AssistantSettings(mcp_servers={"small": small()})
    async with core(tmp_path, fake(tmp_path), settings=configured) as chat:
        posted = await ask(chat, 'small__add {"a": 1, "b": 2} use')
        await decide(chat, await awaiting(chat, posted), "allow")
        reply = await ended(chat, posted)
        assert [part.status for part in tools(reply)] == ["done"]
        assert said(reply) == "1 + 2 = 3"
        assert "small__add" in noted(tmp_path, "tools")[0]
        assert all(map(living, starts(tmp_path)))
    await gone(*starts(tmp_path))
