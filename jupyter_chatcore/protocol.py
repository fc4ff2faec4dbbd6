"""The wire: messages, sessions, changes and events, declared once.

The JSON Schema and the TypeScript types are generated from these classes, and the
golden files in `tests/wire/` are read by both test suites. `apply` is what a change
means; the store folds live replies with it and browsers mirror it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from .parts import Part, ReasoningPart, TextPart, ToolPart, Wire

Role = Literal["user", "assistant", "system"]
Status = Literal["streaming", "done", "failed", "cancelled", "interrupted", "deleted"]
Timestamp = Annotated[
    str,
    msgspec.Meta(description="RFC 3339, UTC", extra_json_schema={"format": "date-time"}),
]
SessionId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]


class Author(Wire, frozen=True, kw_only=True):
    """Who wrote a message: a user as the server authenticated them, or an assistant."""

    username: str
    name: str = ""
    initials: str | None = None
    color: str | None = None
    avatar_url: str | None = None


class Usage(Wire, frozen=True, kw_only=True):
    """What an answer took: tokens, seconds, and US dollars where the price is known."""

    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None


class Sent(Wire, frozen=True, kw_only=True):
    """What was sent for an answer, as far as it is needed to tell one request from another.

    `digest` is the SHA-256 in hex of the exact bytes of the last request, `parameters`
    what it asked for beside the messages (temperature, effort, mode). `messages` counts
    the messages of the branch that were sent, `omitted` the older ones that were left
    out, `shortened` are the ids of those that were cut, `reduced` of those with a picture
    that was made smaller; `window` is the number of tokens they were fitted to. `ext` is
    what the provider wants back, by provider; it is never shown.
    """

    digest: str | None = None
    model: str | None = None
    parameters: dict[str, Any] = {}
    messages: int = 0
    omitted: int = 0
    shortened: list[int] = []
    reduced: list[int] = []
    window: int | None = None
    ext: dict[str, Any] | None = None


class MessageError(Wire, frozen=True, kw_only=True):
    """Why a message failed: a stable `code`, and a text that says what to do."""

    code: str
    message: str


class Message(Wire, frozen=True, kw_only=True):
    """One utterance.

    `id` is the number of the change that made it, `seq` that of its last change;
    both come from the database's one counter. `parent` is the message it answers or
    continues, so messages form a tree and a branch is a walk up from a leaf. `key` is
    the client's nonce, unique in its session.
    """

    id: int
    seq: int
    session: str
    role: Role
    status: Status
    created: Timestamp
    parts: list[Part]
    parent: int | None = None
    author: Author | None = None
    key: str | None = None
    model: str | None = None
    usage: Usage | None = None
    sent: Sent | None = None
    error: MessageError | None = None

    @property
    def text(self) -> str:
        """What it says, as Markdown: its text parts, one below the other."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart))


class Session(Wire, frozen=True, kw_only=True):
    """One chat.

    `birth` is the counter's number when it was made: a session deleted and made again
    under the same id has another. `seq` is that of its last change, `active` that of
    its newest message. `head` is the leaf of the branch that is shown, `count` the
    number of messages on it. `named` says that somebody chose the title: the others are
    made up from what is said.

    `used` (when its newest message was written, or it was made), `last` (the text at the
    end of the branch, shortened), `running` (an answer is being written) and `unread` (for
    the user who asks) are told where chats are listed, and only there.
    """

    id: str
    birth: int
    seq: int
    active: int
    title: str
    created: Timestamp
    updated: Timestamp
    count: int = 0
    head: int | None = None
    assistant: str | None = None
    notebook: str | None = None
    settings: dict[str, Any] = {}
    named: bool = False
    pinned: bool = False
    archived: bool = False
    used: Timestamp | None = None
    last: str = ""
    running: bool = False
    unread: bool = False
    deleted: bool = False


class MessagePut(Wire, frozen=True, kw_only=True, tag_field="type", tag="message_put"):
    """A message as a whole: new, ended, edited or deleted."""

    message: Message


class PartPut(Wire, frozen=True, kw_only=True, tag_field="type", tag="part_put"):
    """A part as a whole, at `index`; `index` equal to the number of parts adds it.

    `base` is the message's `seq` that this change builds on.
    """

    message: int
    base: int
    index: int
    part: Part


class TextAppend(Wire, frozen=True, kw_only=True, tag_field="type", tag="text_append"):
    """More text for a text or reasoning part, or for a tool's input."""

    message: int
    base: int
    index: int
    text: str


class SessionPut(Wire, frozen=True, kw_only=True, tag_field="type", tag="session_put"):
    """A session as a whole: new, renamed, moved to another branch or deleted."""

    session: Session


Change = MessagePut | PartPut | TextAppend | SessionPut
Delta = PartPut | TextAppend


class Event(Wire, frozen=True, kw_only=True):
    """A change, the number it was stored under, and the session it belongs to."""

    seq: int
    session: str
    change: Change


class Page(Wire, frozen=True, kw_only=True):
    """Part of the branch shown, oldest first, and where to go on.

    `cursor` is where to watch from. `before` asks for the page of older messages,
    None where there are none, `after` for the page of newer ones, None where this page
    has the newest. `total` counts the messages of the whole branch. `versions` has the
    ids, oldest first, of messages that stand beside each other, for each one of this page
    that does not stand alone.
    """

    messages: list[Message]
    cursor: int
    total: int
    before: int | None = None
    has_more: bool = False
    after: int | None = None
    versions: list[list[int]] = []


class Gap(ValueError):
    """A change that does not build on the state at hand: take a fresh page."""


def grow(part: Part, text: str) -> Part:
    """The part with `text` at its end.

    Raises:
        Gap: the part has no text that can grow.
    """
    match part:
        case TextPart() | ReasoningPart():
            return msgspec.structs.replace(part, text=part.text + text)
        case ToolPart():
            return msgspec.structs.replace(part, input=part.input + text)
    raise Gap(f"a {type(part).__name__} has no text that can grow")


def _with_part(message: Message, delta: Delta) -> list[Part]:
    known = len(message.parts)
    limit = known if isinstance(delta, PartPut) else known - 1
    if not 0 <= delta.index <= limit:
        raise Gap(f"message {message.id} has {known} parts, none at {delta.index}")
    parts = list(message.parts)
    if isinstance(delta, TextAppend):
        parts[delta.index] = grow(parts[delta.index], delta.text)
    else:
        parts[delta.index : delta.index + 1] = [delta.part]
    return parts


def apply(message: Message, event: Event) -> Message:
    """The message after the event; the same message where it has seen it already.

    Raises:
        Gap: the event builds on a state that this message is not in.
    """
    change = event.change
    if event.seq <= message.seq or isinstance(change, SessionPut):
        return message
    if isinstance(change, MessagePut):
        return change.message if change.message.id == message.id else message
    if change.message != message.id:
        return message
    if change.base != message.seq:
        raise Gap(f"message {message.id} is at {message.seq}, the change builds on {change.base}")
    return msgspec.structs.replace(message, seq=event.seq, parts=_with_part(message, change))


def coalesce(events: Iterable[Event]) -> list[Event]:
    """The same events with runs of appends to one part joined into one.

    A reader that is behind gets fewer, larger changes. The joined change builds on
    the first one's base and carries the last one's number.
    """
    joined: list[Event] = []
    texts: list[str] = []

    def close() -> None:
        if len(texts) > 1:
            last = joined[-1]
            joined[-1] = msgspec.structs.replace(
                last, change=msgspec.structs.replace(last.change, text="".join(texts))
            )
        texts.clear()

    for event in events:
        change = event.change
        if texts and isinstance(change, TextAppend) and _continues(joined[-1], change):
            texts.append(change.text)
            joined[-1] = msgspec.structs.replace(joined[-1], seq=event.seq)
            continue
        close()
        joined.append(event)
        if isinstance(change, TextAppend):
            texts.append(change.text)
    close()
    return joined


def _continues(event: Event, change: TextAppend) -> bool:
    before = event.change
    return (
        isinstance(before, TextAppend)
        and before.message == change.message
        and before.index == change.index
        and event.seq == change.base
    )
