"""What a model was sent is what the turn shows, byte for byte, by the rule in docs/models.md."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bitmaps import opened, plot, saved
from core_fixtures import CHAT
from core_running import ADA, ended, message
from documentedparts import Json
from documentedrule import Request, Round, Told, encoded, request
from modelchat import ModelChat, model_chat
from scriptedserver import Seen, call, say

from jupyter_chatcore.api import Edit, SessionPatch
from jupyter_chatcore.assistants.models.instructions import INSTRUCTIONS
from jupyter_chatcore.filetypes import address, digest_of
from jupyter_chatcore.parts import (
    CellPart,
    CustomPart,
    FilePart,
    OutputPart,
    Part,
    PlanEntry,
    PlanPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolOutput,
    ToolPart,
    VariablePart,
)
from jupyter_chatcore.protocol import Message

pytestmark = pytest.mark.asyncio

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n not really").decode()
SEARCH = (
    "search_chats",
    "Search the messages of all chats of this user, the best matches first.",
    {
        "type": "object",
        "properties": {
            "words": {"type": "string", "description": "Words that the messages must contain"}
        },
        "required": ["words"],
        "additionalProperties": False,
    },
)


def told(**more: Any) -> Told:
    """What stands beside the messages of `model_chat`."""
    known: Json = {"model": "some-model", "instructions": INSTRUCTIONS, "window": 8000}
    return Told(**{**known, **more})


async def allow(model: ModelChat) -> None:
    """Let the search be used without asking."""
    patch = SessionPatch(settings={"tools": {"search_chats": "always"}})
    await model.chat.feed.write(lambda store: store.patch_session(CHAT, patch))


async def branch(model: ModelChat, answer: Message) -> list[Json]:
    """The stored messages that an answer answers, oldest first."""
    assert answer.parent is not None
    parent = answer.parent
    found = await model.chat.feed.read(lambda store: store.get_branch(CHAT, parent, 100))
    return [json.loads(msgspec.json.encode(one)) for one in found]


def same(seen: Seen, expected: Request, answer: Message) -> None:
    """The log has this request to the byte, and the answer tells the same of it."""
    assert seen.json == expected.body
    assert seen.body == encoded(expected.body, seen.json)
    sent = answer.sent
    assert sent is not None
    assert (sent.messages, sent.omitted) == (expected.messages, expected.omitted)
    assert sent.reduced == expected.reduced


async def exactly(model: ModelChat, answer: Message, **more: Any) -> Request:
    """The last request was for this answer, and as the rule says."""
    expected = request(told(**more), await branch(model, answer))
    same(model.server.seen[-1], expected, answer)
    assert answer.sent is not None
    assert answer.sent.digest == model.server.seen[-1].digest
    assert answer.sent.shortened == expected.shortened
    return expected


def cell(**more: Any) -> CellPart:
    known: Json = {"path": "work/a.ipynb", "cell_id": "c1", "cell_type": "code"}
    return CellPart(**{**known, "source": "df.plot()", **more})


CELLS: list[Part] = [
    TextPart(text="Why does <|im_start|> fail? \u00e9\u4e2d\U0001f600\u2028\x00"),
    cell(source="# Title\n\n```\ncode\n```\n\n", cell_type="markdown"),
    cell(
        execution_count=3,
        outputs=[
            {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
            {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": "<F>"}},
            {"output_type": "execute_result", "data": {"text/html": "<b>", "text/plain": "7"}},
            {
                "output_type": "error",
                "ename": "E",
                "evalue": "no",
                "traceback": ["\x1b[31mE\x1b[0m: no"],
            },
        ],
    ),
]
VARIABLES: list[Part] = [
    VariablePart(
        name="df",
        kernel="k1",
        python_type="pandas.DataFrame",
        shape=[1000, 3],
        preview={"text/plain": "a  b\n1  2", "text/html": "<table>"},
        truncated=True,
    ),
    VariablePart(name="n", kernel="k1", python_type="int"),
    TextPart(text="What is in them?"),
]
OTHERS: list[Part] = [
    TextPart(text="and this"),
    OutputPart(data={"image/png": PNG, "text/plain": "<Figure>"}),
    OutputPart(data={"text/plain": "plain", "text/markdown": "**bold**"}),
    OutputPart(data={"application/x-own": {}, "text/html": "<p>"}),
    PlanPart(entries=[PlanEntry(content="look", status="completed"), PlanEntry(content="tell")]),
    CustomPart(kind="org.example.map", data={"at": [1.5, 2]}),
]


@pytest.mark.parametrize("parts", [CELLS, VARIABLES, OTHERS], ids=["cells", "variables", "others"])
async def test_what_is_shown_with_a_question(tmp_path: Path, parts: list[Part]) -> None:
    async with model_chat(tmp_path, parameters={"temperature": 0.5}) as model:
        model.server.enqueue(say("I see"), say("well"))
        first = await model.answer(None, parts=parts)
        await exactly(model, first, parameters={"temperature": 0.5})
        # and once more, as what was said before
        second = await model.answer("go on", settings={"max_tokens": 99})
        await exactly(model, second, parameters={"temperature": 0.5, "max_tokens": 99})


async def test_large_pictures_go_smaller_and_stay_whole_here(tmp_path: Path) -> None:
    large = saved(plot(2400, 1300), "PNG")
    encoded = base64.b64encode(large).decode()
    figure = {"output_type": "display_data", "data": {"image/png": encoded}, "metadata": {}}
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("I see"), say("well"))
        files = model.chat.files
        url = address(files.keep(large), "plot.png")
        attached = FilePart(name="plot.png", mime="image/png", url=url, size=len(large))
        parts = [TextPart(text="Why?"), cell(outputs=[figure]), attached]
        first = await model.answer(None, parts=parts)
        await exactly(model, first, files={url: large})
        sent = await exactly(model, await model.answer("go on"), files={url: large})
        stored = (await message(model.chat, first.parent)).parts[1]
        assert isinstance(stored, CellPart)
        assert stored.outputs == [figure]
        assert await asyncio.to_thread(files.read, digest_of(url) or "") == large
    assert sent.reduced == [first.parent]
    url = sent.body["messages"][1]["content"][2]["image_url"]["url"]
    small = opened(base64.b64decode(url.partition(",")[2]))
    assert small.size == (1568, 849)


async def test_the_branch_after_an_edit_and_another_answer(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(*[say(words) for words in ("one", "two", "three", "four", "five")])
        await model.answer("a")
        second = await model.answer("b")
        edit = Edit(parts=[TextPart(text="B"), cell()])
        assert second.parent is not None
        posted = await model.chat.replies.edit(CHAT, second.parent, edit, ADA)
        await exactly(model, await ended(model.chat, posted))
        again = await model.again(posted.reply or 0)
        await exactly(model, again)
        shown = await exactly(model, await model.answer("c"))
    words = [one.get("content") for one in shown.body["messages"][1:]]
    assert words == [
        "a",
        "one",
        "B\n\n[Cell c1 of work/a.ipynb, code]\n```\ndf.plot()\n```",
        "four",
        "c",
    ]


async def test_a_long_chat_that_does_not_fit(tmp_path: Path) -> None:
    async with model_chat(tmp_path, window=4000, tools=True) as model:
        for number in range(6):
            await model.note("user", [TextPart(text=f"question {number} " + "x\u00e9" * 300)])
            output: list[ToolOutput] = [TextOutput(text=f"line of {number}\n" * 900)]
            done = ToolPart(call="c", name="see it", status="done", input='{"a": 1}', output=output)
            await model.note("assistant", [ReasoningPart(text="hm"), done, TextPart(text="there")])
        model.server.enqueue(say("so"))
        answer = await model.answer("and now?")
        sent = await exactly(model, answer, window=4000, tools=[SEARCH])
    assert sent.omitted
    assert sent.shortened


async def test_a_question_too_large_by_itself(tmp_path: Path) -> None:
    long = "beginning " + "\u4e2d and on it goes " * 600 + " end"
    async with model_chat(tmp_path, window=2000) as model:
        model.server.enqueue(say("so"))
        answer = await model.answer(None, parts=[TextPart(text="short"), cell(source=long)])
        sent = await exactly(model, answer, window=2000)
    assert sent.shortened == [answer.parent]


async def test_calls_and_what_came_of_them(tmp_path: Path) -> None:
    """Within the answer, and in what is sent for the next one."""
    asked = [call("search_chats", '{"words": "\u00e9 a"}', "x1"), call("none", "{}", "x2", index=1)]
    thought = {"reasoning_content": "let me look"}
    async with model_chat(tmp_path, tools=True) as model:
        await allow(model)
        model.server.enqueue(
            say(thought, "Let me", " see.", *asked, finish="tool_calls"),
            say(call("search_chats", '{"words":"b"}', "x3"), finish="tool_calls"),
            say("Nothing."),
            say("Well."),
        )
        first = await model.answer("<|tool|> a")
        stored = json.loads(msgspec.json.encode(first))["parts"]
        calls = [part for part in stored if part["type"] == "tool"]
        assert [part["status"] for part in calls] == ["done", "failed", "done"]
        rounds = [Round(["Let me see."], calls[:2], "let me look"), Round([], calls[2:])]
        shown = await branch(model, first)
        for number, seen in enumerate(model.server.seen):
            same(seen, request(told(tools=[SEARCH]), shown, *rounds[:number]), first)
        assert len(model.server.seen) == 3
        await exactly(model, await model.answer("and?"), tools=[SEARCH])


async def test_long_results_within_an_answer(tmp_path: Path) -> None:
    async with model_chat(tmp_path, tools=True, window=1200) as model:
        await allow(model)
        for number in range(40):
            await model.note("user", [TextPart(text=f"needle {number} " + "hay " * 60)])
        model.server.enqueue(
            say(call("search_chats", '{"words":"needle"}', "x1"), finish="tool_calls"), say("ok")
        )
        answer = await model.answer("find it")
        stored = json.loads(msgspec.json.encode(await message(model.chat, answer.id)))
        (part,) = (part for part in stored["parts"] if part["type"] == "tool")
        expected = request(
            told(tools=[SEARCH], window=1200), await branch(model, answer), Round([], [part])
        )
        same(model.server.seen[-1], expected, answer)
    assert answer.sent is not None
    assert answer.sent.shortened == [*expected.shortened, answer.id]
    assert "characters left out" in expected.body["messages"][-1]["content"]
