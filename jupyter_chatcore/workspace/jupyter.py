"""The workspace of a Jupyter server: each notebook where it is, in a page or in its file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async

from ..context.workspace import CellConflict, NotebookInfo, Ran, WorkspaceError
from ..errors import NotFound
from ..kernels.variables import Variables
from ..notebooks import CellType, NotebookCell
from ..parts import MimeBundle, VariablePart
from ..workbench import Workbench
from .live import LiveNotebook
from .running import run_code
from .stored import StoredNotebook

_FILE_BYTES = 200_000
_EVALUATE_SECONDS = 10.0
_NO_KERNEL = "No kernel runs for {path!r}: open the notebook and start its kernel."


class JupyterWorkspace:
    """Implements `Workspace` with a server's managers; `workbench` knows the pages.

    `deny` are patterns of names of variables that are never read.
    """

    def __init__(self, server: Any, workbench: Workbench, deny: Sequence[str] = ()) -> None:
        self._workbench = workbench
        self._contents = server.contents_manager
        self._sessions = server.session_manager
        self._kernels = server.kernel_manager
        self._specs = server.kernel_spec_manager
        self._root = Path(server.root_dir)
        self.kernel_variables = Variables(self.kernel_manager, self._language, deny)

    async def notebooks(self) -> list[NotebookInfo]:
        """Those that are open, then those that only have a kernel."""
        kernels = await self._running()
        shown = {notebook.path: notebook for notebook in self._workbench.notebooks()}
        listed = [
            NotebookInfo(path, open=True, kernel=notebook.kernel or kernels.get(path))
            for path, notebook in shown.items()
        ]
        rest = [NotebookInfo(p, kernel=k) for p, k in kernels.items() if p not in shown]
        return [*listed, *rest]

    async def cells(self, path: str) -> list[NotebookCell]:
        """All cells as the user sees them."""
        return await self._notebook(path).cells()

    async def insert(
        self, path: str, cell_type: CellType, source: str, after: str | None
    ) -> NotebookCell:
        """A new cell."""
        return await self._notebook(path).insert(cell_type, source, after)

    async def edit(self, path: str, cell: str, old: str, source: str) -> NotebookCell:
        """Another source for a cell."""
        return await self._notebook(path).edit(cell, old, source)

    async def delete(self, path: str, cell: str, old: str) -> None:
        """Take a cell away."""
        await self._notebook(path).delete(cell, old)

    async def run(self, path: str, cell: str) -> Ran:
        """Run a cell where the user sees it, else in the notebook's kernel, started if need be."""
        notebook = self._notebook(path)
        if isinstance(notebook, LiveNotebook):
            return await notebook.run(cell)
        source = next((c.source for c in await notebook.cells() if c.id == cell), None)
        if source is None:
            raise NotFound(f"There is no cell {cell!r}: read the notebook again.")
        run = await run_code(await self._started(path, notebook), source)
        try:
            return await notebook.put_outputs(cell, source, run)
        except CellConflict:
            raise CellConflict(
                f"The cell {cell!r} was changed while it ran, so its outputs are not kept."
            ) from None

    async def variables(self, path: str, names: list[str] | None) -> list[VariablePart]:
        """Variables of the notebook's kernel."""
        kernel = await self._kernel_of(path)
        if names is None:
            return await self.kernel_variables.names(kernel)
        return await self.kernel_variables.described(kernel, names)

    async def evaluate(self, path: str, expression: str) -> MimeBundle:
        """The value of an expression; it runs the user's code, so it may do anything."""
        kernel = await self._kernel_of(path)
        return await self.kernel_variables.value(kernel, expression, _EVALUATE_SECONDS)

    async def read_file(self, path: str) -> str:
        """A text file below the server's folder."""
        return await asyncio.to_thread(self._read_text, path)

    def kernel_manager(self, kernel: str) -> Any:
        """The manager of a running kernel.

        Raises:
            NotFound: there is none of this id.
        """
        if kernel not in self._kernels:
            raise NotFound(f"There is no kernel {kernel!r}: start it, and try again.")
        return self._kernels.get_kernel(kernel)

    def _language(self, kernel: str) -> str:
        name = self.kernel_manager(kernel).kernel_name
        return str(self._specs.get_kernel_spec(name).language)

    def _notebook(self, path: str) -> LiveNotebook | StoredNotebook:
        page = self._workbench.shows(path)
        return StoredNotebook(self._contents, path) if page is None else LiveNotebook(page, path)

    async def _running(self) -> dict[str, str]:
        sessions = await ensure_async(self._sessions.list_sessions())
        return {
            str(one["path"]).removeprefix("RTC:"): one["kernel"]["id"]
            for one in sessions
            if one.get("type") == "notebook" and one.get("kernel")
        }

    async def _kernel_of(self, path: str) -> str:
        kernel = (await self._running()).get(path)
        if kernel is None:
            raise WorkspaceError(_NO_KERNEL.format(path=path))
        return kernel

    async def _started(self, path: str, notebook: StoredNotebook) -> Any:
        """The manager of the notebook's kernel, which is started where none runs."""
        kernel = (await self._running()).get(path)
        if kernel is None:
            session = await self._sessions.create_session(
                path=path,
                name=Path(path).name,
                type="notebook",
                kernel_name=await notebook.kernel_name(),
            )
            kernel = session["kernel"]["id"]
        return self.kernel_manager(kernel)

    def _read_text(self, path: str) -> str:
        root = self._root.resolve()
        file = (root / path.lstrip("/")).resolve()
        hidden = (
            any(part.startswith(".") for part in file.relative_to(root).parts)
            if (file.is_relative_to(root))
            else True
        )
        if hidden or not file.is_file():
            raise NotFound(f"There is no file {path!r} below the server's folder.")
        with file.open("rb") as opened:
            data = opened.read(_FILE_BYTES + 1)
        if b"\0" in data:
            raise WorkspaceError(f"{path!r} is no text.")
        text = data[:_FILE_BYTES].decode(errors="replace")
        return text if len(data) <= _FILE_BYTES else f"{text}\n… the file goes on"
