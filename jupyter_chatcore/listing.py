"""The list of chats: pages of it, what changed in it, and what a user has read."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET

from .api import SessionPage, SessionPatch
from .decisions import DecisionTable
from .protocol import Event, Message, Session, SessionPut
from .rows import SESSION_COLUMNS, Row, one_line, to_session

Show = Literal["open", "pinned", "archived", "all"]

_WHERE: dict[Show, str] = {
    "open": "NOT deleted AND NOT archived",
    "pinned": "NOT deleted AND NOT archived AND pinned",
    "archived": "NOT deleted AND archived",
    "all": "NOT deleted",
}
_LISTED = (
    f"SELECT {SESSION_COLUMNS}, last, touched, EXISTS (SELECT 1 FROM messages m"
    " INDEXED BY messages_unfinished WHERE m.session = sessions.id AND m.status = 'streaming'),"
    " news > coalesce((SELECT seq FROM seen WHERE seen.session = sessions.id"
    " AND seen.username = ?1), 0) AND news_by IS NOT ?1,"
    " coalesce((SELECT m.created FROM messages m WHERE m.session = sessions.id"
    " AND m.id = sessions.active), created) FROM sessions"
)
_CHANGES = 200


class ListNews(NamedTuple):
    """What changed in the list, the cursor after it, and whether there is more."""

    events: list[Event]
    cursor: int
    more: bool


class ChatList(DecisionTable):
    """The verbs of the list. `user` is the username of whoever asks."""

    def sessions(
        self,
        before: int | None = None,
        limit: int = 50,
        notebook: str | None = None,
        *,
        show: Show = "open",
        user: str = "",
    ) -> SessionPage:
        """Chats, the most recently used first; `before` is the `active` of the last one seen."""
        where, values = _WHERE[show], list[Any]([user])
        if before is not None:
            where, values = f"{where} AND active < ?", [*values, before]
        if notebook is not None:
            where, values = f"{where} AND notebook = ?", [*values, notebook]
        rows = self._rows(
            f"{_LISTED} WHERE {where} ORDER BY active DESC LIMIT ?", [*values, limit + 1]
        )
        page = [_listed(row) for row in rows[:limit]]
        more = page[-1].active if len(rows) > limit else None
        return SessionPage(sessions=page, cursor=self.clock(), before=more)

    def patch_session(self, session: str, patch: SessionPatch) -> Session:
        """As `SessionTable` does it; another branch has another end, which the list shows."""
        put = super().patch_session(session, patch)
        if patch.head is not UNSET or patch.branch is not UNSET:
            shown = self.get_branch(session, put.head, 1)
            line = one_line(shown[-1].parts) if shown else ""
            self._execute("UPDATE sessions SET last = ? WHERE id = ?", (line, session))
        return put

    def named_like(self, q: str, limit: int, user: str) -> list[Session]:
        """The chats whose titles hold every word of `q`, the most recently used first."""
        words = q.split()
        where = " AND ".join(["NOT deleted", *["title LIKE ? ESCAPE '\\'"] * len(words)])
        rows = self._rows(
            f"{_LISTED} WHERE {where} ORDER BY active DESC LIMIT ?",
            [user, *map(_anywhere, words), limit],
        )
        return [_listed(row) for row in rows]

    def list_since(self, after: int, user: str) -> ListNews:
        """What changed in the list after a cursor, oldest first, some hundred chats at most."""
        rows = self._rows(
            f"{_LISTED} WHERE touched > ?2 ORDER BY touched LIMIT ?3", [user, after, _CHANGES + 1]
        )
        events = [
            Event(seq=row[_TOUCHED], session=row[0], change=SessionPut(session=_listed(row)))
            for row in rows[:_CHANGES]
        ]
        more = len(rows) > _CHANGES
        return ListNews(events, events[-1].seq if more else self.clock(), more)

    def mark_seen(self, session: str, message: int, user: str) -> None:
        """The user has read the chat up to this message, as it is now.

        Raises:
            NotFound: there is no such message.
        """
        seq = self.get_message(session, message).seq
        row = self._row("SELECT seq FROM seen WHERE session = ? AND username = ?", (session, user))
        if row is not None and row[0] >= seq:
            return
        self._execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", (session, user, seq))
        touched = self._touch(session)
        # The chat is as it was; the list of this user is not.
        self._emit(touched, session, SessionPut(session=self.get_session(session)))

    def _touch(self, session: str) -> int:
        seq = self._tick()
        self._execute("UPDATE sessions SET touched = ? WHERE id = ?", (seq, session))
        return seq

    def _tell_list(self, message: Message) -> None:
        """What a message that was put means for the list of chats."""
        self._execute(
            "UPDATE sessions SET touched = ? WHERE id = ?", (message.seq, message.session)
        )
        if message.status == "streaming":
            return
        if message.status != "deleted":
            by = message.author.username if message.author and message.role == "user" else None
            self._execute(
                "UPDATE sessions SET news = ?, news_by = ? WHERE id = ?",
                (message.seq, by, message.session),
            )
        self._execute(
            "UPDATE sessions SET last = ? WHERE id = ? AND (head = ? OR head IS NULL)",
            (one_line(message.parts), message.session, message.id),
        )


_TOUCHED = len(SESSION_COLUMNS.split(", ")) + 1


def _listed(row: Row) -> Session:
    """A session with what the list tells of it."""
    last, _, running, unread, used = row[-5:]
    return msgspec.structs.replace(
        to_session(row), used=used, last=last, running=bool(running), unread=bool(unread)
    )


def _anywhere(word: str) -> str:
    """A pattern for LIKE: the word as it is, anywhere."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
