"""The chat's notebook and its variables, for who asks for them by a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from ..assistants.view import NotSeen
from ..errors import ChatcoreError
from ..marks import mark_of
from ..notebooks import NotebookCell
from ..parts import CellPart, VariablePart
from .rules import Rule
from .workspace import Workspace

S = TypeVar("S", bound=msgspec.Struct)

NO_NOTEBOOK = "This chat belongs to no notebook, and none is open: open one and ask again."
NO_SUCH = "There is no variable {name!r} that may be looked at; `/vars` lists those that there are."
NOT_ALLOWED = "That is switched off: the rule for the tool {tool!r} is `never`."


class Cleaner(Protocol):
    """Takes secrets out."""

    def whole(self, item: S) -> S:
        """The same without."""
        ...


class NotebookView:
    """Implements `View` over a workspace; `own` is the notebook that the chat belongs to.

    What its user asks for by a command needs no further leave, so of the rules only
    `never` counts here. What is shown has gone through `cleaner`.
    """

    def __init__(
        self, workspace: Workspace, own: str | None, rules: Mapping[str, Rule], cleaner: Cleaner
    ) -> None:
        self._workspace = workspace
        self._own = own
        self._rules = rules
        self._cleaner = cleaner

    async def notebook(self) -> str:
        """The chat's own, else the one in front, else one with a kernel."""
        if self._own is not None:
            return self._own.strip("/")
        found = await self._workspace.notebooks()
        if not found:
            raise NotSeen(NO_NOTEBOOK)
        return found[0].path

    async def variables(self) -> list[VariablePart]:
        """All that may be shown."""
        self._hold("list_variables")
        return await self._read(None)

    async def variable(self, name: str) -> VariablePart:
        """One, with a preview."""
        self._hold("inspect_variable")
        found = await self._read([name])
        if not found:
            raise NotSeen(NO_SUCH.format(name=name[:80]))
        return found[0]

    async def failed_cell(self) -> CellPart | None:
        """Of the cells that show an error the one that ran last."""
        self._hold("read_notebook")
        path = await self.notebook()
        try:
            cells = await self._workspace.cells(path)
        except ChatcoreError as error:
            raise NotSeen(error.message) from error
        failed = [cell for cell in cells if any(map(is_error, cell.outputs))]
        last = max(failed, key=_ran, default=None)
        return None if last is None else self._cleaner.whole(_part(path, last))

    def _hold(self, tool: str) -> None:
        if self._rules.get(tool) == "never":
            raise NotSeen(NOT_ALLOWED.format(tool=tool))

    async def _read(self, names: list[str] | None) -> list[VariablePart]:
        path = await self.notebook()
        try:
            found = await self._workspace.variables(path, names)
        except ChatcoreError as error:
            raise NotSeen(error.message) from error
        return [self._cleaner.whole(each) for each in found]


def is_error(output: dict[str, Any]) -> bool:
    """Whether an output of a cell (nbformat 4) is the error that it raised."""
    return output.get("output_type") == "error"


def _ran(cell: NotebookCell) -> tuple[int, int]:
    return cell.execution_count or 0, cell.index


def _part(path: str, cell: NotebookCell) -> CellPart:
    return CellPart(
        path=path,
        cell_id=cell.id,
        cell_type=cell.cell_type,
        source=cell.source,
        execution_count=cell.execution_count,
        outputs=cell.outputs,
        mark=mark_of(cell.source),
    )
