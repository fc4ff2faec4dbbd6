"""What is sent of a branch, before any library's types: who said what, in pieces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...protocol import Role
from ..telling import Image, Text


@dataclass(frozen=True)
class Thought:
    """Reasoning that its provider has signed, so that it can be given back to it."""

    text: str
    signature: str = field(repr=False)


@dataclass(frozen=True)
class Call:
    """A tool call that has ended, with what it gave.

    `details` is what the provider wants back with it.
    """

    id: str
    name: str
    arguments: str
    result: str
    failed: bool = False
    details: dict[str, Any] | None = None


Piece = Text | Image | Thought | Call


@dataclass(frozen=True)
class Said:
    """What one message of the branch says; `message` is its id."""

    message: int
    role: Role
    pieces: tuple[Piece, ...]
