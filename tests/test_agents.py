"""What an agent says becomes the parts of a message; what is chosen reaches it."""

from __future__ import annotations

from pathlib import Path

import pytest
from agents_running import asked, fake, heard, kept, noted, of, prompts, tools
from core_fixtures import CHAT, said
from core_running import ADA, core, ended

from jupyter_chatcore.api import Ask
from jupyter_chatcore.assistants.agents.assistant import AgentAssistant
from jupyter_chatcore.assistants.settings import AgentSettings
from jupyter_chatcore.parts import (
    CellPart,
    DiffOutput,
    OutputPart,
    Part,
    PlanPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    VariablePart,
)

pytestmark = pytest.mark.asyncio


async def test_text_streams_into_one_part(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "say hello")
    assert (reply.status, said(reply), len(reply.parts)) == ("done", "Hello there.", 1)
    assert noted(tmp_path, "cwd") == [str(tmp_path)]


async def test_thoughts_and_one_message_after_another(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "think")
    assert [part.text for part in of(reply, ReasoningPart)] == ["Let me see."]
    assert said(reply) == "First.\n\nSecond."


async def test_pictures_and_links(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "show")
    assert [part.data for part in of(reply, OutputPart)] == [{"image/png": "iVBORw0KGgo="}]
    assert said(reply) == "[notes](file:///notes.md)"


async def test_a_plan_is_one_part_that_changes(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "plan")
    [plan] = of(reply, PlanPart)
    assert [(entry.content, entry.status) for entry in plan.entries] == [("Look", "completed")]


async def test_tool_calls(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        read, edit, mode, fail, left = tools(await asked(chat, "tool"))
    assert (read.title, read.kind, read.status) == ("Read notes.txt", "read", "done")
    assert (read.input, read.output) == ('{"path":"notes.txt"}', [TextOutput(text="the notes")])
    assert edit.output == [DiffOutput(path="notes.txt", old="a", new="b")]
    assert (mode.kind, mode.output) == ("other", [TextOutput(text="ok")])
    assert (fail.status, fail.error, fail.output) == ("failed", "no such file", [])
    assert left.status == "done"


async def test_a_growing_output_is_not_sent_again_with_each_line(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "output")
    [call] = tools(reply)
    [output] = call.output
    assert isinstance(output, TextOutput)
    assert (reply.status, call.status) == ("done", "done")
    assert len(output.text) < 50_000
    assert output.text.startswith("line 0 ")
    assert "characters left out" in output.text
    assert output.text.endswith("line 199 ")


async def test_the_echo_of_the_user_and_what_is_unknown_are_dropped(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        assert said(await asked(chat, "echo")) == "What I say."
        reply = await asked(chat, "garbage")
    assert (said(reply), len(reply.parts)) == ("Still here.", 1)


async def test_a_very_long_line(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "huge")
    assert (reply.status, len(said(reply))) == ("done", 5_000_000)


async def test_usage_is_that_of_the_answer_not_of_the_session(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await asked(chat, "hello")
        reply = await asked(chat, "hello")
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (100, None)
    assert reply.usage.cost == pytest.approx(0.1)


async def test_it_asks_unless_another_mode_is_chosen(tmp_path: Path) -> None:
    assistant = fake(tmp_path)
    async with core(tmp_path, assistant) as chat:
        assert not (await assistant.availability()).choices
        await asked(chat, "hello")
        assert [each["modeId"] for each in heard(tmp_path, "session/set_mode")] == ["default"]
        reply = await asked(chat, "hello", settings={"mode": "yolo", "model": "Large"})
        assert [each["modeId"] for each in heard(tmp_path, "session/set_mode")][1:] == ["yolo"]
        [set_model] = heard(tmp_path, "session/set_config_option")
        assert (set_model["configId"], set_model["value"]) == ("model", "large")
        choices = {each.name: each for each in (await assistant.availability()).choices}
    assert (choices["mode"].values, choices["mode"].value) == (["default", "yolo"], "default")
    assert (choices["model"].values, choices["model"].value) == (["small", "large"], "small")
    assert reply.sent is not None
    assert (reply.sent.model, reply.sent.parameters) == ("large", {"mode": "yolo"})
    assert kept(reply)["turns"] == 2


async def test_a_mode_that_the_agent_changed_itself_is_set_back(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        await asked(chat, "modes")
        await asked(chat, "hello")
    assert [each["modeId"] for each in heard(tmp_path, "session/set_mode")] == ["default"] * 2


async def test_a_setting_that_it_does_not_have(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        reply = await asked(chat, "hello", settings={"model": "huge"})
    assert reply.error is not None
    assert reply.error.code == "bad_settings"
    assert "choose one of: small, large" in reply.error.message


async def test_what_is_shown_with_the_question(tmp_path: Path) -> None:
    plot = {"output_type": "display_data", "data": {"image/png": "aGk=\n"}}
    printed = {"output_type": "stream", "name": "stdout", "text": ["3\n"]}
    parts: list[Part] = [
        CellPart(
            path="a.ipynb", cell_id="c1", cell_type="code", source="f()", outputs=[printed, plot]
        ),
        VariablePart(
            name="df",
            kernel="k",
            python_type="DataFrame",
            preview={"text/plain": "a b"},
            shape=[2, 3],
        ),
        TextPart(text="say hello"),
    ]
    async with core(tmp_path, fake(tmp_path)) as chat:
        await ended(chat, await chat.replies.ask(CHAT, Ask(parts=parts), ADA))
    [sent] = heard(tmp_path, "session/prompt")
    cell, picture, variable, question = sent["prompt"]
    assert cell["text"].startswith("[Cell c1 of a.ipynb, code]\n```\nf()\n```")
    assert "3\n" in cell["text"]
    assert picture == {"type": "image", "mimeType": "image/png", "data": "aGk="}
    assert variable["text"] == "[Variable df: DataFrame, shape 2 x 3]\na b"
    assert question["text"] == "say hello"
    assert prompts(tmp_path)[0][0] == "s0"


async def test_an_agent_that_is_not_there() -> None:
    settings = AgentSettings(command=["no-such-agent"], install="npm install -g no-such-agent")
    found = await AgentAssistant("none", settings).availability()
    assert found.state == "not_installed"
    assert "npm install -g no-such-agent" in found.reason
