"""Notebooks on the wire: cells, and what the server asks of a page that has a notebook open.

A page tells what it has open (`Opened`); the server gives it one `Task` after the other,
each with a number, and the page answers each with a `Finished` of that number. What a
page changes, it changes in the document that the user sees.
"""

from __future__ import annotations

from typing import Any, Literal

from .parts import Wire

CellType = Literal["code", "markdown", "raw"]


class NotebookCell(Wire, frozen=True, kw_only=True):
    """A cell as it is now; `index` is its place, from 0."""

    id: str
    index: int
    cell_type: CellType
    source: str
    execution_count: int | None = None
    outputs: list[dict[str, Any]] = []


class OpenNotebook(Wire, frozen=True, kw_only=True):
    """A notebook that is open in a page.

    `active` says that it is the one in front, `kernel` is the id of its kernel, and
    `unsaved` that the file lacks what the page shows.
    """

    path: str
    active: bool = False
    kernel: str | None = None
    unsaved: bool = False


class Opened(Wire, frozen=True, kw_only=True, tag_field="type", tag="opened"):
    """From a page: all that it has open now, in place of what it told before."""

    notebooks: list[OpenNotebook]


class Finished(Wire, frozen=True, kw_only=True, tag_field="type", tag="finished"):
    """From a page: what became of a task.

    `cells` are the cells that the operation is about, as they are after it. `error` is
    `conflict` where a cell is not as the operation expects it, `missing` where there is
    no such cell or notebook, `failed` where it could not be done; `message` says more.
    """

    id: int
    cells: list[NotebookCell] = []
    error: Literal["conflict", "missing", "failed"] | None = None
    message: str = ""


class ReadCells(Wire, frozen=True, kw_only=True, tag_field="type", tag="read"):
    """All cells, with their outputs."""

    path: str


class InsertCell(Wire, frozen=True, kw_only=True, tag_field="type", tag="insert"):
    """A new cell with this id below the cell `after`, at the top where that is None."""

    path: str
    cell: str
    cell_type: CellType
    source: str
    after: str | None = None


class EditCell(Wire, frozen=True, kw_only=True, tag_field="type", tag="edit"):
    """Another source for a cell, whose source must be `old`."""

    path: str
    cell: str
    old: str
    source: str


class DeleteCell(Wire, frozen=True, kw_only=True, tag_field="type", tag="delete"):
    """Take a cell away, whose source must be `old`."""

    path: str
    cell: str
    old: str


class RunCell(Wire, frozen=True, kw_only=True, tag_field="type", tag="run"):
    """Run a code cell, and wait for its end: its outputs are in the cell that is answered."""

    path: str
    cell: str


class InterruptKernel(Wire, frozen=True, kw_only=True, tag_field="type", tag="interrupt"):
    """Interrupt the kernel at this cell, which a task runs; what runs before it goes on."""

    path: str
    cell: str


Operation = ReadCells | InsertCell | EditCell | DeleteCell | RunCell | InterruptKernel
FromPage = Opened | Finished


class Task(Wire, frozen=True, kw_only=True, tag_field="type", tag="task"):
    """To a page: do this."""

    id: int
    operation: Operation
