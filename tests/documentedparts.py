"""How the parts of a message are told, written down a second time from docs/models.md alone."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from documentedfit import Call, Picture, Piece, Said, Words
from PIL import Image, UnidentifiedImageError

Json = dict[str, Any]

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_STEPS = {"completed": "x", "in_progress": "-", "pending": " "}


def compact(value: Any) -> str:
    """JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def said_by(message: Json, files: Mapping[str, bytes]) -> Said:
    """What a message tells; `files` are the bytes of files by their addresses."""
    pieces = [
        piece
        for index, part in enumerate(message["parts"])
        for piece in _pieces(message, index, part, files)
    ]
    return Said(message["id"], message["role"], tuple(pieces))


def _pieces(message: Json, index: int, part: Json, files: Mapping[str, bytes]) -> Iterator[Piece]:
    user = message["role"] == "user"
    match part["type"]:
        case "text":
            yield from _words(part["text"])
        case "output":
            yield from _output(part["data"], pictures=user)
        case "cell":
            yield from _cell(part, pictures=user)
        case "variable":
            shape = f", shape {' x '.join(map(str, part['shape']))}" if part.get("shape") else ""
            cut = ", shortened" if part.get("truncated") else ""
            yield Words(f"[Variable {part['name']}: {part['python_type']}{shape}{cut}]")
            yield from _output(part.get("preview", {}), pictures=user)
        case "file":
            yield from _file(part, files.get(part["url"]) if user else None)
        case "plan":
            yield Words("\n".join(["[Plan]", *map(_step, part["entries"])]))
        case "custom":
            yield Words(f"[{part['kind']}]\n{_fenced(compact(part['data']), 'json')}")
        case "tool" if part["status"] in ("done", "failed", "denied"):
            name = re.sub(r"[^\w-]", "_", part["name"])[:64]
            failed = part["status"] != "done"
            identity = f"call_{message['id']}_{index}"
            yield Call(identity, name, part.get("input", "{}"), result_of(part), failed)


def _step(step: Json) -> str:
    return f"- [{_STEPS[step.get('status', 'pending')]}] {step['content']}"


def _words(text: str) -> Iterator[Piece]:
    if text:
        yield Words(text)


def _output(data: Json, *, pictures: bool) -> Iterator[Piece]:
    picture = next((mime for mime in _PICTURES if mime in data), None)
    if pictures and picture:
        yield _picture(picture, base64.b64decode(data[picture]))
        return
    text = data.get("text/markdown") or data.get("text/plain")
    if text or data:
        yield Words("".join(text) if text else f"[Output: {', '.join(sorted(data))}]")


def _picture(mime: str, data: bytes) -> Picture:
    """As it is, or a PNG that is scaled down."""
    sent = _scaled(data)
    encoded = base64.b64encode(sent).decode()
    return Picture(mime if sent == data else "image/png", encoded, reduced=sent != data)


def _scaled(data: bytes) -> bytes:
    try:
        whole = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        return data
    width, height = whole.size
    scale = 1568 / max(width, height)
    if scale >= 1 and len(data) <= 3 * 1024 * 1024:
        return data
    colours = whole.convert("RGBA" if whole.has_transparency_data else "RGB")
    size = (round(width * scale), round(height * scale))
    file = io.BytesIO()
    colours.resize(size, Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def _cell(cell: Json, *, pictures: bool) -> Iterator[Piece]:
    ran = f", executed as {cell['execution_count']}" if "execution_count" in cell else ""
    head = f"[Cell {cell['cell_id']} of {cell['path']}, {cell['cell_type']}{ran}]"
    text = f"{head}\n{_fenced(cell['source'])}"
    told = [p for output in cell.get("outputs", []) for p in _cell_output(output, pictures)]
    outputs = "\n".join(piece.text for piece in told if isinstance(piece, Words))
    yield Words(f"{text}\nIts output:\n{_fenced(outputs)}" if outputs else text)
    yield from (piece for piece in told if isinstance(piece, Picture))


def _cell_output(output: Json, pictures: bool) -> Iterator[Piece]:
    match output["output_type"]:
        case "stream":
            yield from _words("".join(output["text"]))
        case "error":
            yield from _words(re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output["traceback"])))
        case _:
            yield from _output(output["data"], pictures=pictures)


def _file(part: Json, data: bytes | None) -> Iterator[Piece]:
    line = f"[File {part['name']}, {part['mime']}, {part['size']} bytes]"
    if data is None:
        yield Words(line)
    elif part["mime"] in _PICTURES:
        yield Words(line)
        yield _picture(part["mime"], data)
    else:
        yield Words(f"{line}\n{_fenced(data.decode())}")


def _fenced(text: str, language: str = "") -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def result_of(tool: Json) -> str:
    """What came of a call."""
    if tool["status"] != "done":
        return str(tool["error"])
    return "\n\n".join(filter(None, map(_given, tool.get("output", [])))) or "(no output)"


def _given(output: Json) -> str:
    match output["type"]:
        case "text":
            return str(output["text"])
        case "bundle":
            told = _output(output["data"], pictures=False)
            return "\n".join(piece.text for piece in told if isinstance(piece, Words))
    change = "inserted" if "old" not in output else "edited" if "new" in output else "deleted"
    return f"[Cell {output['cell']} of {output['path']} {change}]"
