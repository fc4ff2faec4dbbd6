"""How a chat is fitted to the window, written down a second time from docs/models.md alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


def tokens(text: str) -> int:
    """A token for every 3 bytes."""
    return (len(text.encode()) + 2) // 3


@dataclass(frozen=True)
class Words:
    """A text."""

    text: str

    @property
    def size(self) -> int:
        """In tokens."""
        return tokens(self.text)


@dataclass(frozen=True)
class Picture:
    """A picture: its type, its bytes in base64; `reduced` where those are not the stored ones."""

    mime: str
    data: str
    reduced: bool = False
    size: int = 1600

    @property
    def url(self) -> str:
        """As it is sent."""
        return f"data:{self.mime};base64,{self.data}"


@dataclass(frozen=True)
class Call:
    """A call that has ended."""

    id: str
    name: str
    arguments: str
    result: str
    failed: bool

    @property
    def size(self) -> int:
        """In tokens."""
        return 8 + sum(map(tokens, (self.name, self.arguments, self.result)))


Piece = Words | Picture | Call


@dataclass(frozen=True)
class Said:
    """What a message of the branch tells."""

    id: int
    role: str
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """In tokens."""
        return 8 + sum(piece.size for piece in self.pieces)


def shorter(text: str, limit: int) -> str:
    """The text without its middle, where it has more tokens than the limit."""
    if tokens(text) <= limit:
        return text
    most = min(len(text), limit * 3)
    return next(cut for keep in range(most, -1, -1) if tokens(cut := _without(text, keep)) <= limit)


def _without(text: str, keep: int) -> str:
    end = keep // 2
    line = f"\n[... {len(text) - keep} characters left out ...]\n"
    return text[: keep - end] + line + (text[-end:] if end else "")


def fitted(history: Sequence[Said], prompt: Said, room: int) -> tuple[list[Said], int, list[int]]:
    """What is sent of a branch, how many messages are left out, and which are shortened."""
    asked = _question(prompt, room)
    left = room - asked.size
    short = list(history)
    for index, said in enumerate(history):
        if sum(one.size for one in short) <= left:
            break
        short[index] = _with_short_outputs(said)
    first = 0
    while sum(one.size for one in short[first:]) > left:
        first += 1
    while first < len(short) and short[first].role == "assistant":
        first += 1
    kept = short[first:]
    for index in reversed(range(len(kept))):
        others = sum(one.size for at, one in enumerate(kept) if at != index)
        if others + history[first + index].size <= left:
            kept[index] = history[first + index]
    whole = [*history[first:], prompt]
    sent = [*kept, asked]
    return sent, first, [new.id for old, new in zip(whole, sent, strict=True) if old != new]


def _question(prompt: Said, room: int) -> Said:
    limit, asked = max(piece.size for piece in prompt.pieces), prompt
    while asked.size > room:
        assert limit > 100, "it is refused as context_too_long"
        limit = max(limit * 3 // 4, 100)
        texts = [
            Words(shorter(piece.text, limit)) if isinstance(piece, Words) else piece
            for piece in prompt.pieces
        ]
        asked = replace(prompt, pieces=tuple(texts))
    return asked


def _with_short_outputs(said: Said) -> Said:
    pieces = [
        replace(piece, result=shorter(piece.result, 600)) if isinstance(piece, Call) else piece
        for piece in said.pieces
    ]
    return replace(said, pieces=tuple(pieces))
