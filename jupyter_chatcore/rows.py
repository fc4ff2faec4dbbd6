"""How messages and sessions look as rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from .parts import Part, TextPart
from .protocol import Author, Delta, Message, MessageError, Sent, Session, Usage

Row = tuple[Any, ...]

MESSAGE_COLUMNS = (
    "id, seq, session, role, status, created, parts, parent, author, key, model, usage, sent, error"
)
SESSION_COLUMNS = (
    "id, birth, seq, active, title, created, updated, count, head, assistant, notebook,"
    " settings, named, pinned, archived, deleted"
)

# Characters of a line in the list of chats.
_LINE = 160

_encode = msgspec.json.Encoder().encode
_decode_parts = msgspec.json.Decoder(list[Part]).decode
_decode_delta = msgspec.json.Decoder(Delta).decode


@lru_cache(maxsize=256)
def _author(text: str) -> Author:
    return msgspec.json.decode(text, type=Author)


def to_text(value: object) -> str:
    """The value as JSON text."""
    return _encode(value).decode()


def to_text_or_none(value: object | None) -> str | None:
    """The value as JSON text, None as NULL."""
    return None if value is None else to_text(value)


def to_delta(text: str) -> Delta:
    """A stored change of a live reply."""
    delta: Delta = _decode_delta(text)
    return delta


def to_parts(text: str) -> list[Part]:
    """The parts that a row holds."""
    return _decode_parts(text)


def to_message(row: Row) -> Message:
    """The message in a row of `MESSAGE_COLUMNS`."""
    mid, seq, session, role, status, created, parts, parent, author, key = row[:10]
    model, usage, sent, error = row[10:]
    return Message(
        id=mid,
        seq=seq,
        session=session,
        role=role,
        status=status,
        created=created,
        parts=_decode_parts(parts),
        parent=parent,
        author=None if author is None else _author(author),
        key=key,
        model=model,
        usage=None if usage is None else msgspec.json.decode(usage, type=Usage),
        sent=None if sent is None else msgspec.json.decode(sent, type=Sent),
        error=None if error is None else msgspec.json.decode(error, type=MessageError),
    )


def to_session(row: Row) -> Session:
    """The session in a row of `SESSION_COLUMNS`."""
    sid, birth, seq, active, title, created, updated, count, head, assistant, notebook = row[:11]
    return Session(
        id=sid,
        birth=birth,
        seq=seq,
        active=active,
        title=title,
        created=created,
        updated=updated,
        count=count,
        head=head,
        assistant=assistant,
        notebook=notebook,
        settings=msgspec.json.decode(row[11]),
        named=bool(row[12]),
        pinned=bool(row[13]),
        archived=bool(row[14]),
        deleted=bool(row[15]),
    )


def one_line(parts: Iterable[Part]) -> str:
    """What a message says, on a line short enough for a list of chats."""
    texts = (part.text[: _LINE * 4] for part in parts if isinstance(part, TextPart))
    line = " ".join(" ".join(texts).replace("\0", " ").split())
    return line if len(line) <= _LINE else f"{line[: _LINE - 1].rstrip()}…"


def searchable(parts: Iterable[Part]) -> str:
    """The text that a search finds; SQLite's tokenizer stops at NUL, so there is none."""
    texts = (part.text for part in parts if isinstance(part, TextPart))
    return "\n".join(texts).replace("\0", " ")
