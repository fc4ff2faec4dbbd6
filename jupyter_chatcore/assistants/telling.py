"""How the parts of a message are told to models and agents. The rule, part by part:

- `text` goes as it is; `reasoning` and `notice` are not told.
- `output` of a user is a picture where it has one of the types in `IMAGES`, else its
  Markdown, else its plain text. A picture of an assistant is only named.
- `cell`: a line `[Cell ID of PATH, TYPE, executed as N]`, its source in a fence, and its
  outputs as text in another; pictures among them follow.
- `variable`: a line `[Variable NAME: TYPE, shape A x B]`, and its preview as text.
- `file`: what `attached` read of it, else a line `[File NAME, MIME, SIZE bytes]`.
- `plan`: a line `[Plan]`, and each step as a task of a Markdown list.
- `custom`: a line `[KIND]`, and its data as JSON.
- `tool` is told by who asks: a model is given a call with its result, an agent a word.

Fences are longer than any run of backticks in what they hold.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..filetypes import IMAGES
from ..parts import (
    BundleOutput,
    CellPart,
    CustomPart,
    DiffOutput,
    FilePart,
    OutputPart,
    Part,
    PlanPart,
    TextOutput,
    TextPart,
    ToolOutput,
    VariablePart,
)

_TEXTS = ("text/markdown", "text/plain")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_MARKS = {"completed": "x", "in_progress": "-", "pending": " "}


@dataclass(frozen=True)
class Text:
    """Words."""

    text: str


@dataclass(frozen=True)
class Image:
    """A picture: its mime type and its bytes."""

    mime: str
    data: bytes = field(repr=False)


def pieces(
    part: Part, pictures: bool, files: Mapping[str, Sequence[Text | Image]] | None = None
) -> Iterator[Text | Image]:
    """What a part tells; `pictures` says whether pictures go as such.

    `files` are what is told of files, by their addresses.
    """
    match part:
        case TextPart():
            yield from _text(part.text)
        case OutputPart():
            yield from _bundle(part.data, pictures)
        case CellPart():
            yield from _cell(part, pictures)
        case VariablePart():
            yield from _variable(part, pictures)
        case FilePart():
            yield from (files or {}).get(part.url) or [Text(file_line(part))]
        case PlanPart():
            steps = [f"- [{_MARKS[step.status]}] {step.content}" for step in part.entries]
            yield Text("\n".join(["[Plan]", *steps]))
        case CustomPart():
            data = msgspec.json.encode(part.data).decode()
            yield Text(f"[{part.kind}]\n{fenced(data, 'json')}")


def file_line(part: FilePart) -> str:
    """The line that names a file."""
    return f"[File {part.name}, {part.mime}, {part.size} bytes]"


def result_text(outputs: list[ToolOutput]) -> str:
    """What a tool gave, as the text that a model reads."""
    return "\n\n".join(text for output in outputs if (text := _output(output)))


def fenced(text: str, language: str = "") -> str:
    """The text as a Markdown code block."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _output(output: ToolOutput) -> str:
    match output:
        case TextOutput():
            return output.text
        case BundleOutput():
            return "\n".join(p.text for p in _bundle(output.data, False) if isinstance(p, Text))
        case DiffOutput(cell=str()):
            return _cell_change(output)
        case DiffOutput():
            return f"[Change of {output.path}]\n{fenced(output.new or '')}"


def _cell_change(diff: DiffOutput) -> str:
    """Which cell was changed; what it says now was in the call."""
    change = "inserted" if diff.old is None else "deleted" if diff.new is None else "edited"
    since = "; it was taken back since" if diff.undone else ""
    return f"[Cell {diff.cell} of {diff.path} {change}{since}]"


def _text(text: str) -> Iterator[Text | Image]:
    if text:
        yield Text(text)


def _cell(cell: CellPart, pictures: bool) -> Iterator[Text | Image]:
    ran = f", executed as {cell.execution_count}" if cell.execution_count is not None else ""
    head = f"[Cell {cell.cell_id} of {cell.path}, {cell.cell_type}{ran}]\n{fenced(cell.source)}"
    told = [piece for output in cell.outputs for piece in _cell_output(output, pictures)]
    texts = "\n".join(piece.text for piece in told if isinstance(piece, Text))
    yield Text(f"{head}\nIts output:\n{fenced(texts)}" if texts else head)
    yield from (piece for piece in told if isinstance(piece, Image))


def _cell_output(output: dict[str, Any], pictures: bool) -> Iterator[Text | Image]:
    """An output as nbformat 4 has it."""
    match output.get("output_type"):
        case "stream":
            yield from _text(_joined(output.get("text")))
        case "error":
            lines = output.get("traceback") or [f"{output.get('ename')}: {output.get('evalue')}"]
            yield from _text(_ANSI.sub("", "\n".join(map(str, lines))))
        case _ if isinstance(data := output.get("data"), dict):
            yield from _bundle(data, pictures)


def _variable(variable: VariablePart, pictures: bool) -> Iterator[Text | Image]:
    shape = f", shape {' x '.join(map(str, variable.shape))}" if variable.shape else ""
    cut = ", shortened" if variable.truncated else ""
    yield Text(f"[Variable {variable.name}: {variable.python_type}{shape}{cut}]")
    yield from _bundle(variable.preview, pictures)


def picture_of(data: dict[str, Any]) -> Image | None:
    """The picture in a mime bundle; None where it has none of the types in `IMAGES`."""
    image = next((mime for mime in IMAGES if mime in data), None)
    return None if image is None else _picture(image, data[image])


def _bundle(data: dict[str, Any], pictures: bool) -> Iterator[Text | Image]:
    if pictures and (picture := picture_of(data)):
        yield picture
        return
    text = next((text for mime in _TEXTS if (text := _joined(data.get(mime)))), "")
    if text:
        yield Text(text)
    elif data:
        yield Text(f"[Output: {', '.join(sorted(data))}]")


def _picture(mime: str, data: Any) -> Image | None:
    try:
        read = base64.b64decode("".join(_joined(data).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return Image(mime, read) if read else None


def _joined(value: Any) -> str:
    """A text of nbformat, which may be given as a list of lines."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))
