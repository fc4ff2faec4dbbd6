"""What a message of ChatGPT's export says, as parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ..assistants.telling import fenced
from ..parts import CustomPart, Part, ReasoningPart, TextOutput, TextPart, ToolPart
from ..wellformed import well_formed, well_formed_value
from .foreign import one_line
from .reading import as_dict, as_list, as_text

Json = dict[str, Any]

# What the model is told of the user, and marks of the way: nothing that was said.
_UNSAID = ("user_editable_context", "model_editable_context", "reasoning_recap")
# Marks that its pages turn into links to sources; the sources are not in the text.
_CITATION = re.compile("\ue200[^\ue200\ue201]*\ue201|【\\d+†[^】]*】")


def is_hidden(message: Json) -> bool:
    """Whether it was hidden from the reader there as well."""
    metadata = as_dict(message.get("metadata"))
    return metadata.get("is_visually_hidden_from_conversation") is True


def parts_of(message: Json, key: str) -> list[Part]:
    """All of it; nothing where it says nothing. `key` names a tool's call."""
    content, writer = as_dict(message.get("content")), as_dict(message.get("author"))
    kind = as_text(content.get("content_type"))
    if kind in _UNSAID:
        return []
    if writer.get("role") == "tool":
        return _result(content, one_line(writer.get("name")) or "tool", key)
    recipient = one_line(message.get("recipient"))
    if writer.get("role") == "assistant" and recipient not in ("", "all"):
        return _call(content, recipient, key)
    return list(_said(content, kind))


def folded(parts: list[Part], more: list[Part]) -> list[Part]:
    """The parts of an answer with those of its next step: a result goes to its call."""
    last = parts[-1] if parts else None
    match more:
        case [ToolPart(input="") as result, *rest] if (
            isinstance(last, ToolPart) and last.input and not last.output
        ):
            both = msgspec.structs.replace(last, output=result.output)
            return [*parts[:-1], both, *rest]
    return [*parts, *more]


def _said(content: Json, kind: str) -> Iterator[Part]:
    if kind == "thoughts":
        yield from _thoughts(content)
    elif kind == "code":
        language = one_line(content.get("language"))
        language = language if re.fullmatch(r"[\w+#-]{1,20}", language) else ""
        yield from _text(fenced(_words(content), "" if language == "unknown" else language))
    elif words := _words(content):
        yield from _text(words)
    elif kind not in ("text", "multimodal_text") and len(content) > 1:
        yield CustomPart(kind=f"chatgpt.{one_line(kind)}", data=well_formed_value(content))


def _thoughts(content: Json) -> Iterator[Part]:
    for thought in map(as_dict, as_list(content.get("thoughts"))):
        told = [as_text(thought.get("summary")), as_text(thought.get("content"))]
        if text := "\n\n".join(filter(None, map(well_formed, told))).strip():
            yield ReasoningPart(text=f"{text}\n\n")


def _call(content: Json, recipient: str, key: str) -> list[Part]:
    words = _words(content)
    if not words.strip():
        return []
    return [
        ToolPart(
            call=key[:100],
            name=recipient,
            kind="execute" if recipient == "python" else "other",
            status="done",
            input=msgspec.json.encode({"input": words}).decode(),
        )
    ]


def _result(content: Json, name: str, key: str) -> list[Part]:
    words = _words(content)
    if not words.strip():
        return []
    return [ToolPart(call=key[:100], name=name, status="done", output=[TextOutput(text=words)])]


def _text(words: str) -> Iterator[Part]:
    if text := _CITATION.sub("", words).strip():
        yield TextPart(text=text)


def _words(content: Json) -> str:
    """All the words of a content, whatever its type."""
    pieces = [_piece(part) for part in as_list(content.get("parts"))]
    told = [*pieces, as_text(content.get("text")), as_text(content.get("result"))]
    return well_formed("\n\n".join(filter(None, told)))


def _piece(part: Any) -> str:
    """A text, or what stands in its place: the bytes of pictures are not in the file."""
    if isinstance(part, str):
        return part
    found = as_dict(part)
    if text := as_text(found.get("text")):
        return text
    kind = as_text(found.get("content_type"))
    if kind == "image_asset_pointer":
        sides = [found.get("width"), found.get("height")]
        size = " x ".join(str(side) for side in sides if type(side) is int)
        return f"*[Picture{f', {size}' if size else ''}: not in the export]*"
    return "*[Audio or video: not in the export]*" if kind.endswith("asset_pointer") else ""
