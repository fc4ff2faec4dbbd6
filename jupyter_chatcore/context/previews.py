"""What a call would do to a notebook, shown to who is asked for leave, and held to then.

What was allowed is what was shown: where the cell was changed between the two, the call
is a conflict and nothing is done.
"""

from __future__ import annotations

from ..errors import NotFound
from ..notebooks import CellType, NotebookCell
from ..parts import DiffOutput, TextOutput, ToolOutput
from .bound import Bound
from .functions import Result
from .workspace import Workspace


class Previews(Bound):
    """Those of a turn: each takes what its tool takes."""

    def __init__(self, workspace: Workspace, notebook: str | None) -> None:
        super().__init__(workspace, notebook)
        self._shown: dict[tuple[str, str, str], str] = {}

    async def insert_cell(
        self,
        source: str,
        cell_type: CellType = "code",
        after: str | None = None,
        path: str | None = None,
    ) -> Result:
        """The new cell, which has no id yet."""
        where = self._path(path)
        if after is not None:
            cell_among(await self._workspace.cells(where), after)
        return [DiffOutput(path=where, new=source, cell_type=cell_type, after=after)]

    async def edit_cell(self, cell: str, source: str, path: str | None = None) -> Result:
        """What goes and what comes."""
        where, was = await self._look("edit_cell", cell, path)
        return [diff_of(where, was, was.source, source, None)]

    async def delete_cell(self, cell: str, path: str | None = None) -> Result:
        """What goes."""
        where, was = await self._look("delete_cell", cell, path)
        return [diff_of(where, was, was.source, None, None)]

    async def run_cell(self, cell: str, path: str | None = None) -> Result:
        """What would run."""
        _, was = await self._look("run_cell", cell, path)
        return [TextOutput(text=was.source)]

    def held(self, tool: str, path: str, cell: NotebookCell) -> str:
        """The source that the tool's user was shown of a cell; where nobody was asked, its own."""
        return self._shown.pop((tool, path, cell.id), cell.source)

    async def _look(self, tool: str, cell: str, path: str | None) -> tuple[str, NotebookCell]:
        where = self._path(path)
        found = cell_among(await self._workspace.cells(where), cell)
        self._shown[tool, where, cell] = found.source
        return where, found


def cell_among(cells: list[NotebookCell], wanted: str) -> NotebookCell:
    """The cell of this id.

    Raises:
        NotFound: there is none.
    """
    for cell in cells:
        if cell.id == wanted:
            return cell
    raise NotFound(f"There is no cell {wanted!r}: read the notebook again.")


def diff_of(
    path: str, cell: NotebookCell, old: str | None, new: str | None, after: str | None
) -> ToolOutput:
    """A change of a cell."""
    return DiffOutput(
        path=path, old=old, new=new, cell=cell.id, cell_type=cell.cell_type, after=after
    )
