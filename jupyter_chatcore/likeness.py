"""When two questions are the same: a digest of all that an answer is made from.

It is of the assistant, the settings, the prompt and what was said before it, each in its
normal form. What differs from run to run and is no matter of the answer is not in it:
ids, times, keys, authors, execution counts, paths of notebooks, addresses in memory, notices,
reasoning. `docs/replay.md` says so to users.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from .parts import (
    BundleOutput,
    CellPart,
    CustomPart,
    DiffOutput,
    FilePart,
    NoticePart,
    OutputPart,
    Part,
    PlanPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolOutput,
    ToolPart,
    VariablePart,
)
from .protocol import Message

_VERSION = 1
"""Part of every digest: normal forms of another version are never the same."""
_LEAVES = frozenset({"tools"})
"""The settings that say what is allowed, and nothing of how to answer."""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_encode = msgspec.json.Encoder(order="deterministic").encode


def likeness(
    assistant: str, settings: Mapping[str, Any], history: Iterable[Message], prompt: Message
) -> str:
    """The SHA-256 in hex of a question as `assistant` is asked it."""
    digest = hashlib.sha256(_encode([_VERSION, assistant, _chosen(settings)]))
    for message in (*history, prompt):
        if said := [form for part in message.parts if (form := _form(part))]:
            digest.update(_encode([message.role, said]))
    return digest.hexdigest()


def _chosen(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that an answer is made from; one that says nothing is as good as none."""
    return {
        name: value
        for name, value in settings.items()
        if name not in _LEAVES and value not in (None, "", [], {})
    }


def _form(part: Part) -> list[Any] | None:
    """A part in its normal form; None for what no assistant is told."""
    form: list[Any] | None = None
    match part:
        case TextPart():
            words = _text(part.text).strip()
            form = ["text", words] if words else None
        case ToolPart():
            output = [_output(each) for each in part.output]
            form = ["tool", part.name, part.status, _json(part.input), output, part.error]
        case PlanPart():
            form = ["plan", [_text(entry.content) for entry in part.entries]]
        case FilePart():
            form = ["file", part.name, part.mime, part.url, part.size]
        case CellPart():
            outputs = [_cell_output(each) for each in part.outputs]
            form = ["cell", part.cell_type, _text(part.source).strip(), outputs]
        case VariablePart():
            preview = _value(part.preview)
            form = ["variable", part.name, part.python_type, part.shape, preview, part.truncated]
        case OutputPart():
            form = ["output", _value(part.data)]
        case CustomPart():
            form = ["custom", part.kind, _value(part.data)]
        case ReasoningPart() | NoticePart():
            pass
    return form


def _output(output: ToolOutput) -> list[Any]:
    match output:
        case TextOutput():
            return ["text", _text(output.text)]
        case BundleOutput():
            return ["bundle", _value(output.data)]
        case DiffOutput():
            return ["diff", output.old, output.new]


def _cell_output(output: Mapping[str, Any]) -> Any:
    """An output of nbformat, without what counts or decorates it."""
    left_out = ("execution_count", "metadata", "transient")
    return _value({name: value for name, value in output.items() if name not in left_out})


def _json(text: str) -> Any:
    """Arguments as JSON, whatever the spaces in them; the text where they are none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _value(value: Any) -> Any:
    match value:
        case str():
            return _text(value)
        case list():
            return [_value(each) for each in value]
        case dict():
            return {name: _value(each) for name, each in value.items()}
    return value


def _text(text: str) -> str:
    """Composed letters, one kind of line end, and objects without their place in memory."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _ADDRESS.sub("0x", composed) if "0x" in composed else composed
