"""A notebook that a page has open: changed in the document that the user sees."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress

from ..context.workspace import Ran, WorkspaceError
from ..errors import ChatcoreError
from ..notebooks import (
    CellType,
    DeleteCell,
    EditCell,
    InsertCell,
    InterruptKernel,
    NotebookCell,
    Operation,
    ReadCells,
    RunCell,
)
from ..workbench import WorkbenchPage
from .outputs import raised

_SECONDS = 15.0
# The loop itself holds tasks only weakly.
_interrupting: set[asyncio.Task[None]] = set()


class LiveNotebook:
    """The notebook at `path`, as `page` shows it."""

    def __init__(self, page: WorkbenchPage, path: str) -> None:
        self._page = page
        self._path = path

    async def cells(self) -> list[NotebookCell]:
        """All cells, with what is not saved yet."""
        return await self._page.do(ReadCells(path=self._path), _SECONDS)

    async def insert(self, cell_type: CellType, source: str, after: str | None) -> NotebookCell:
        """A new cell below `after`, or at the top."""
        made = InsertCell(
            path=self._path,
            cell=secrets.token_hex(4),
            cell_type=cell_type,
            source=source,
            after=after,
        )
        return await self._one(made)

    async def edit(self, cell: str, old: str, source: str) -> NotebookCell:
        """Another source for a cell."""
        return await self._one(EditCell(path=self._path, cell=cell, old=old, source=source))

    async def delete(self, cell: str, old: str) -> None:
        """Take a cell away."""
        await self._page.do(DeleteCell(path=self._path, cell=cell, old=old), _SECONDS)

    async def run(self, cell: str) -> Ran:
        """Run a cell as its user would, however long that takes."""
        try:
            ran = await self._one(RunCell(path=self._path, cell=cell), None)
        except asyncio.CancelledError:
            self._interrupt(cell)
            raise
        return Ran(ran, raised(ran.outputs))

    async def _one(self, operation: Operation, seconds: float | None = _SECONDS) -> NotebookCell:
        cells = await self._page.do(operation, seconds)
        if not cells:
            raise WorkspaceError("The page did not tell what became of the cell: read it again.")
        return cells[0]

    def _interrupt(self, cell: str) -> None:
        """The caller is stopped, so it cannot wait for this."""
        task = asyncio.create_task(self._interrupted(cell))
        _interrupting.add(task)
        task.add_done_callback(_interrupting.discard)

    async def _interrupted(self, cell: str) -> None:
        # A page that has gone has left its kernel to whoever opens the notebook again.
        with suppress(ChatcoreError):
            await self._page.do(InterruptKernel(path=self._path, cell=cell), _SECONDS)
