"""Agents call the chat's own tools through its MCP server: one card, one question, one chat."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from agents_running import asked, awaiting, children, decide, fake, heard, noted, tools
from core_fixtures import CHAT, said
from core_running import ask, core, ended, message, note

from jupyter_chatcore.api import Ask, NewSession, SessionPatch
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import TextOutput
from jupyter_chatcore.reply import ReplyOptions

pytestmark = pytest.mark.asyncio

SEARCH = 'search_chats {"words": "whale"}'
DENIED = "The user did not allow this."
REFUSED = "The question was stopped, or has been answered, so nothing is done."


async def until_noted(home: Path, name: str, times: int = 1) -> list[Any]:
    """What the agent wrote down under this name, once it has done so often."""
    async with asyncio.timeout(15):
        while len(found := noted(home, name)) < times:
            await asyncio.sleep(0.02)
    return found


async def free_search(chat: ChatCore) -> None:
    """Let the chat's assistants search without asking."""
    patch = SessionPatch(settings={"tools": {"search_chats": "always"}})
    await chat.feed.write(lambda store: store.patch_session(CHAT, patch))


async def test_a_call_is_one_part_that_asks(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await note(chat, "a white whale")
        posted = await ask(chat, f"{SEARCH} use")
        waiting = await awaiting(chat, posted)
        [call] = tools(waiting)
        assert (call.name, call.title, call.kind) == ("search_chats", "Search your chats", "search")
        assert call.input == '{"words":"whale"}'
        assert call.approval is not None
        assert [each.label for each in call.approval.options] == [
            "Allow",
            "Always in this chat",
            "Reject",
        ]
        await decide(chat, waiting, "allow")
        reply = await ended(chat, posted)
    [call] = tools(reply)
    assert (reply.status, call.status) == ("done", "done")
    assert call.approval is not None
    assert (call.approval.outcome, call.approval.by) == ("allow", "Ada")
    [output] = call.output
    assert isinstance(output, TextOutput)
    assert "a white whale" in output.text
    assert said(reply) == output.text
    assert noted(tmp_path, "tools") == [["search_chats"]]
    assert not children()


async def test_denied(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, f"{SEARCH} use")
        await decide(chat, await awaiting(chat, posted), "reject")
        reply = await ended(chat, posted)
    assert [(call.status, call.error) for call in tools(reply)] == [("denied", DENIED)]
    assert noted(tmp_path, "result") == [DENIED]
    assert noted(tmp_path, "failed") == [True]


async def test_always_in_this_chat_asks_once(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, f"{SEARCH} use")
        await decide(chat, await awaiting(chat, posted), "always")
        await ended(chat, posted)
        [call] = tools(await asked(chat, f"{SEARCH} use"))
        assert (call.status, call.approval) == ("done", None)


async def test_nobody_answers_in_time(tmp_path: Path) -> None:
    options = ReplyOptions(coalesce_seconds=0.001, approval_seconds=0.2)
    async with core(tmp_path, fake(tmp_path), options=options) as chat:
        reply = await asked(chat, f"{SEARCH} use")
    assert [call.status for call in tools(reply)] == ["denied"]
    assert "not done" in said(reply)


@pytest.mark.parametrize(
    ("called", "why"),
    [
        ("run_cell {}", "There is no tool 'run_cell'; there are: search_chats."),
        ('search_chats {"words": 3}', "`words` is missing: give the words to search for."),
    ],
)
async def test_what_cannot_be_done_asks_nobody(tmp_path: Path, called: str, why: str) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, f"{called} late")
    assert {(call.status, call.error) for call in tools(reply)} >= {("failed", why)}
    assert noted(tmp_path, "result") == [why]


async def test_a_stop_ends_the_call(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, f"{SEARCH} stopped")
        await awaiting(chat, posted)
        assert posted.reply is not None
        reply = await chat.replies.stop(CHAT, posted.reply)
        assert (reply.status, [call.status for call in tools(reply)]) == (
            "cancelled",
            ["cancelled"],
        )
        assert await until_noted(tmp_path, "result") == [REFUSED]


async def test_the_agents_own_request_is_answered_by_our_rule(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        posted = await ask(chat, f"{SEARCH} permit")
        waiting = await awaiting(chat, posted)
        assert len(tools(waiting)) == 1
        await decide(chat, waiting, "allow")
        assert [call.status for call in tools(await ended(chat, posted))] == ["done"]
        assert noted(tmp_path, "chosen") == ["yes"]
        await free_search(chat)
        [call] = tools(await asked(chat, f"{SEARCH} permit"))
        assert (call.status, call.approval) == ("done", None)


@pytest.mark.parametrize(
    ("how", "status"),
    [("late", "done"), ("broken", "failed"), ("impatient", "cancelled"), ("careless", "cancelled")],
)
async def test_there_is_one_part_however_it_goes(tmp_path: Path, how: str, status: str) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        if how == "late":
            await free_search(chat)
        reply = await asked(chat, f"{SEARCH} {how}")
    assert (reply.status, [call.status for call in tools(reply)]) == ("done", [status])


async def test_a_call_between_answers_is_refused(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await free_search(chat)
        reply = await asked(chat, f"{SEARCH} after")
        assert await until_noted(tmp_path, "result") == [REFUSED]
        assert not tools(await message(chat, reply.id))


async def test_two_chats_of_a_folder_do_not_meet(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await chat.feed.write(lambda store: store.create_session(NewSession(), "other"))
        posted = await ask(chat, f"{SEARCH} use")
        waiting = await awaiting(chat, posted)
        await chat.replies.ask("other", Ask(text=f"{SEARCH} after"), None)
        # the call of the other chat comes while this one answers, and is not of its answer
        assert await until_noted(tmp_path, "result") == [REFUSED]
        assert len(tools(await message(chat, posted.reply))) == 1
        await decide(chat, waiting, "allow")
        assert len(tools(await ended(chat, posted))) == 1
        assert len(set(map(secret_of, heard(tmp_path, "session/new")))) == 2


def secret_of(params: dict[str, Any]) -> str:
    """The secret of the server that a session was given."""
    [server] = params["mcpServers"]
    assert not [word for word in (server["command"], *server["args"]) if len(word) == 43]
    env = {each["name"]: each["value"] for each in server["env"]}
    return str(env["JUPYTER_CHATCORE_TOOLS_SECRET"])


async def test_the_way_to_the_tools_ends_with_the_agent(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await free_search(chat)
        await asked(chat, f"{SEARCH} use")
        [server] = heard(tmp_path, "session/new")[0]["mcpServers"]
        address = Path(server["env"][0]["value"])
        assert is_private_socket(address)
        await asked(chat, "die")
        async with asyncio.timeout(15):
            while is_private_socket(address):
                await asyncio.sleep(0.02)


def is_private_socket(path: Path) -> bool:
    """Whether there is a socket, which its owner alone can reach and open."""
    if not path.is_socket():
        return False
    return not any(each.stat().st_mode & 0o077 for each in (path, path.parent))
