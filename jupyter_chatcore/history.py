"""Reading the chats: pages, branches, backlogs, and live replies as they are so far."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .errors import Conflict, CursorAhead, NotFound
from .protocol import Event, Message, MessagePut, Page, Session, SessionPut, apply, coalesce
from .rows import MESSAGE_COLUMNS, Row, to_delta, to_message
from .search import SearchTable

_ID, _PARENT = (MESSAGE_COLUMNS.split(", ").index(name) for name in ("id", "parent"))


class Backlog(NamedTuple):
    """Events after a cursor, the cursor after them, and whether there are more."""

    events: list[Event]
    cursor: int
    more: bool


class History(SearchTable):
    """The verbs that read messages. Call them in one transaction to get one state."""

    def get_messages(
        self,
        session: str,
        before: int | None = None,
        limit: int = 25,
        *,
        after: int | None = None,
        around: int | None = None,
    ) -> Page:
        """A page of the branch shown: its newest messages, or those next to a message.

        `before` a message it costs the same at any depth of a chat of any length; `after`
        or `around` one, what is newer is counted first; `after` 0 is the oldest page. Live
        replies come as they are so far, and `cursor` is where to watch from without a gap.

        Raises:
            NotFound: there is no such chat, or no such message in it.
            Conflict: the message is on another branch.
        """
        chat = self.get_session(session)
        if after is not None or around is not None:
            start, limit = self._below(chat, after, around, limit)
        else:
            start = chat.head if before is None else self._stored(session, before).parent
        rows = self._walk(session, start, limit)
        messages = [self._live(to_message(row)) for row in rows]
        more = bool(messages) and messages[0].parent is not None
        newer = bool(messages) and messages[-1].id != chat.head
        return Page(
            messages=messages,
            cursor=self.clock(),
            total=chat.count,
            before=messages[0].id if more else None,
            has_more=more,
            after=messages[-1].id if newer else None,
            versions=self._versions(session, messages),
        )

    def get_branch(self, session: str, leaf: int | None, limit: int) -> list[Message]:
        """The newest `limit` messages of the branch that ends at `leaf`, oldest first."""
        return [self._live(to_message(row)) for row in self._walk(session, leaf, limit)]

    def get_message(self, session: str, message: int) -> Message:
        """One message, as it is so far.

        Raises:
            NotFound: there is none of this id in this chat.
        """
        return self._live(self._stored(session, message))

    def get_message_count(self, session: str) -> int:
        """How many messages the branch shown has."""
        return self.get_session(session).count

    def get_replies(self, session: str, message: int) -> list[Message]:
        """The assistant's answers to a message, oldest first."""
        rows = self._rows(
            f"SELECT {MESSAGE_COLUMNS} FROM whole_messages"
            " WHERE session = ? AND parent = ? AND role = 'assistant' ORDER BY id",
            (session, message),
        )
        return [self._live(to_message(row)) for row in rows]

    def since(self, session: str, after: int, max_bytes: int = 256 * 1024) -> Backlog:
        """What changed after a cursor, oldest first, about `max_bytes` of it at most.

        Raises:
            NotFound: there never was such a chat.
            CursorAhead: the cursor is newer than the database.
        """
        chat, clock = self.find_session(session), self.clock()
        if chat is None:
            raise NotFound(f"There is no chat {session!r}; PUT sessions/{session} makes one.")
        if after > clock:
            raise CursorAhead("The cursor is newer than the database: take a fresh page.")
        events, size = list[Event](), 0
        for event, weight in heapq.merge(*self._changes(chat, after), key=lambda e: e[0].seq):
            if size > max_bytes:
                return Backlog(coalesce(events), events[-1].seq, True)
            events.append(event)
            size += weight
        return Backlog(coalesce(events), clock, False)

    def _stored(self, session: str, message: int) -> Message:
        row = self._row(
            f"SELECT {MESSAGE_COLUMNS} FROM whole_messages WHERE session = ? AND id = ?",
            (session, message),
        )
        if row is None:
            self.get_session(session)
            raise NotFound(f"There is no message {message} in chat {session!r}.")
        return to_message(row)

    def _below(
        self, chat: Session, after: int | None, around: int | None, limit: int
    ) -> tuple[int | None, int]:
        """Where a page ends that goes on from a message, and how many messages it has."""
        mark = after if after is not None else around
        assert mark is not None
        if after == 0:
            oldest = self._from(chat, 0, limit)
            return oldest[-1], len(oldest)
        self._stored(chat.id, mark)
        wanted = limit if after is not None else limit // 2
        newer = self._from(chat, mark, wanted + 1)
        if newer[:1] != [mark]:
            raise Conflict(
                f"Message {mark} is on another branch: PATCH the chat's `branch` to show it."
            )
        if after is not None:
            return (newer[-1], len(newer) - 1) if len(newer) > 1 else (None, limit)
        return newer[-1], limit

    def _from(self, chat: Session, mark: int, limit: int) -> list[int | None]:
        """The branch's oldest ids that are not below `mark`; None alone for an empty chat."""
        rows = self._rows(
            "WITH RECURSIVE walk (id) AS (SELECT ? UNION ALL SELECT m.parent FROM walk"
            " JOIN messages m ON m.session = ? AND m.id = walk.id WHERE m.parent >= ?)"
            " SELECT id FROM walk ORDER BY id LIMIT ?",
            (chat.head, chat.id, mark, limit),
        )
        return [row[0] for row in rows]

    def _versions(self, session: str, messages: Sequence[Message]) -> list[list[int]]:
        """The ids of messages that stand beside each other, where there are several."""
        parents = [message.parent for message in messages if message.parent is not None]
        marks = ", ".join("?" * len(parents))
        several = self._beside(f"IN ({marks})", session, *parents)
        if len(parents) < len(messages):
            several += self._beside("IS NULL", session)
        return sorted(several)

    def _beside(self, parent: str, session: str, *values: int) -> list[list[int]]:
        # Left to itself, SQLite would rather walk the whole chat in the order of its ids.
        rows = self._rows(
            "SELECT group_concat(id) FROM messages INDEXED BY messages_by_parent"
            f" WHERE session = ? AND parent {parent} GROUP BY parent HAVING count(*) > 1",
            (session, *values),
        )
        return [sorted(map(int, row[0].split(","))) for row in rows]

    def _walk(self, session: str, leaf: int | None, limit: int) -> list[Row]:
        """Up from a leaf, `limit` messages at most; oldest first."""
        run = self._rows(
            f"SELECT {MESSAGE_COLUMNS} FROM whole_messages WHERE session = ? AND id <= ?"
            " ORDER BY id DESC LIMIT ?",
            (session, leaf, limit),
        )
        # Where nothing branches the run of the table is the branch, at half the cost of a walk.
        if (
            run
            and run[0][_ID] == leaf
            and all(below[_PARENT] == above[_ID] for below, above in pairwise(run))
        ):
            return run[::-1]
        return self._rows(
            "WITH RECURSIVE walk (id, n) AS (SELECT ?, 1 UNION ALL"
            " SELECT m.parent, n + 1 FROM walk JOIN messages m"
            " ON m.session = ? AND m.id = walk.id WHERE m.parent IS NOT NULL AND n < ?)"
            f" SELECT {MESSAGE_COLUMNS} FROM whole_messages"
            " WHERE session = ? AND id IN (SELECT id FROM walk) ORDER BY id",
            (leaf, session, limit, session),
        )

    def _live(self, message: Message) -> Message:
        """The message with what it has grown by; only a streaming one can have."""
        if message.status != "streaming":
            return message
        for event in coalesce(self._deltas(message.session, message.seq, message.id)):
            message = apply(message, event)
        return message

    def _deltas(self, session: str, after: int, message: int | None = None) -> Iterator[Event]:
        for event, _ in self._delta_rows(session, after):
            if message is None or getattr(event.change, "message", None) == message:
                yield event

    def _delta_rows(self, session: str, after: int) -> Iterator[tuple[Event, int]]:
        for seq, change in self._execute(
            "SELECT seq, change FROM deltas WHERE session = ? AND seq > ? ORDER BY seq",
            (session, after),
        ):
            yield Event(seq=seq, session=session, change=to_delta(change)), len(change)

    def _message_rows(self, session: str, after: int) -> Iterator[tuple[Event, int]]:
        for row in self._execute(
            f"SELECT {MESSAGE_COLUMNS} FROM whole_messages"
            " WHERE session = ? AND seq > ? ORDER BY seq",
            (session, after),
        ):
            message = to_message(row)
            change = MessagePut(message=message)
            yield Event(seq=message.seq, session=session, change=change), len(row[6]) + 200

    def _changes(self, chat: Session, after: int) -> list[Iterator[tuple[Event, int]]]:
        """Every kind of change as a run in the order of its numbers."""
        put = Event(seq=chat.seq, session=chat.id, change=SessionPut(session=chat))
        return [
            iter([(put, 200)] if chat.seq > after else []),
            self._message_rows(chat.id, after),
            self._delta_rows(chat.id, after),
        ]
