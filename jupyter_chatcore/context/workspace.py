"""The notebooks and kernels of a user, whoever brings them: what tools work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..errors import ChatcoreError, Conflict
from ..notebooks import CellType, NotebookCell
from ..parts import MimeBundle, VariablePart


class WorkspaceError(ChatcoreError):
    """It cannot be done there: the text says why, and goes to the model and the user."""

    status = 409
    code = "workspace"


class CellConflict(Conflict):
    """A cell is not as it was expected: somebody has changed it meanwhile."""

    code = "cell_conflict"


@dataclass(frozen=True)
class NotebookInfo:
    """A notebook: whether a page shows it, and whether a kernel runs for it."""

    path: str
    open: bool = False
    kernel: str | None = None


@dataclass(frozen=True)
class Ran:
    """A cell after it ran; `error` is in a line what it raised, None where all went well."""

    cell: NotebookCell
    error: str | None = None


class Workspace(Protocol):
    """Every call raises WorkspaceError where it cannot be done, CellConflict where a cell has
    another source than the caller knows, and NotFound where there is no such thing.
    """

    async def notebooks(self) -> list[NotebookInfo]:
        """Those that are open or have a kernel, the one in front first."""
        ...

    async def cells(self, path: str) -> list[NotebookCell]:
        """All cells as the user sees them, with what is not saved yet."""
        ...

    async def insert(
        self, path: str, cell_type: CellType, source: str, after: str | None
    ) -> NotebookCell:
        """A new cell below the cell `after`, at the top where that is None."""
        ...

    async def edit(self, path: str, cell: str, old: str, source: str) -> NotebookCell:
        """Another source for a cell, whose source is `old`."""
        ...

    async def delete(self, path: str, cell: str, old: str) -> None:
        """Take a cell away, whose source is `old`."""
        ...

    async def run(self, path: str, cell: str) -> Ran:
        """Run a code cell and wait for its end; a caller that leaves interrupts it."""
        ...

    async def variables(self, path: str, names: list[str] | None) -> list[VariablePart]:
        """Variables of the notebook's kernel, with previews where names are given."""
        ...

    async def evaluate(self, path: str, expression: str) -> MimeBundle:
        """The value of an expression in the notebook's kernel."""
        ...

    async def read_file(self, path: str) -> str:
        """A text file below the server's folder."""
        ...
