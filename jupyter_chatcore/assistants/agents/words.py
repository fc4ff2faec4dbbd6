"""Parts as an agent reads them: in words, and as pictures where it takes pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ...parts import (
    CellPart,
    DiffOutput,
    FilePart,
    MimeBundle,
    OutputPart,
    Part,
    PlanPart,
    TextOutput,
    TextPart,
    ToolOutput,
    ToolPart,
    VariablePart,
)

_OUTPUT_CHARS = 2000
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

Picture = tuple[str, str]
"""A mime type, and the bytes in base64."""


def in_words(part: Part) -> str:
    """What a part says; empty where it is nothing to be sent."""
    words = ""
    match part:
        case TextPart():
            words = part.text
        case CellPart():
            words = _cell(part)
        case VariablePart():
            words = _variable(part)
        case OutputPart():
            words = _labelled("Output", _bundle(part.data))
        case FilePart():
            words = f"[file {part.name}, {part.mime}, {part.size} bytes: its content is not shown]"
        case ToolPart():
            words = _tool(part)
        case PlanPart():
            words = "\n".join(f"[{entry.status}] {entry.content}" for entry in part.entries)
    return words


def pictures(part: Part) -> Iterator[Picture]:
    """The pictures that a part shows."""
    match part:
        case OutputPart():
            yield from _pictures(part.data)
        case VariablePart():
            yield from _pictures(part.preview)
        case CellPart():
            for output in part.outputs:
                yield from _pictures(_data(output))


def shortened(text: str, limit: int) -> str:
    """The text with at most about `limit` characters: its beginning and its end."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def _cell(part: CellPart) -> str:
    number = "" if part.execution_count is None else f" [{part.execution_count}]"
    head = f"{part.cell_type.capitalize()} cell{number} of the notebook {part.path}"
    outputs = (_output(output) for output in part.outputs)
    text = _labelled(f"{head} (id {part.cell_id})", part.source)
    shown = "\n".join(filter(None, outputs))
    return f"{text}\n{_labelled('Its output', shown)}" if shown else text


def _variable(part: VariablePart) -> str:
    shape = "" if part.shape is None else f", shape {' x '.join(map(str, part.shape))}"
    kind = f"{part.python_type}{shape}{', cut' if part.truncated else ''}"
    return _labelled(f"Variable {part.name} ({kind})", _bundle(part.preview))


def _tool(part: ToolPart) -> str:
    said = "\n".join(_tool_output(output) for output in part.output)
    head = f"[tool {part.title or part.name}: {part.status}]"
    return "\n".join(filter(None, (head, shortened(part.error or said, _OUTPUT_CHARS))))


def _tool_output(output: ToolOutput) -> str:
    match output:
        case TextOutput():
            return output.text
        case DiffOutput():
            return f"changed {output.path}"
    return _bundle(output.data)


def _output(output: dict[str, Any]) -> str:
    """One of a cell's outputs (nbformat 4)."""
    match output.get("output_type"):
        case "stream":
            return _joined(output.get("text"))
        case "error":
            return f"{output.get('ename')}: {output.get('evalue')}"
    return _bundle(_data(output))


def _data(output: dict[str, Any]) -> MimeBundle:
    data = output.get("data")
    return data if isinstance(data, dict) else {}


def _bundle(data: MimeBundle) -> str:
    for mime in ("text/markdown", "text/plain"):
        if text := _joined(data.get(mime)):
            return shortened(text, _OUTPUT_CHARS * 4)
    return f"[{', '.join(data)}]" if data else ""


def _pictures(data: MimeBundle) -> Iterator[Picture]:
    for mime in _PICTURES:
        if text := _joined(data.get(mime)):
            yield mime, "".join(text.split())


def _joined(text: object) -> str:
    """Text as notebooks keep it: whole, or in lines."""
    if isinstance(text, str):
        return text
    return "".join(map(str, text)) if isinstance(text, list) else ""


def _labelled(label: str, text: str) -> str:
    return f"{label}:\n```\n{text}\n```"


def joined(parts: Iterable[Part]) -> str:
    """All that parts say."""
    return "\n\n".join(filter(None, map(in_words, parts)))
