"""The tools that look at notebooks, and change them with the user's leave."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..assistants.base import Tool
from ..assistants.secrets import HIDDEN
from ..notebooks import CellType, NotebookCell
from ..parts import ToolKind
from .bound import Bound, Path
from .functions import Result, tool_of
from .previews import Previews, cell_among, diff_of
from .told import told_cells, told_run, told_whole
from .workspace import CellConflict, Workspace, WorkspaceError

EDIT: ToolKind = "edit"
DELETE: ToolKind = "delete"
EXECUTE: ToolKind = "execute"

_WITH_SECRET = (
    f"`{HIDDEN}` stands for a secret that you are not shown, and the new source would have those"
    " letters in its place. Leave that line to the user, or insert a cell beside this one."
)
Cell = Annotated[str, Meta(description="The cell's id, as read_notebook tells it")]
Source = Annotated[str, Meta(description="The whole new source of the cell")]


class NotebookTools(Bound):
    """The tools of a chat."""

    def __init__(self, workspace: Workspace, notebook: str | None) -> None:
        super().__init__(workspace, notebook)
        self._previews = Previews(workspace, notebook)

    def tools(self) -> list[Tool]:
        """All of them."""
        return [
            tool_of(self.list_notebooks, kind="read", title="List the notebooks"),
            tool_of(self.read_notebook, kind="read", title="Read the notebook"),
            tool_of(self.read_cell, kind="read", title="Read a cell"),
            *self._that_ask(),
        ]

    def _that_ask(self) -> list[Tool]:
        """Those that change or run something, each with what it would do."""
        shown = self._previews
        return [
            tool_of(function, kind=kind, title=title, asks=True, preview=preview)
            for function, preview, kind, title in (
                (self.insert_cell, shown.insert_cell, EDIT, "Insert a cell"),
                (self.edit_cell, shown.edit_cell, EDIT, "Edit a cell"),
                (self.delete_cell, shown.delete_cell, DELETE, "Delete a cell"),
                (self.run_cell, shown.run_cell, EXECUTE, "Run a cell"),
            )
        ]

    async def list_notebooks(self) -> Result:
        """List the notebooks that are open or have a running kernel, the one in front first."""
        found = await self._workspace.notebooks()
        lines = [
            f"{one.path}{' (open)' if one.open else ''}{' (kernel running)' if one.kernel else ''}"
            f"{' (this chat belongs to it)' if one.path == self._notebook else ''}"
            for one in found
        ]
        return "\n".join(lines) or "No notebook is open, and no kernel runs."

    async def read_notebook(self, path: Path | None = None) -> Result:
        """Read all cells of a notebook with their ids and outputs, long ones shortened.

        Without a path it is the notebook that this chat belongs to.
        """
        where = self._path(path)
        return told_cells(where, await self._workspace.cells(where))

    async def read_cell(self, cell: Cell, path: Path | None = None) -> Result:
        """Read one cell of a notebook as a whole, with its outputs."""
        where = self._path(path)
        return told_whole(where, await self._cell(where, cell))

    async def insert_cell(
        self,
        source: Source,
        cell_type: CellType = "code",
        after: Annotated[
            str | None, Meta(description="The id of the cell to insert below; null for the top")
        ] = None,
        path: Path | None = None,
    ) -> Result:
        """Insert a cell into a notebook. It is not run."""
        where = self._path(path)
        made = await self._workspace.insert(where, cell_type, source, after)
        return [diff_of(where, made, None, source, after)]

    async def edit_cell(self, cell: Cell, source: Source, path: Path | None = None) -> Result:
        """Replace the source of a cell. It is not run."""
        where = self._path(path)
        was = await self._cell(where, cell)
        old = self._previews.held("edit_cell", where, was)
        if HIDDEN in source and HIDDEN not in was.source:
            raise WorkspaceError(_WITH_SECRET)
        await self._workspace.edit(where, cell, old, source)
        return [diff_of(where, was, old, source, None)]

    async def delete_cell(self, cell: Cell, path: Path | None = None) -> Result:
        """Delete a cell."""
        where = self._path(path)
        cells = await self._workspace.cells(where)
        was = cell_among(cells, cell)
        above = cells[was.index - 1].id if was.index else None
        old = self._previews.held("delete_cell", where, was)
        await self._workspace.delete(where, cell, old)
        return [diff_of(where, was, old, None, above)]

    async def run_cell(self, cell: Cell, path: Path | None = None) -> Result:
        """Run a code cell in the notebook's kernel, and see its outputs."""
        where = self._path(path)
        now = await self._cell(where, cell)
        if self._previews.held("run_cell", where, now) != now.source:
            raise CellConflict(f"The cell {cell!r} was changed meanwhile: read it again.")
        return told_run(where, await self._workspace.run(where, cell))

    async def _cell(self, path: str, cell: str) -> NotebookCell:
        return cell_among(await self._workspace.cells(path), cell)
