"""How cells and what they gave are told to a model, within a budget."""

from __future__ import annotations

from typing import Any

from ..marks import mark_of
from ..notebooks import NotebookCell
from ..parts import BundleOutput, MimeBundle, Shown, ShownCell, TextOutput, ToolOutput
from .workspace import Ran

SOURCE, OUTPUT, WHOLE, NOTEBOOK = 2_000, 800, 20_000, 60_000
_IMAGES = ("image/png", "image/jpeg")


def told_cells(path: str, cells: list[NotebookCell]) -> list[ToolOutput]:
    """A notebook as a text; where it is too long for one, its end is only counted."""
    told, read, size = list[str](), list[NotebookCell](), 0
    for cell in cells:
        text = told_cell(cell)
        size += len(text)
        if size > NOTEBOOK:
            told.append(f"… and {len(cells) - len(told)} more cells: read them one by one.")
            break
        told.append(text)
        read.append(cell)
    words = "\n\n".join(told) or "The notebook has no cells."
    return [TextOutput(text=words, shown=[shown_cell(path, cell) for cell in read])]


def told_whole(path: str, cell: NotebookCell) -> list[ToolOutput]:
    """One cell of a notebook as a text."""
    return [TextOutput(text=told_cell(cell, whole=True), shown=[shown_cell(path, cell)])]


def shown_cell(path: str, cell: NotebookCell) -> Shown:
    """By what it is noticed later that the cell has changed."""
    return ShownCell(path=path, cell_id=cell.id, mark=mark_of(cell.source))


def told_cell(cell: NotebookCell, *, whole: bool = False) -> str:
    """A cell with its id, source and outputs."""
    number = "" if cell.execution_count is None else f" [{cell.execution_count}]"
    source = short(cell.source, WHOLE if whole else SOURCE)
    head = f"--- cell {cell.id} ({cell.cell_type}){number}"
    outputs = told_outputs(cell.outputs, WHOLE if whole else OUTPUT)
    return "\n".join(filter(None, [head, source, outputs and f"--- its output\n{outputs}"]))


def told_outputs(outputs: list[dict[str, Any]], limit: int) -> str:
    """Outputs as a text; pictures are only named."""
    return short("\n".join(filter(None, map(_told_output, outputs))), limit)


def told_run(path: str, ran: Ran) -> list[ToolOutput]:
    """What a run gave: its text for the model, its pictures as they are."""
    text = told_outputs(ran.cell.outputs, WHOLE)
    head = f"It failed with {ran.error}" if ran.error else "It ran without an error."
    pictures = [
        BundleOutput(data={mime: data[mime]})
        for output in ran.cell.outputs
        if (data := _data(output))
        for mime in _IMAGES
        if mime in data
    ]
    shown = [shown_cell(path, ran.cell)]
    return [TextOutput(text=f"{head}\n{text}".strip(), shown=shown), *pictures]


def short(text: str, limit: int) -> str:
    """The text, or its beginning and its end."""
    if len(text) <= limit:
        return text
    left = len(text) - limit
    return f"{text[: limit * 2 // 3]}\n… {left} characters left out …\n{text[-limit // 3 :]}"


def _told_output(output: dict[str, Any]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return joined(output.get("text"))
    if kind == "error":
        return joined(output.get("traceback"), "\n") or str(output.get("evalue", ""))
    data = _data(output)
    text = joined(data.get("text/plain"))
    pictures = [mime for mime in data if mime.startswith("image/")]
    return text or (f"({pictures[0]})" if pictures else "")


def _data(output: dict[str, Any]) -> MimeBundle:
    data = output.get("data")
    return data if isinstance(data, dict) else {}


def joined(value: Any, between: str = "") -> str:
    """A text that Jupyter keeps as one string or as a list of them."""
    if isinstance(value, list):
        return between.join(map(str, value))
    return value if isinstance(value, str) else ""
