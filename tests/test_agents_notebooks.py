"""Agents work on open notebooks with the chat's tools: a scripted one, and OpenCode."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from agents_running import asked, awaiting, children, decide, fake, heard, noted, tools
from core_fixtures import CHAT, said
from core_running import ask, ended
from fakepage import FakePage, code
from modelserver import ModelServer, model_server
from msgspec.structs import replace
from realagents import SCRIPTS, WINDOW, opencode
from serving import Served

from jupyter_chatcore.api import Ask, NewSession
from jupyter_chatcore.assistants.agents.assistant import AgentAssistant
from jupyter_chatcore.assistants.base import Assistant
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import DiffOutput, TextOutput


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """The model server behind OpenCode."""
    with model_server(tmp_path_factory.mktemp("model"), SCRIPTS, WINDOW) as server:
        yield server


@asynccontextmanager
async def chat_of(served: Served, assistant: Assistant, path: str) -> AsyncIterator[ChatCore]:
    """The chat `CHAT` of a notebook, which the assistant answers."""
    chat = await served.app.core()
    chat.assistants.add(assistant)
    new = NewSession(notebook=path, assistant=assistant.name)
    await chat.feed.write(lambda store: store.create_session(new, CHAT))
    try:
        yield chat
    finally:
        await assistant.close()
    assert not children()


async def test_two_chats_of_a_folder_have_their_own_notebooks(
    served: Served, tmp_path: Path
) -> None:
    one, two = FakePage("one.ipynb", code("a", "ONE = 1")), FakePage("two.ipynb", code("b", "TWO"))
    assistant = fake(tmp_path)
    async with (
        one.connected(served),
        two.connected(served),
        chat_of(served, assistant, one.path) as chat,
    ):
        new = NewSession(notebook=two.path, assistant=assistant.name)
        await chat.feed.write(lambda store: store.create_session(new, "second"))
        assert "ONE = 1" in said(await asked(chat, "read_notebook {} use"))
        await chat.replies.ask("second", Ask(text="read_notebook {} use"), None)
        async with asyncio.timeout(20):
            while len(results := noted(tmp_path, "result")) < 2:
                await asyncio.sleep(0.02)
        assert ("ONE" in results[1], "TWO" in results[1]) == (False, True)
        assert len(heard(tmp_path, "initialize")) == 2


async def test_a_stop_interrupts_the_cell_that_the_agent_runs(
    served: Served, tmp_path: Path
) -> None:
    page = FakePage("one.ipynb", code("a", "sleep()"))
    page.hold = True
    async with page.connected(served), chat_of(served, fake(tmp_path), page.path) as chat:
        posted = await ask(chat, 'run_cell {"cell": "a"} stopped')
        await decide(chat, await awaiting(chat, posted), "allow")
        async with asyncio.timeout(20):
            while not [each for each in page.done if type(each).__name__ == "RunCell"]:
                await asyncio.sleep(0.02)
        assert posted.reply is not None
        reply = await chat.replies.stop(CHAT, posted.reply)
        assert [part.status for part in tools(reply)] == ["cancelled"]
        async with asyncio.timeout(20):
            while type(page.done[-1]).__name__ != "InterruptKernel":
                await asyncio.sleep(0.02)


@pytest.mark.timeout(400)
async def test_opencode_reads_edits_and_runs_cells_with_leave(
    served: Served, tmp_path: Path, model: ModelServer
) -> None:
    page = FakePage("work.ipynb", code("c1", "total = 3"))
    assistant = AgentAssistant("opencode", opencode(tmp_path / "home", model))
    async with page.connected(served), chat_of(served, assistant, page.path) as chat:
        reply = await asked(chat, "potoroo")
        [read] = tools(reply)
        assert (read.name, read.title, read.status) == (
            "read_notebook",
            "Read the notebook",
            "done",
        )
        assert (read.approval, said(reply)) == (None, "The tool has run.")
        [output] = read.output
        assert isinstance(output, TextOutput)
        assert "total = 3" in output.text

        posted = await ask(chat, "kowari")
        await decide(chat, await awaiting(chat, posted), "reject")
        reply = await ended(chat, posted)
        assert [part.status for part in tools(reply)] == ["denied"]
        assert page.sources == ["total = 3"]

        posted = await ask(chat, "kowari")
        await decide(chat, await awaiting(chat, posted), "always")
        [edit] = tools(await ended(chat, posted))
        [diff] = edit.output
        assert isinstance(diff, DiffOutput)
        assert (edit.status, diff.cell, diff.old, diff.new) == (
            "done",
            "c1",
            "total = 3",
            "total = 5",
        )
        assert page.sources == ["total = 5"]
        [again] = tools(await asked(chat, "kowari"))
        assert (again.status, again.approval) == ("done", None)

        posted = await ask(chat, "dunnart")
        waiting = await awaiting(chat, posted)
        assert page.cells[0].execution_count is None
        await decide(chat, waiting, "allow")
        reply = await ended(chat, posted)
        assert [(part.name, part.status) for part in tools(reply)] == [("run_cell", "done")]
        assert page.cells[0].execution_count == 1


@pytest.mark.timeout(400)
async def test_opencode_that_asks_for_everything_has_the_user_asked_once(
    served: Served, tmp_path: Path, model: ModelServer
) -> None:
    page = FakePage("work.ipynb", code("c1", "total = 3"))
    known = opencode(tmp_path / "home", model)
    config = json.loads(known.env["OPENCODE_CONFIG_CONTENT"]) | {"permission": {"*": "ask"}}
    env = {**known.env, "OPENCODE_CONFIG_CONTENT": json.dumps(config)}
    assistant = AgentAssistant("opencode", replace(known, env=env))
    async with page.connected(served), chat_of(served, assistant, page.path) as chat:
        posted = await ask(chat, "kowari")
        await decide(chat, await awaiting(chat, posted), "allow")
        [edit] = tools(await ended(chat, posted))
        assert (edit.status, page.sources) == ("done", ["total = 5"])
