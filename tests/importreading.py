"""Reading the files that chats are imported from."""

from __future__ import annotations

from jupyter_chatcore.imports.file import chats
from jupyter_chatcore.imports.foreign import ForeignChat, ForeignMessage
from jupyter_chatcore.parts import Part, TextPart

LIMIT = 2**20


def read(data: bytes, name: str = "a file.chat") -> list[tuple[ForeignChat, list[ForeignMessage]]]:
    """All chats in a file with all their messages."""
    return [(chat, list(chat.messages())) for chat in chats(data, name, LIMIT)]


def only(data: bytes, name: str = "a file.chat") -> tuple[ForeignChat, list[ForeignMessage]]:
    """The one chat in a file."""
    ((chat, messages),) = read(data, name)
    return chat, messages


def said(parts: list[Part]) -> str:
    """The text of a message."""
    return "".join(part.text for part in parts if isinstance(part, TextPart))
