"""Our own export, read back: the same messages, branches, times and usage.

What belongs to the server that wrote it is not taken over: ids, who has read what, the
notebook, and the chat's settings, since with those of a stranger an agent could be told
to ask nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from ..errors import Invalid
from ..exports.jsonl import FORMAT, ExportHeader
from ..filetypes import address, clean_name, digest_of
from ..parts import FilePart, Part
from ..protocol import Author, Message
from .foreign import (
    ForeignChat,
    ForeignMessage,
    NotThisFormat,
    author,
    chat_key,
    checked,
    message_key,
    one_line,
    time_in,
    title_line,
)

KIND = "chatcore"
T = TypeVar("T")
_BEGINS = re.compile(rb'\s*\{\s*"format"\s*:\s*"' + re.escape(FORMAT).encode() + rb'"')
_SPEAKERS = {"user": "user", "assistant": "assistant", "system": "system"}


def chats(data: bytes, name: str, limit: int) -> Iterator[ForeignChat]:
    """The chat of an export; `limit` is how many bytes a message may have.

    Raises:
        NotThisFormat: the first line is not that of an export.
        Invalid: a line cannot be read; the text says which.
    """
    if not _BEGINS.match(data):
        raise NotThisFormat
    header = _decode(next(_lines(data)), 1, ExportHeader)
    session = header.session
    created = time_in(session.created) or time_in(header.exported)
    if created is None:
        raise Invalid("Line 1 cannot be used: `created` is no time.")
    yield ForeignChat(
        key=chat_key(KIND, f"{session.id}/{session.birth}/{session.created}"),
        title=title_line(session.title),
        created=created,
        head=message_key(str(session.head)) if session.head is not None else "",
        messages=lambda: _messages(data, header, limit),
        named=session.named,
        assistant=one_line(session.assistant) or None,
    )


def _messages(data: bytes, header: ExportHeader, limit: int) -> Iterator[ForeignMessage]:
    seen: set[int] = set()
    lines = _lines(data)
    next(lines)
    for number, line in enumerate(lines, 2):
        message = _decode(line, number, Message)
        if message.id in seen or (message.parent is not None and message.parent not in seen):
            raise Invalid(f"Line {number} cannot be used: message {message.id} is out of order.")
        seen.add(message.id)
        yield checked(_foreign(message, number), limit)
    if len(seen) != header.messages:
        raise Invalid(
            f"The file is cut off: it has {len(seen)} of {header.messages} messages. Export again."
        )
    if header.session.head is not None and header.session.head not in seen:
        raise Invalid("The file cannot be used: the message that the chat ends with is missing.")


def _foreign(message: Message, number: int) -> ForeignMessage:
    created = time_in(message.created)
    if created is None:
        raise Invalid(f"Line {number} cannot be used: `created` is no time.")
    by = message.author or Author(username=_SPEAKERS[message.role])
    return ForeignMessage(
        key=message_key(str(message.id)),
        parent=None if message.parent is None else message_key(str(message.parent)),
        role=message.role,
        parts=[] if message.status == "deleted" else [_safe(part) for part in message.parts],
        created=created,
        author=author(by.username, by.name, by.initials),
        status="interrupted" if message.status == "streaming" else message.status,
        model=message.model,
        usage=message.usage,
        sent=message.sent and msgspec.structs.replace(message.sent, ext=None),
        error=message.error,
    )


def _safe(part: Part) -> Part:
    """A file is one that may be kept here, or a name: its address leads nowhere else."""
    if not isinstance(part, FilePart):
        return part
    name, digest = clean_name(part.name), digest_of(part.url)
    url = address(digest, name) if digest else ""
    return msgspec.structs.replace(part, name=name, url=url)


def _lines(data: bytes) -> Iterator[bytes]:
    """The lines that are not empty, one by one: the file may be large."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if line := data[start:end].strip():
            yield line
        start = end + 1


def _decode(line: bytes, number: int, kind: type[T]) -> T:
    try:
        value: T = msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"Line {number} cannot be used: {error}.") from None
    except RecursionError:
        raise Invalid(f"Line {number} is nested too deep.") from None
    return value
