"""What a message says in words, for an agent that has no memory of it."""

from __future__ import annotations

from collections.abc import Iterable

from ...parts import Part, ToolPart
from ..telling import Text, pieces, result_text

_OUTPUT_CHARS = 2000


def joined(parts: Iterable[Part]) -> str:
    """All that parts say; pictures are named."""
    return "\n\n".join(filter(None, map(_in_words, parts)))


def shortened(text: str, limit: int) -> str:
    """The text with at most about `limit` characters: its beginning and its end."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def _in_words(part: Part) -> str:
    if isinstance(part, ToolPart):
        return _tool(part)
    told = pieces(part, pictures=False)
    return "\n".join(piece.text for piece in told if isinstance(piece, Text))


def _tool(part: ToolPart) -> str:
    said = shortened(part.error or result_text(part.output), _OUTPUT_CHARS)
    return f"[tool {part.title or part.name}: {part.status}]\n{said}".rstrip()
