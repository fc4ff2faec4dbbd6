"""Real agents answer: OpenCode and Qwen Code, with a scripted model on a real model server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from agents_running import asked, awaiting, children, decide, kept, of, saying, tools
from core_fixtures import CHAT, said
from core_running import ask, core, ended
from modelserver import ModelServer, model_server
from realagents import SCRIPTS, WINDOW, opencode, qwen

from jupyter_chatcore.assistants.agents.assistant import AgentAssistant
from jupyter_chatcore.assistants.settings import AgentSettings
from jupyter_chatcore.parts import NoticePart, ReasoningPart

# a question takes seconds: its tens of kilobytes are read by a server that knows letters only
pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(400)]

Settings = Callable[[Path, ModelServer], AgentSettings]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """The model server, whose cache makes the second question quicker than the first."""
    with model_server(tmp_path_factory.mktemp("model"), SCRIPTS, WINDOW) as server:
        yield server


def agent(settings: Settings, folder: Path, model: ModelServer) -> AgentAssistant:
    """The agent, with a home beside the folder that it works in."""
    return AgentAssistant("agent", settings(folder.parent / f"{folder.name}-home", model))


async def test_opencode_asks_before_it_runs_and_edits(tmp_path: Path, model: ModelServer) -> None:
    (tmp_path / "opencode.json").write_text('{"permission": "allow"}', encoding="utf-8")
    assistant = agent(opencode, tmp_path, model)
    async with core(tmp_path, assistant) as chat:
        reply = await asked(chat, "numbat")
        assert [part.text.strip() for part in of(reply, ReasoningPart)] == ["A hard one, this is."]
        assert said(reply) == "It is forty-two."
        assert reply.usage is not None
        assert reply.usage.input_tokens is not None
        assert reply.usage.input_tokens > 10_000

        posted = await ask(chat, "quokka")
        waiting = await awaiting(chat, posted)
        assert not (tmp_path / "made-by-shell.txt").exists()
        assert tools(waiting)[-1].kind == "execute"
        await decide(chat, waiting, "once")
        reply = await ended(chat, posted)
        assert (said(reply), tools(reply)[-1].status) == ("The tool has run.", "done")
        assert (tmp_path / "made-by-shell.txt").read_text(encoding="utf-8") == "one\n"

        posted = await ask(chat, "wombat")
        waiting = await awaiting(chat, posted)
        await decide(chat, waiting, "reject")
        reply = await ended(chat, posted)
        [call] = tools(reply)
        assert (call.kind, call.status) == ("edit", "denied")
        assert not (tmp_path / "made-by-edit.txt").exists()
        choices = {each.name: each for each in (await assistant.availability()).choices}
        assert choices["mode"].values == ["build", "plan"]
        assert choices["model"].values == [f"local/{model.model}"]
    assert not children()


async def test_opencode_stops_and_is_told_what_is_shown(tmp_path: Path, model: ModelServer) -> None:
    async with core(tmp_path, agent(opencode, tmp_path, model)) as chat:
        posted = await ask(chat, "bilby")
        await saying(chat, posted, "clock")
        assert posted.reply is not None
        stopped = await chat.replies.stop(CHAT, posted.reply)
        assert stopped.status == "cancelled"
        assert said(stopped).startswith("tick tock")
        reply = await asked(chat, "cassowary")
        assert said(reply) == "Plainly said."
        assert len(of(reply, NoticePart)) == 1
        session = kept(reply)["session"]
    assert not children()
    async with core(tmp_path, agent(opencode, tmp_path, model)) as chat:
        reply = await asked(chat, "cassowary again")
        assert said(reply) == "Plainly said."
        assert not of(reply, NoticePart)
        assert (kept(reply)["session"], kept(reply)["turns"]) == (session, 2)
    assert not children()


async def test_qwen_code_asks_runs_stops_and_resumes(tmp_path: Path, model: ModelServer) -> None:
    async with core(tmp_path, agent(qwen, tmp_path, model)) as chat:
        posted = await ask(chat, "dingo")
        waiting = await awaiting(chat, posted)
        assert not (tmp_path / "made-by-qwen.txt").exists()
        await decide(chat, waiting, "proceed_once")
        reply = await ended(chat, posted)
        assert (said(reply), tools(reply)[-1].status) == ("The tool has run.", "done")
        assert (tmp_path / "made-by-qwen.txt").read_text(encoding="utf-8") == "six\n"
        assert reply.sent is not None
        assert reply.sent.parameters["mode"] == "default"
        session = kept(reply)["session"]
    assert not children()
    async with core(tmp_path, agent(qwen, tmp_path, model)) as chat:
        reply = await asked(chat, "cassowary")
        assert said(reply) == "Plainly said."
        assert not of(reply, NoticePart)
        assert kept(reply)["session"] == session
        posted = await ask(chat, "bilby")
        await saying(chat, posted, "clock")
        assert posted.reply is not None
        assert (await chat.replies.stop(CHAT, posted.reply)).status == "cancelled"
    assert not children()
