"""What is looked at without tools: whose notebook, by which rules, and how it is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from guide_asking import said, turn

from jupyter_chatcore.assistants.builtin import BuiltinAssistant
from jupyter_chatcore.assistants.view import NotSeen
from jupyter_chatcore.context.rules import Rule
from jupyter_chatcore.context.view import NotebookView
from jupyter_chatcore.context.workspace import CellConflict, NotebookInfo, WorkspaceError
from jupyter_chatcore.errors import ChatcoreError
from jupyter_chatcore.notebooks import NotebookCell
from jupyter_chatcore.parts import CellPart, TextPart, VariablePart
from jupyter_chatcore.redaction import Redaction

pytestmark = pytest.mark.asyncio
KEY = "sk-proj-Zq81LmQz"


@dataclass
class Shelf:
    """A workspace of two notebooks that can only be read."""

    open: list[str] = field(default_factory=lambda: ["front.ipynb", "back.ipynb"])
    known: list[VariablePart] = field(default_factory=list)
    cell_list: list[NotebookCell] = field(default_factory=list)
    broken: ChatcoreError | None = None

    async def notebooks(self) -> list[NotebookInfo]:
        return [NotebookInfo(path, open=True) for path in self.open]

    async def cells(self, path: str) -> list[NotebookCell]:
        if self.broken:
            raise self.broken
        return self.cell_list

    async def variables(self, path: str, names: list[str] | None) -> list[VariablePart]:
        if self.broken:
            raise self.broken
        return [one for one in self.known if names is None or one.name in names]

    async def nothing(self, *_: Any, **__: Any) -> Any:
        raise CellConflict("a view changes nothing")

    insert = edit = delete = run = evaluate = read_file = nothing


def view(
    shelf: Shelf, own: str | None = "own.ipynb", rules: Mapping[str, Rule] | None = None
) -> NotebookView:
    """A view of a chat that belongs to `own`."""
    return NotebookView(shelf, own, rules or {}, Redaction((KEY,)))


def variable(name: str, kind: str = "int", shape: list[int] | None = None) -> VariablePart:
    """A variable with a preview."""
    return VariablePart(
        name=name, kernel="k", python_type=kind, shape=shape, preview={"text/plain": f"it is {KEY}"}
    )


def failed(cell: str, index: int, count: int | None, kind: str = "KeyError") -> NotebookCell:
    """A cell that shows an error."""
    error = {
        "output_type": "error",
        "ename": kind,
        "evalue": "'town'",
        "traceback": ["\x1b[31mTraceback", "Cell In[1], line 1", "----> 1 df['town']"],
    }
    return NotebookCell(
        id=cell,
        index=index,
        cell_type="code",
        source="df['town']",
        execution_count=count,
        outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}, error],
    )


async def test_the_chats_own_notebook_is_meant_else_the_one_in_front() -> None:
    assert await view(Shelf(), "/own.ipynb").notebook() == "own.ipynb"
    assert await view(Shelf(), None).notebook() == "front.ipynb"
    with pytest.raises(NotSeen, match="belongs to no notebook"):
        await view(Shelf(open=[]), None).variables()


async def test_what_is_switched_off_is_not_shown_and_what_asks_is() -> None:
    shelf = Shelf(known=[variable("n")], cell_list=[failed("a", 0, 1)])
    looks: dict[str, Callable[[NotebookView], Awaitable[Any]]] = {
        "list_variables": lambda seen: seen.variables(),
        "inspect_variable": lambda seen: seen.variable("n"),
        "read_notebook": lambda seen: seen.failed_cell(),
    }
    for tool, look in looks.items():
        with pytest.raises(NotSeen, match=f"'{tool}' is `never`"):
            await look(view(shelf, rules={tool: "never"}))
        assert await look(view(shelf, rules={tool: "ask"}))


async def test_what_cannot_be_read_says_why() -> None:
    shelf = Shelf(broken=WorkspaceError("No kernel runs."))
    for look in (view(shelf).variables(), view(shelf).variable("n"), view(shelf).failed_cell()):
        with pytest.raises(NotSeen, match="No kernel runs"):
            await look


async def test_secrets_of_the_server_are_hidden() -> None:
    seen = await view(Shelf(known=[variable("n")])).variable("n")
    assert seen.preview == {"text/plain": "it is [hidden]"}


async def test_the_cell_that_failed_last_is_the_one_that_ran_last() -> None:
    cells = [
        failed("a", 0, 7),
        failed("b", 1, 3),
        NotebookCell(id="c", index=2, cell_type="code", source="1", execution_count=9),
    ]
    found = await view(Shelf(cell_list=cells)).failed_cell()
    assert isinstance(found, CellPart)
    assert (found.cell_id, found.path, found.execution_count) == ("a", "own.ipynb", 7)
    assert await view(Shelf(cell_list=cells[2:])).failed_cell() is None


class TestCommands:
    async def test_variables_are_a_table(self, assistant: BuiltinAssistant) -> None:
        known = [variable("df", "pandas.DataFrame", [10_000_000, 2]), variable("a|b`c\n", "int")]
        answer = await said(assistant, turn(TextPart(text="/vars"), view=view(Shelf(known=known))))
        assert answer.startswith("Variables of `own.ipynb`:")
        assert "\n| `df` | `pandas.DataFrame` | 10,000,000 x 2 |\n" in answer
        assert "\n| `a b c ` | `int` |  |\n" in answer
        many = [variable(f"n{index}") for index in range(205)]
        answer = await said(assistant, turn(TextPart(text="/vars"), view=view(Shelf(known=many))))
        assert "… and 5 more." in answer
        answer = await said(assistant, turn(TextPart(text="/vars"), view=view(Shelf())))
        assert answer == "The kernel of `own.ipynb` has no variables yet."

    async def test_a_variable_is_described(self, assistant: BuiltinAssistant) -> None:
        seen = view(Shelf(known=[variable("df", "pandas.DataFrame", [3, 2])]))
        answer = await said(assistant, turn(TextPart(text="/describe `df`"), view=seen))
        assert answer == ("### `df`\n\n`pandas.DataFrame`, 3 x 2\n\n```text\nit is [hidden]\n```")
        assert "Say which" in await said(assistant, turn(TextPart(text="/describe"), view=seen))
        answer = await said(assistant, turn(TextPart(text="/describe password"), view=seen))
        assert answer.startswith("There is no variable 'password' that may be looked at")

    async def test_the_last_error_is_explained(self, assistant: BuiltinAssistant) -> None:
        seen = view(Shelf(cell_list=[failed("a", 0, 1)]))
        answer = await said(assistant, turn(TextPart(text="/explain"), view=seen))
        assert answer.startswith("### KeyError\n\n```text\n'town'\n```")
        assert "It was raised here:\n\n```python\ndf['town']\n```" in answer
        assert "**KeyError**: Mapping key not found." in answer
        none = await said(assistant, turn(TextPart(text="/explain"), view=view(Shelf())))
        assert none.startswith("No cell of `own.ipynb` shows an error.")

    async def test_an_error_that_is_given_is_explained(self, assistant: BuiltinAssistant) -> None:
        asked = turn(TextPart(text="/explain ValueError: no number"))
        assert (await said(assistant, asked)).startswith("### ValueError")
        asked = turn(TextPart(text="/explain nothing at all"))
        assert "I find no error in that" in await said(assistant, asked)
        cell = CellPart(
            path="n.ipynb",
            cell_id="a",
            cell_type="code",
            source="x",
            outputs=failed("a", 0, 1, "TypeError").outputs,
        )
        asked = turn(TextPart(text="/explain"), cell)
        assert (await said(assistant, asked)).startswith("### TypeError")

    async def test_where_nothing_can_be_seen_it_says_why(self, assistant: BuiltinAssistant) -> None:
        for command in ("/vars", "/describe df", "/explain"):
            answer = await said(assistant, turn(TextPart(text=command)))
            assert answer.startswith("No notebook can be looked at from here")
