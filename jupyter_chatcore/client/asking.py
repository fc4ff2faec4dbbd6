"""What a question is made of: its words, and whatever else is sent with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..api import Ask, Posted
from ..parts import Part, TextPart
from .conversation import Conversation, nonce


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a question: its bytes are kept beside the chats."""

    name: str
    data: bytes


Piece = Part | Attachment


@dataclass(frozen=True)
class Question:
    """A question before it is sent."""

    pieces: list[Piece]
    assistant: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=nonce)

    async def post(self, chat: Conversation) -> Posted:
        """Keep its files, then post it."""
        return await chat.ask(
            Ask(
                parts=await kept(chat, self.pieces),
                assistant=self.assistant,
                settings=dict(self.settings),
                key=self.key,
            )
        )


async def kept(chat: Conversation, pieces: Sequence[Piece]) -> list[Part]:
    """The pieces as parts; files are kept on the server."""
    return [
        await chat.keep(each.name, each.data) if isinstance(each, Attachment) else each
        for each in pieces
    ]


def question(
    prompt: str | Part,
    values: Sequence[object],
    context: object,
    assistant: str | None,
    settings: Mapping[str, Any],
) -> Question:
    """The question, made in the caller's thread: whatever looks at `values` runs there.

    Raises:
        TypeError: a value is nothing that can be sent.
    """
    more = [*values, *(context if isinstance(context, (list, tuple)) else [context])]
    pieces = [piece for value in (prompt, *more) for piece in pieces_of(value)]
    return Question(pieces, assistant, settings)


def chosen(model: str | None, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of a question, the model among them."""
    return {**(settings or {}), **({"model": model} if model else {})}


def pieces_of(value: object) -> list[Piece]:
    """What is sent for a value.

    Raises:
        TypeError: it is nothing that can be sent.
    """
    if isinstance(value, str):
        return [TextPart(text=value)]
    if isinstance(value, Part | Attachment):
        return [value]
    raise TypeError(f"a question takes texts and parts, not {type(value).__name__}")
