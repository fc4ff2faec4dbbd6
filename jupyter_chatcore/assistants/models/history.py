"""What is sent of a message, from its row and nothing else.

Deleted messages, and those of which nothing is told, are passed over. A failed, stopped
or interrupted answer goes with the text that it has. A tool call goes when it has ended:
the model is given its arguments and what came of them. Reasoning goes only with the
signature that its provider gave it, and only to the same model of the same provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...parts import Part, ReasoningPart, ToolPart
from ...protocol import Message
from ..attached import Attached
from ..telling import Text, pieces
from ..toolbox import ended_result
from .said import Call, Piece, Said, Thought

_ENDED = ("done", "failed", "denied")


@dataclass(frozen=True)
class Reader:
    """Who is told: reasoning and details go back only to who signed them."""

    provider: str
    model: str
    tools: bool = True


_NO_FILES = Attached()


def said(message: Message, reader: Reader, files: Attached = _NO_FILES) -> Said | None:
    """What the message says; None where there is nothing to send."""
    if message.status == "deleted":
        return None
    told = tuple(_told(message, reader, files))
    return Said(message.id, message.role, told) if _speaks(told) else None


def _told(message: Message, reader: Reader, files: Attached) -> Iterator[Piece]:
    user = message.role == "user"
    signed = _signatures(message, reader)
    for index, part in enumerate(message.parts):
        match part:
            case ToolPart():
                yield from _call(part, message.id, index, reader)
            case ReasoningPart() if index in signed:
                yield Thought(part.text, signed[index])
            case _:
                yield from pieces(part, user, files.told if user else None)


def _speaks(told: tuple[Piece, ...]) -> bool:
    return any(not isinstance(piece, Thought) for piece in told)


def _call(part: ToolPart, message: int, index: int, reader: Reader) -> Iterator[Piece]:
    if part.status not in _ENDED:
        return
    result = ended_result(part)
    if not reader.tools:
        yield Text(f"[Called {part.name} with {part.input or '{}'}]\n{result}")
        return
    details = (part.ext or {}).get(reader.provider)
    yield Call(
        id=f"call_{message}_{index}",
        name=re.sub(r"[^\w-]", "_", part.name)[:64] or "tool",
        arguments=part.input or "{}",
        result=result,
        failed=part.status != "done",
        details=details if isinstance(details, dict) else None,
    )


def _signatures(message: Message, reader: Reader) -> dict[int, str]:
    """The signatures of a message's reasoning parts by their index, where they hold."""
    kept = kept_signatures(message, reader.provider, reader.model)
    return {
        index: signature
        for index, signature in zip(_reasoning(message.parts), kept, strict=False)
        if signature
    }


def kept_signatures(message: Message, provider: str, model: str) -> list[str | None]:
    """The signature of each run of reasoning in a message, where this model gave them."""
    kept: Any = ((message.sent.ext if message.sent else None) or {}).get(provider)
    if not isinstance(kept, dict) or kept.get("model") != model:
        return []
    return list(kept.get("signatures", []))


def _reasoning(parts: list[Part]) -> list[int]:
    return [index for index, part in enumerate(parts) if isinstance(part, ReasoningPart)]
