"""Who said something, when, and how it ended, in words for people."""

from __future__ import annotations

from ..protocol import Message

_NOBODY = {"user": "User", "assistant": "Assistant", "system": "System"}
_ENDS = {
    "streaming": "Still being written.",
    "cancelled": "Stopped.",
    "interrupted": "The server stopped while this was being written.",
}


def who(message: Message) -> str:
    """The name that a message is under."""
    author = message.author
    return (author.name or author.username if author else "") or _NOBODY[message.role]


def when(message: Message) -> str:
    """The minute of a message, in UTC."""
    return f"{message.created[:16].replace('T', ' ')} UTC"


def ending(message: Message) -> str:
    """What went wrong with it; "" where nothing did."""
    if message.error and message.status == "failed":
        return f"Failed: {message.error.message}"
    return _ENDS.get(message.status, "")
