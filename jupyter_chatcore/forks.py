"""A chat that goes on from a message of another one, copied piece by piece.

A long chat cannot be copied in one write: nobody else could write meanwhile. So the
copies lie in their places with no chat that shows them, and the last write makes the
chat. `forks` names what is being copied and the server that does it; what a server that
is gone has left is taken away.
"""

from __future__ import annotations

import re
import secrets
from typing import NamedTuple

import msgspec

from .api import Fork, NewSession, SessionPatch
from .errors import Conflict, NotFound
from .parts import settled
from .protocol import Message, Sent, Session
from .rows import SESSION_COLUMNS, to_message, to_session, to_text
from .transfer import TransferTable

_PIECE = 200
_LONGEST_TITLE = 300
_MARK = re.compile(r" \(fork(?: (\d+))?\)$")


class Copying(NamedTuple):
    """What is left to copy: the branch of `source` up from `leaf`, which is `depth` long.

    The copy of a message of depth d in `session` has the id `base + d`, so the numbers
    rise along the branch though it is copied from its end. `head` is the last one's.
    """

    session: str
    source: str
    base: int
    head: int
    leaf: int | None
    depth: int
    key: str | None


class ForkTable(TransferTable):
    """The verbs that copy a branch into a chat of its own."""

    def begin_fork(self, source: str, fork: Fork, owner: str) -> Session | Copying:
        """What is to be copied; the chat itself where the key's fork was made already.

        Raises:
            NotFound: there is no such chat.
            Invalid: there is no such message in it.
            Conflict: another server is making the fork of this key.
        """
        self.get_session(source)
        key = fork.key and f"fork:{source}:{fork.key}"
        known = key and self._row(
            f"SELECT {SESSION_COLUMNS} FROM sessions WHERE key = ? AND NOT deleted", (key,)
        )
        if known:
            return to_session(known)
        if key and self._row("SELECT 1 FROM forks WHERE key = ?", (key,)):
            raise Conflict("This fork is being made: ask again in a moment.")
        depth = self.get_depth(source, fork.message)
        session, base = secrets.token_hex(8), self._reserve(depth)
        self._execute("INSERT INTO forks VALUES (?, ?, ?)", (session, owner, key))
        return Copying(session, source, base, base + depth, fork.message, depth, key)

    def copy_some(self, copying: Copying) -> Copying:
        """Copy the next messages up the branch; returns what is left, none at depth 0.

        Raises:
            NotFound: the chat was deleted.
        """
        rows = self._walk(copying.source, copying.leaf, _PIECE)
        if not rows:
            raise NotFound(f"The chat {copying.source!r} was deleted.")
        messages = [self._live(to_message(row)) for row in rows]
        above = copying.depth - len(messages)
        for depth, message in enumerate(messages, above + 1):
            self._copy(copying, message, depth)
        return copying._replace(leaf=messages[0].parent, depth=above)

    def finish_fork(self, copying: Copying) -> Session:
        """Show what was copied as a chat.

        Raises:
            NotFound: the chat that it comes from was deleted.
        """
        chat = self.get_session(copying.source)
        self._execute("DELETE FROM forks WHERE session = ?", (copying.session,))
        new = NewSession(
            title=_title(chat.title),
            assistant=chat.assistant,
            settings=chat.settings,
            key=copying.key,
        )
        made, _ = self.create_session(new, copying.session)
        return self.patch_session(made.id, SessionPatch(head=copying.head))

    def abandon_fork(self, session: str) -> None:
        """Take away what was copied."""
        self._forget_messages(session)
        self._execute("DELETE FROM forks WHERE session = ?", (session,))

    def abandon_forks(self, gone: set[str]) -> None:
        """Take away what servers that are gone have left."""
        for session, owner in self._rows("SELECT session, owner FROM forks"):
            if owner in gone:
                self.abandon_fork(session)

    def _copy(self, copying: Copying, message: Message, depth: int) -> None:
        """What is still being written is copied as far as it is, and ends there."""
        written = message.status == "streaming"
        mid, sent = copying.base + depth, self._moved(message.sent, copying)
        copy = msgspec.structs.replace(
            message,
            id=mid,
            seq=mid,
            session=copying.session,
            parent=mid - 1 if depth > 1 else None,
            parts=settled(message.parts) if written else message.parts,
            status="cancelled" if written else message.status,
            sent=sent,
            key=None,
        )
        self._insert(copy, depth, None)
        self._index(copy)

    def _moved(self, sent: Sent | None, copying: Copying) -> Sent | None:
        """What was sent, with the copies' ids in it."""
        if sent is None or not sent.shortened:
            return sent
        rows = self._rows(
            "SELECT depth FROM messages WHERE session = ?"
            " AND id IN (SELECT value FROM json_each(?)) ORDER BY depth",
            (copying.source, to_text(sent.shortened)),
        )
        return msgspec.structs.replace(sent, shortened=[copying.base + row[0] for row in rows])


def _title(title: str) -> str:
    """The title of a fork: one of a fork is numbered on."""
    mark = _MARK.search(title)
    number = f" {int(mark[1] or 1) + 1}" if mark else ""
    end = f" (fork{number})"
    return _MARK.sub("", title)[: _LONGEST_TITLE - len(end)] + end
