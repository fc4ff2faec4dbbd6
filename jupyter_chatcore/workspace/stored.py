"""A notebook that no page shows: changed as a file, through Jupyter's contents."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from ..context.workspace import CellConflict, Ran, WorkspaceError
from ..errors import NotFound
from ..notebooks import CellType, NotebookCell
from .outputs import raised
from .running import Run

Json = dict[str, Any]
# Whoever changes a file has it for himself: two tools may work at once.
_locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()


class StoredNotebook:
    """The notebook at `path`; `contents` is the server's contents manager."""

    def __init__(self, contents: Any, path: str) -> None:
        self._contents = contents
        self._path = path
        self._lock = _locks.setdefault(path, asyncio.Lock())

    async def cells(self) -> list[NotebookCell]:
        """All cells of the file."""
        return _cells(await self._read())

    async def insert(self, cell_type: CellType, source: str, after: str | None) -> NotebookCell:
        """A new cell below `after`, or at the top."""

        def change(notebook: Json) -> int:
            place = 0 if after is None else _find(notebook, after) + 1
            notebook["cells"].insert(place, _new(cell_type, source))
            return place

        return await self._changed(change)

    async def edit(self, cell: str, old: str, source: str) -> NotebookCell:
        """Another source for a cell; outputs of the old one are taken away."""

        def change(notebook: Json) -> int:
            place = _find_as(notebook, cell, old)
            notebook["cells"][place] |= {"source": source, **_unrun(notebook["cells"][place])}
            return place

        return await self._changed(change)

    async def delete(self, cell: str, old: str) -> None:
        """Take a cell away."""
        async with self._lock:
            model = await self._model()
            del model["content"]["cells"][_find_as(model["content"], cell, old)]
            await self._save(model)

    async def put_outputs(self, cell: str, source: str, run: Run) -> Ran:
        """Keep what a run of `source` gave in its cell."""

        def change(notebook: Json) -> int:
            place = _find_as(notebook, cell, source)
            notebook["cells"][place] |= {
                "outputs": run.outputs,
                "execution_count": run.execution_count,
            }
            return place

        return Ran(await self._changed(change), raised(run.outputs))

    async def kernel_name(self) -> str | None:
        """The kernel that the notebook says it is written for."""
        metadata = (await self._read()).get("metadata", {})
        name = metadata.get("kernelspec", {}).get("name")
        return name if isinstance(name, str) else None

    async def _changed(self, change: Callable[[Json], int]) -> NotebookCell:
        async with self._lock:
            model = await self._model()
            place = change(model["content"])
            await self._save(model)
        return _cells(model["content"])[place]

    async def _read(self) -> Json:
        content: Json = (await self._model())["content"]
        return content

    async def _model(self) -> Json:
        try:
            model: Json = await ensure_async(
                self._contents.get(self._path, content=True, type="notebook")
            )
        except HTTPError as error:
            if error.status_code == 404:
                raise NotFound(f"There is no notebook {self._path!r}.") from None
            raise WorkspaceError(f"{self._path!r} cannot be read: {error.log_message}") from error
        return model

    async def _save(self, model: Json) -> None:
        try:
            await ensure_async(self._contents.save(model, self._path))
        except HTTPError as error:
            raise WorkspaceError(f"{self._path!r} cannot be saved: {error.log_message}") from error


def _cells(notebook: Json) -> list[NotebookCell]:
    return [
        NotebookCell(
            id=_id(cell, index),
            index=index,
            cell_type=cell["cell_type"],
            source=cell["source"],
            execution_count=cell.get("execution_count"),
            outputs=list(cell.get("outputs", ())),
        )
        for index, cell in enumerate(notebook["cells"])
    ]


def _id(cell: Json, index: int) -> str:
    """Cells of files older than nbformat 4.5 have no id: they are known by their place."""
    return str(cell.get("id") or f"at-{index}")


def _find(notebook: Json, wanted: str) -> int:
    for index, cell in enumerate(notebook["cells"]):
        if _id(cell, index) == wanted:
            return index
    raise NotFound(f"There is no cell {wanted!r}: read the notebook again.")


def _find_as(notebook: Json, wanted: str, source: str) -> int:
    place = _find(notebook, wanted)
    if notebook["cells"][place]["source"] != source:
        raise CellConflict(f"The cell {wanted!r} was changed meanwhile: read it again.")
    return place


def _new(cell_type: CellType, source: str) -> Json:
    cell = {"id": secrets.token_hex(4), "cell_type": cell_type, "metadata": {}, "source": source}
    return cell | _unrun(cell)


def _unrun(cell: Json) -> Json:
    return {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
