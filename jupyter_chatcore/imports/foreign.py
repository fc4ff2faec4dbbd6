"""A chat as a file has it: who said what, in the order of its tree, not yet stored.

Whoever wrote the file could write anything into it. So an imported message never looks
like one that was said here: its author is marked, and has no picture of anybody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ..errors import Invalid
from ..parts import Part, settled
from ..protocol import Author, Message, MessageError, Role, Sent, Status, Usage
from ..wellformed import MAX_DEPTH, is_deep, well_formed

MARK = "imported:"
_KNOWN_BY = "(imported)"
_NAME_LENGTH = 100
_TITLE_LENGTH = 300
_PLAIN_KEY = re.compile(r"[\w.-]{1,100}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 253402300799
"""The last second of the year 9999."""


class NotThisFormat(Exception):
    """The file is of another kind."""


@dataclass(frozen=True)
class ForeignMessage:
    """One message; `key` and `parent` are keys within its chat. `size` is about its bytes."""

    key: str
    parent: str | None
    role: Role
    parts: list[Part]
    created: str
    author: Author
    status: Status = "done"
    model: str | None = None
    usage: Usage | None = None
    sent: Sent | None = None
    error: MessageError | None = None
    size: int = 0

    def made(self, seq: int, session: str, parent: int | None) -> Message:
        """The message as it is stored."""
        return Message(
            id=seq,
            seq=seq,
            session=session,
            role=self.role,
            status=self.status,
            created=self.created,
            parts=settled(self.parts, whole=self.status == "done"),
            parent=parent,
            author=self.author,
            key=self.key,
            model=self.model,
            usage=self.usage,
            sent=self.sent,
            error=self.error,
        )


@dataclass(frozen=True)
class ForeignChat:
    """One chat. `messages` gives them, parents first; `head` is the key of the one it ends with.

    `key` finds the chat again when the same file is imported once more, or a later one.
    """

    key: str
    title: str
    created: str
    head: str
    messages: Callable[[], Iterator[ForeignMessage]] = field(repr=False)
    named: bool = True
    archived: bool = False
    assistant: str | None = None


def chat_key(kind: str, source: str) -> str:
    """The key of a chat that has the id `source` where it comes from."""
    return f"import:{kind}:{_short(source)}"


def message_key(source: str) -> str:
    """The key of a message that has the id `source` where it comes from."""
    return f"import:{_short(source)}"


def _short(source: str) -> str:
    if _PLAIN_KEY.fullmatch(source):
        return source
    return hashlib.sha256(well_formed(source).encode()).hexdigest()


def author(username: Any, name: Any = None, initials: Any = None) -> Author:
    """Who wrote a message, marked as imported; what is no text is taken for nothing."""
    user, known = one_line(username), one_line(name)
    shown = known or user.removeprefix(MARK) or "?"
    return Author(
        username=user if user.startswith(MARK) else f"{MARK}{user}",
        name=shown if shown.endswith(_KNOWN_BY) else f"{shown} {_KNOWN_BY}",
        initials=one_line(initials)[:3] or None,
    )


def one_line(value: Any, most: int = _NAME_LENGTH) -> str:
    """A text on one line, of `most` characters; "" for what is none."""
    if not isinstance(value, str):
        return ""
    return "".join(filter(_is_seen, " ".join(well_formed(value[: most * 4]).split())))[:most]


def title_line(value: Any) -> str:
    """A chat's title; "" where there is none."""
    return one_line(value, _TITLE_LENGTH)


def _is_seen(character: str) -> bool:
    return character.isprintable() or character in "\u200c\u200d"


def time_of(seconds: Any) -> str | None:
    """Seconds since 1970 as a time of ours; None for what is none, or before or beyond it."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not 0 <= seconds <= _LATEST:
        return None
    return _stamp(_EPOCH + timedelta(seconds=seconds))


def time_in(text: str) -> str | None:
    """A time in RFC 3339 as one of ours; None for what is none."""
    try:
        time = datetime.fromisoformat(text)
        return _stamp(time.astimezone(UTC)) if time.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _stamp(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def checked(message: ForeignMessage, limit: int) -> ForeignMessage:
    """The message with its size.

    Raises:
        Invalid: it has more bytes than the limit, or is nested too deep to be stored.
    """
    data = msgspec.json.encode(message.parts)
    if len(data) > limit:
        raise Invalid(f"A message has {len(data)} bytes, and may have {limit}.")
    if is_deep(data, message.parts):
        raise Invalid(f"A message is nested more than {MAX_DEPTH} deep.")
    return replace(message, size=len(data))
