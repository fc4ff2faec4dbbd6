"""The tools that look at notebooks, and change them with the user's leave."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..assistants.base import Tool
from ..errors import NotFound
from ..notebooks import CellType, NotebookCell
from ..parts import DiffOutput, ToolOutput
from .bound import Bound, Path
from .functions import Result, tool_of
from .told import told_cell, told_cells, told_run

Cell = Annotated[str, Meta(description="The cell's id, as read_notebook tells it")]
Source = Annotated[str, Meta(description="The whole new source of the cell")]


class NotebookTools(Bound):
    """The tools of a chat."""

    def tools(self) -> list[Tool]:
        """All of them."""
        return [
            tool_of(self.list_notebooks, kind="read", title="List the notebooks"),
            tool_of(self.read_notebook, kind="read", title="Read the notebook"),
            tool_of(self.read_cell, kind="read", title="Read a cell"),
            tool_of(self.insert_cell, kind="edit", title="Insert a cell", asks=True),
            tool_of(self.edit_cell, kind="edit", title="Edit a cell", asks=True),
            tool_of(self.delete_cell, kind="delete", title="Delete a cell", asks=True),
            tool_of(self.run_cell, kind="execute", title="Run a cell", asks=True),
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
        return told_cells(await self._workspace.cells(self._path(path)))

    async def read_cell(self, cell: Cell, path: Path | None = None) -> Result:
        """Read one cell of a notebook as a whole, with its outputs."""
        return told_cell(await self._cell(self._path(path), cell), whole=True)

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
        return [_diff(where, made, None, source, after)]

    async def edit_cell(self, cell: Cell, source: Source, path: Path | None = None) -> Result:
        """Replace the source of a cell. It is not run."""
        where = self._path(path)
        was = await self._cell(where, cell)
        await self._workspace.edit(where, cell, was.source, source)
        return [_diff(where, was, was.source, source, None)]

    async def delete_cell(self, cell: Cell, path: Path | None = None) -> Result:
        """Delete a cell."""
        where = self._path(path)
        cells = await self._workspace.cells(where)
        was = _among(cells, cell)
        above = cells[was.index - 1].id if was.index else None
        await self._workspace.delete(where, cell, was.source)
        return [_diff(where, was, was.source, None, above)]

    async def run_cell(self, cell: Cell, path: Path | None = None) -> Result:
        """Run a code cell in the notebook's kernel, and see its outputs."""
        return told_run(await self._workspace.run(self._path(path), cell))

    async def _cell(self, path: str, cell: str) -> NotebookCell:
        return _among(await self._workspace.cells(path), cell)


def _among(cells: list[NotebookCell], wanted: str) -> NotebookCell:
    for cell in cells:
        if cell.id == wanted:
            return cell
    raise NotFound(f"There is no cell {wanted!r}: read the notebook again.")


def _diff(
    path: str, cell: NotebookCell, old: str | None, new: str | None, after: str | None
) -> ToolOutput:
    return DiffOutput(
        path=path, old=old, new=new, cell=cell.id, cell_type=cell.cell_type, after=after
    )
