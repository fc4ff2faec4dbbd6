"""Tools on notebooks: what they take, show before and do, and by whose rules."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import pytest
from fakepage import FakePage, code
from msgspec import Meta
from serving import Served

from jupyter_chatcore.assistants.base import Tool, ToolError
from jupyter_chatcore.context.functions import tool_of
from jupyter_chatcore.context.notebooktools import NotebookTools
from jupyter_chatcore.context.rules import ruled, rules_in
from jupyter_chatcore.marks import mark_of
from jupyter_chatcore.parts import DiffOutput, ShownCell, TextOutput, ToolOutput


async def add(
    first: int, second: Annotated[int, Meta(description="What is added")] = 1, word: str = ""
) -> str:
    """Add two numbers.

    It says the sum.
    """
    return f"{word}{first + second}"


ADD = tool_of(add, kind="read", title="Add")


def test_a_function_is_told_as_a_tool() -> None:
    assert (ADD.name, ADD.title, ADD.asks) == ("add", "Add", False)
    assert ADD.description == "Add two numbers.\n\nIt says the sum."
    assert ADD.parameters["required"] == ["first"]
    assert ADD.parameters["additionalProperties"] is False
    second = ADD.parameters["properties"]["second"]
    assert (second["description"], second["default"]) == ("What is added", 1)
    assert "title" not in ADD.parameters


async def test_a_function_is_called_with_what_its_types_allow() -> None:
    assert await ADD.run({"first": 2}) == [TextOutput(text="3")]
    assert await ADD.run({"first": 2, "second": 5, "word": "it is "}) == [
        TextOutput(text="it is 7")
    ]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({}, "first"),
        ({"first": "two"}, "first"),
        ({"first": 1, "third": 1}, "third"),
        ({"first": 1, "second": None}, "second"),
    ],
)
async def test_a_function_is_not_called_with_anything_else(
    arguments: dict[str, Any], why: str
) -> None:
    with pytest.raises(ToolError, match=f"cannot be used.*{why}"):
        await ADD.run(arguments)


class Bench:
    """The tools of a chat over a page that has its notebook open."""

    def __init__(self, page: FakePage, tools: list[Tool]) -> None:
        self.page = page
        self.tools = {tool.name: tool for tool in tools}

    async def run(self, name: str, **arguments: Any) -> ToolOutput:
        """What a call gives."""
        return (await self.tools[name].run(arguments))[0]

    async def preview(self, name: str, **arguments: Any) -> ToolOutput:
        """What is shown of a call before it is allowed."""
        preview = self.tools[name].preview
        assert preview is not None
        return (await preview(arguments))[0]


@pytest.fixture
def bench(served: Served, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Bench]:
    page = FakePage("n.ipynb", code("one", "a = 1"), code("two", "b = 2"))
    with page.open_on(jp_asyncio_loop, served):
        yield Bench(page, NotebookTools(served.app.workspace(), "n.ipynb").tools())


def text(output: ToolOutput) -> str:
    assert isinstance(output, TextOutput)
    return output.text


async def test_notebooks_are_read_without_asking(bench: Bench) -> None:
    free = {name for name, tool in bench.tools.items() if not tool.asks}
    assert free == {"list_notebooks", "read_notebook", "read_cell"}
    assert "n.ipynb (open)" in text(await bench.run("list_notebooks"))
    assert "belongs to it" in text(await bench.run("list_notebooks"))
    read = text(await bench.run("read_notebook"))
    assert ("--- cell one (code)" in read, "b = 2" in read) == (True, True)
    assert "b = 2" in text(await bench.run("read_cell", cell="two", path="/n.ipynb"))
    with pytest.raises(ToolError, match="no cell 'three'"):
        await bench.run("read_cell", cell="three")


async def test_what_was_read_is_kept_with_its_mark(bench: Bench) -> None:
    one, two = (
        ShownCell(path="n.ipynb", cell_id=cell, mark=mark_of(source))
        for cell, source in (("one", "a = 1"), ("two", "b = 2"))
    )
    whole = await bench.run("read_notebook")
    ran = await bench.run("run_cell", cell="two", path="/n.ipynb/")
    assert isinstance(whole, TextOutput)
    assert isinstance(ran, TextOutput)
    assert (whole.shown, ran.shown) == ([one, two], [two])


async def test_what_is_shown_is_what_is_done(bench: Bench) -> None:
    shown = await bench.preview("edit_cell", cell="one", source="a = 10")
    assert bench.page.sources == ["a = 1", "b = 2"]
    assert await bench.run("edit_cell", cell="one", source="a = 10") == shown
    assert shown == DiffOutput(
        path="n.ipynb", old="a = 1", new="a = 10", cell="one", cell_type="code"
    )
    await bench.preview("delete_cell", cell="two")
    assert await bench.run("delete_cell", cell="two") == DiffOutput(
        path="n.ipynb", old="b = 2", cell="two", cell_type="code", after="one"
    )
    assert bench.page.sources == ["a = 10"]


async def test_a_new_cell_has_no_id_before_it_is_there(bench: Bench) -> None:
    given = {"source": "Text", "cell_type": "markdown", "after": "one"}
    shown = await bench.preview("insert_cell", **given)
    assert shown == DiffOutput(path="n.ipynb", new="Text", cell_type="markdown", after="one")
    made = await bench.run("insert_cell", **given)
    assert isinstance(made, DiffOutput)
    assert made.cell == bench.page.cells[1].id
    assert bench.page.sources == ["a = 1", "Text", "b = 2"]


async def test_a_run_is_shown_as_its_code(bench: Bench) -> None:
    assert await bench.preview("run_cell", cell="one") == TextOutput(text="a = 1")
    assert text(await bench.run("run_cell", cell="one")) == "It ran without an error.\nran"


@pytest.mark.parametrize("name", ["edit_cell", "delete_cell", "run_cell"])
async def test_what_its_user_changed_meanwhile_is_not_what_was_allowed(
    bench: Bench, name: str
) -> None:
    given = {"cell": "one"} | ({"source": "a = 10"} if name == "edit_cell" else {})
    await bench.preview(name, **given)
    bench.page.cells[0] = code("one", "my own")
    with pytest.raises(ToolError, match="changed meanwhile"):
        await bench.run(name, **given)
    assert bench.page.sources == ["my own", "b = 2"]
    # the next call is a new one, with nothing that was shown before
    await bench.run(name, **given)
    assert bench.page.sources != ["my own", "b = 2"] or name == "run_cell"


async def test_what_a_model_is_not_shown_it_does_not_write_over(bench: Bench) -> None:
    with pytest.raises(ToolError, match="secret that you are not shown"):
        await bench.run("edit_cell", cell="one", source="key = '[hidden]'")
    assert bench.page.sources == ["a = 1", "b = 2"]
    bench.page.cells[0] = code("one", "key = '[hidden]'")
    await bench.run("edit_cell", cell="one", source="KEY = '[hidden]'")
    assert bench.page.sources == ["KEY = '[hidden]'", "b = 2"]


async def test_the_tools_of_a_chat_hide_the_servers_secrets(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-proj-Zq81LmQz")
    page = FakePage("n.ipynb", code("one", "key = 'sk-proj-Zq81LmQz'"))
    async with page.connected(served):
        session = await served.chat()
        await served.ended(session, (await served.posted(session, "x"))["reply"])
        tools = {tool.name: tool for tool in served.scripted.turns[-1].tools}
        [read] = await tools["read_cell"].run({"cell": "one", "path": "n.ipynb"})
        assert text(read).endswith("key = '[hidden]'")


async def test_a_chat_without_a_notebook_needs_a_path(served: Served) -> None:
    page = FakePage("n.ipynb", code("one", "a = 1"))
    async with page.connected(served):
        bench = Bench(page, NotebookTools(served.app.workspace(), None).tools())
        with pytest.raises(ToolError, match="belongs to no notebook"):
            await bench.run("read_notebook")
        assert "a = 1" in text(await bench.run("read_notebook", path="n.ipynb"))


async def no_leave(_tool: str) -> None:
    """Nobody allows anything."""


class TestRules:
    @pytest.mark.parametrize(
        ("server", "chat", "asks"),
        [
            ({}, {}, [False, True]),
            ({}, {"add": "ask", "risky": "always"}, [True, False]),
            ({"risky": "ask"}, {"risky": "always"}, [False, True]),
            ({"risky": "always"}, {"risky": "never"}, [False, False]),
            ({}, {"add": "never"}, [True]),
            ({"add": "never"}, {"add": "always"}, [True]),
        ],
    )
    def test_the_servers_stand_above_the_chats(
        self, server: Any, chat: Any, asks: list[bool]
    ) -> None:
        tools = [ADD, replace(ADD, name="risky", asks=True)]
        assert [tool.asks for tool in ruled(tools, server, chat, no_leave)] == asks

    def test_for_good_is_offered_where_the_server_says_nothing(self) -> None:
        [one] = ruled([ADD], {"add": "ask"}, {}, no_leave)
        [two] = ruled([ADD], {}, {"add": "ask"}, no_leave)
        assert (one.always is None, two.always is None) == (True, False)

    @pytest.mark.parametrize("settings", [{}, {"tools": None}, {"tools": ["a"]}])
    def test_what_is_no_rule_is_passed_over(self, settings: dict[str, Any]) -> None:
        assert rules_in(settings) == {}
        assert rules_in({"tools": {"a": "always", "b": 1, "c": "maybe"}}) == {"a": "always"}


async def test_what_is_allowed_for_good_is_kept_in_the_chat(served: Served) -> None:
    session = await served.chat()
    await served.ask("PATCH", f"sessions/{session}", {"settings": {"model": "m"}})
    await served.ended(session, (await served.posted(session, "x"))["reply"])
    [edit] = [tool for tool in served.scripted.turns[-1].tools if tool.name == "edit_cell"]
    assert (edit.asks, edit.always is None) == (True, False)
    assert edit.always is not None
    await edit.always()
    chat = (await served.ask("GET", f"sessions/{session}")).json()
    assert chat["settings"] == {"model": "m", "tools": {"edit_cell": "always"}}
    await served.ended(session, (await served.posted(session, "y"))["reply"])
    [edit] = [tool for tool in served.scripted.turns[-1].tools if tool.name == "edit_cell"]
    assert not edit.asks
