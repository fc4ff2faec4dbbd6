"""Whether an agent still knows the chat as it is shown, and what it is told if not.

An agent keeps a memory of its own. A reply says of which of its sessions it is the last
word. The branch above a message never changes, except that messages are deleted: so an
agent goes on with its session where the newest message is such a reply, whole, and no
other message was deleted since. In every other case (edited, answered anew, another
branch, a fork of the chat, another assistant between, cut short) it gets a new session,
whose first prompt tells it what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from acp.schema import AgentMessageChunk, TextContentBlock, UserMessageChunk

from ...parts import TextPart
from ...protocol import Message
from .words import Files, joined, shortened

RECAP_CHARS = 48_000
"""How much of a chat a new session is told."""

_EXT = "acp"
_LEAST = 400


class Past(NamedTuple):
    """A session that an agent may go on with: the reply it ended with, as it was said.

    `turns` counts the prompts that it has had.
    """

    session: str
    reply: int
    turns: int
    said: str


class Recap(NamedTuple):
    """What is shown, told in words; `omitted` counts what was left out, `shortened` are cut."""

    text: str
    told: int
    omitted: int
    shortened: list[int]


def past(history: Sequence[Message], agent: str) -> Past | None:
    """The session of `agent` that knows exactly what is shown; None where there is none."""
    newest = history[-1] if history else None
    if newest is None or newest.role != "assistant" or newest.status != "done":
        return None
    sent = newest.sent.ext if newest.sent else None
    kept = (sent or {}).get(_EXT) or {}
    match kept:
        case {"agent": str(name), "session": str(session), "turns": int(turns)} if (
            name == agent and kept.get("chat", newest.session) == newest.session
        ):
            same = set(_deleted(history)) <= set(kept.get("deleted", ()))
            return Past(session, newest.id, turns, _said(newest)) if same else None
    return None


def remembered(
    history: Sequence[Message], agent: str, chat: str, session: str, turns: int
) -> dict[str, Any]:
    """What a reply keeps, so that `past` finds its session; a copy in another chat finds none."""
    known = {"agent": agent, "chat": chat, "session": session, "turns": turns}
    return {_EXT: {**known, "deleted": _deleted(history)}}


class Replay:
    """What an agent tells of a session that it loads, held against what is shown."""

    def __init__(self) -> None:
        self._turns = 0
        self._said: list[str] = []
        self._user = False

    def add(self, update: object) -> None:
        """Take the next update."""
        user = isinstance(update, UserMessageChunk)
        if user and not self._user:
            self._turns += 1
            self._said.clear()
        if isinstance(update, AgentMessageChunk) and isinstance(update.content, TextContentBlock):
            self._said.append(update.content.text)
        self._user = user

    def agrees(self, known: Past) -> bool:
        """Whether the session ends where the chat does, with the same words."""
        return self._turns == known.turns and _bare("".join(self._said)) == _bare(known.said)


def recap(
    history: Sequence[Message],
    omitted: int,
    limit: int = RECAP_CHARS,
    files: Files | None = None,
) -> Recap:
    """The newest messages that fit into `limit` characters; `omitted` older ones are not known.

    `files` are what is told of files, by their addresses.
    """
    told: list[str] = []
    cut: list[int] = []
    live = [message for message in history if message.status != "deleted"]
    for message in reversed(live):
        text = _told(message, limit, files)
        if text is None:
            break
        if text != _told(message, None, files):
            cut.append(message.id)
        told.insert(0, text)
        limit -= len(text)
    left = omitted + len(live) - len(told)
    return Recap(_framed(told, left), len(told), left, sorted(cut))


def _told(message: Message, limit: int | None, files: Files | None) -> str | None:
    """A message with its frame, cut to the limit; None where too little of it would be left."""
    text = joined(message.parts, files).replace("</message", "< /message")
    if limit is not None:
        if limit < min(len(text), _LEAST):
            return None
        text = shortened(text, limit)
    return f'<message role="{message.role}">\n{text}\n</message>'


def _framed(told: list[str], left: int) -> str:
    head = "This chat goes on from an earlier conversation. Here is what was said in it"
    older = f", without its {left} oldest messages" if left else ""
    return "\n".join([f"{head}{older}:", *told, "The next message is the one to answer."])


def _deleted(history: Sequence[Message]) -> list[int]:
    return [message.id for message in history if message.status == "deleted"]


def _said(message: Message) -> str:
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


def _bare(text: str) -> str:
    return "".join(text.split())
