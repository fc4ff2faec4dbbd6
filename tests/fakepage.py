"""A page that has notebooks open, in memory: what JupyterLab's side of the workbench does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
from msgspec.structs import replace
from serving import Served, Socket

from jupyter_chatcore.notebooks import (
    DeleteCell,
    EditCell,
    Finished,
    FromPage,
    InsertCell,
    InterruptKernel,
    NotebookCell,
    Opened,
    OpenNotebook,
    Operation,
    ReadCells,
    RunCell,
    Task,
)


def code(cell: str, source: str) -> NotebookCell:
    """A code cell that has not run."""
    return NotebookCell(id=cell, index=0, cell_type="code", source=source)


class FakePage:
    """One notebook, changed by tasks; `hold` keeps the next run from ending."""

    def __init__(self, path: str, *cells: NotebookCell) -> None:
        self.path = path
        self.cells = list(cells)
        self.done: list[Operation] = []
        self.hold = False
        self._finish: dict[int, asyncio.Event] = {}

    @property
    def sources(self) -> list[str]:
        """The sources of the cells."""
        return [cell.source for cell in self.cells]

    @asynccontextmanager
    async def connected(self, served: Served) -> AsyncIterator[None]:
        """While this lasts, the server knows the page."""
        tab = await served.socket("workbench")
        self._say(tab, Opened(notebooks=[OpenNotebook(path=self.path, active=True)]))
        answering = asyncio.create_task(self._answer(tab))
        await self._known(served, True)
        try:
            yield
        finally:
            answering.cancel()
            tab.close()
            await self._known(served, False)

    @contextmanager
    def open_on(self, loop: asyncio.AbstractEventLoop, served: Served) -> Iterator[FakePage]:
        """The same for fixtures, which have no loop of their own."""
        connection = self.connected(served)
        loop.run_until_complete(connection.__aenter__())
        yield self
        loop.run_until_complete(connection.__aexit__(None, None, None))

    async def _known(self, served: Served, wanted: bool) -> None:
        """Wait until the server knows of the page, or does no more."""
        workbench = served.app.service.workbench
        while (workbench.shows(self.path) is not None) is not wanted:
            await asyncio.sleep(0.01)

    async def _answer(self, tab: Socket) -> None:
        while (frame := await tab.connection.read_message()) is not None:
            task = msgspec.json.decode(frame, type=Task)
            self.done.append(task.operation)
            if isinstance(task.operation, RunCell) and self.hold:
                continue
            self._say(tab, self._finished(task))

    def _finished(self, task: Task) -> Finished:
        try:
            return Finished(id=task.id, cells=self._do(task.operation))
        except LookupError as error:
            return Finished(id=task.id, error="missing", message=str(error))
        except ValueError as error:
            return Finished(id=task.id, error="conflict", message=str(error))

    def _do(self, operation: Operation) -> list[NotebookCell]:
        match operation:
            case ReadCells():
                return [replace(cell, index=index) for index, cell in enumerate(self.cells)]
            case InsertCell(cell=cell, cell_type=kind, source=source, after=after):
                place = 0 if after is None else self._place(after) + 1
                made = NotebookCell(id=cell, index=place, cell_type=kind, source=source)
                self.cells.insert(place, made)
                return [made]
            case EditCell(cell=cell, old=old, source=source):
                place = self._place(cell, old)
                self.cells[place] = replace(self.cells[place], source=source)
                return [self.cells[place]]
            case DeleteCell(cell=cell, old=old):
                del self.cells[self._place(cell, old)]
                return []
            case RunCell(cell=cell):
                return [self._ran(self._place(cell))]
            case InterruptKernel():
                return []

    def _ran(self, place: int) -> NotebookCell:
        output: dict[str, Any] = {"output_type": "stream", "name": "stdout", "text": "ran\n"}
        self.cells[place] = replace(self.cells[place], outputs=[output], execution_count=1)
        return self.cells[place]

    def _place(self, wanted: str, old: str | None = None) -> int:
        for index, cell in enumerate(self.cells):
            if cell.id == wanted:
                if old is not None and cell.source != old:
                    raise ValueError("The cell was changed meanwhile.")
                return index
        raise LookupError(f"There is no cell {wanted}.")

    @staticmethod
    def _say(tab: Socket, message: FromPage) -> None:
        tab.connection.write_message(msgspec.json.encode(message))
