"""What a message says in words, for an agent that has no memory of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...parts import Part, ToolPart
from ..telling import Image, Text, pieces, result_text

Files = Mapping[str, Sequence[Text | Image]]
_OUTPUT_CHARS = 2000


def joined(parts: Iterable[Part], files: Files | None = None) -> str:
    """All that parts say; pictures are named. `files` are what is told of files, by address."""
    return "\n\n".join(filter(None, (_in_words(part, files) for part in parts)))


def shortened(text: str, limit: int) -> str:
    """The text with at most about `limit` characters: its beginning and its end."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def _in_words(part: Part, files: Files | None) -> str:
    if isinstance(part, ToolPart):
        return _tool(part)
    told = pieces(part, False, files)
    return "\n".join(piece.text for piece in told if isinstance(piece, Text))


def _tool(part: ToolPart) -> str:
    said = shortened(part.error or result_text(part.output), _OUTPUT_CHARS)
    return f"[tool {part.title or part.name}: {part.status}]\n{said}".rstrip()
