"""The chats, durable: what is said, paged, resumed and recovered.

Everything here is synchronous and belongs to one thread; `feed` owns the threads.
With `connection`, `sessions`, `search`, `history`, `decisions`, `listing`, `usage`, `forks`,
`unfinished`, `records`, `audit` and `migrations` this is the only place with SQL. A caller opens
the transaction; whoever commits it rings the `events` that it made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from .audit import problems
from .connection import now
from .errors import Conflict, NotFound
from .parts import Part, open_requests, settled
from .protocol import (
    Author,
    Delta,
    Message,
    MessageError,
    MessagePut,
    Role,
    Sent,
    Session,
    Status,
    Usage,
)
from .rows import MESSAGE_COLUMNS, to_message, to_text, to_text_or_none
from .unfinished import UnfinishedTable

_INTERRUPTED = MessageError(
    code="interrupted",
    message="The server stopped while this was being written. Ask again to get the whole answer.",
)


class Store(UnfinishedTable):
    """The verbs of the database."""

    def persist_message(
        self,
        session: str,
        parts: Sequence[Part],
        *,
        role: Role = "user",
        status: Status = "done",
        author: Author | None = None,
        parent: int | UnsetType | None = UNSET,
        key: str | None = None,
        owner: str | None = None,
        settings: dict[str, Any] | None = None,
    ) -> tuple[Message, bool]:
        """A new message at the end of the branch shown, or under `parent` (None: a new root).

        It becomes the head. With a `key` that the chat knows, the message of that key
        is returned, and False. A `streaming` message needs the `owner` that writes it;
        the `settings` that its question came with are kept until it has ended.

        Raises:
            NotFound: there is no such chat.
            Invalid: `parent` is no message of it.
        """
        chat = self.get_session(session)
        if key is not None and (known := self._by_key(session, key)):
            return known, False
        above = chat.head if parent is UNSET else parent
        depth = 1 if above is None else self.get_depth(session, above) + 1
        seq = self._tick()
        message = Message(
            id=seq,
            seq=seq,
            session=session,
            role=role,
            status=status,
            created=now(),
            parts=list(parts),
            parent=above,
            author=author,
            key=key,
        )
        self._insert(message, depth, owner)
        if settings:
            self._keep_settings(message, settings)
        self._index(message)
        self._emit(seq, session, MessagePut(message=message))
        self._move_head(chat, message, depth)
        return message, True

    def update_message_parts(
        self,
        session: str,
        message: int,
        parts: Sequence[Part],
        *,
        status: Status | None = None,
        error: MessageError | None = None,
        usage: Usage | None = None,
        sent: Sent | None = None,
    ) -> Message:
        """The message with other parts; with a final `status` it ends a live reply.

        Raises:
            NotFound: there is no such message.
            Conflict: it was deleted, or has ended and so cannot end again.
        """
        was = self._stored(session, message)
        if was.status == "deleted" or (status and was.status not in ("streaming", status)):
            raise Conflict(f"Message {message} is {was.status} and cannot be written.")
        return self._put(
            msgspec.structs.replace(
                was,
                parts=list(parts),
                status=status or was.status,
                error=error,
                usage=usage or was.usage,
                sent=sent or was.sent,
                model=(usage and usage.model) or (sent and sent.model) or was.model,
            )
        )

    def append_deltas(self, session: str, message: int, base: int, deltas: Sequence[Delta]) -> int:
        """Store how a live reply grew since its `seq` was `base`; returns its new `seq`.

        The deltas are placed here: their own `message` and `base` do not count.

        Raises:
            NotFound: the reply is gone.
            Conflict: the reply has ended.
        """
        row = self._row(
            "SELECT status FROM messages WHERE session = ? AND id = ?", (session, message)
        )
        if row is None:
            raise NotFound(f"There is no message {message} in chat {session!r}.")
        if row[0] != "streaming":
            raise Conflict(f"Message {message} is {row[0]} and grows no more.")
        for delta in deltas:
            seq, placed = self._tick(), msgspec.structs.replace(delta, message=message, base=base)
            self._execute(
                "INSERT INTO deltas VALUES (?, ?, ?, ?)", (seq, session, message, to_text(placed))
            )
            self._emit(seq, session, placed)
            base = seq
        return base

    def delete_message(self, session: str, message: int) -> Message:
        """The message as a tombstone: its place in the tree stays, what it said is gone.

        Raises:
            NotFound: there is no such message.
        """
        was = self._stored(session, message)
        return self._put(
            msgspec.structs.replace(
                was, parts=[], status="deleted", error=None, usage=None, sent=None, model=None
            )
        )

    def recover(self, gone: set[str], heir: str) -> list[Message]:
        """Give the unfinished replies of servers that are gone to `heir`, or end them.

        One that asks for permission goes to the heir, whose part is to go on with it; the
        others end with the text they had. What those servers have copied of chats is
        taken away. Of several servers that try this the first one gets it all.
        """
        self.abandon_forks(gone)
        return [self._recover(message, heir) for message in self._without(gone)]

    def verify(self) -> list[str]:
        """Every broken promise of the database in a sentence; none where all is well."""
        return problems(self)

    def _recover(self, message: Message, heir: str) -> Message:
        if open_requests(message.parts):
            self._give(message, heir)
            return message
        parts = settled(message.parts)
        return self._put(
            msgspec.structs.replace(message, parts=parts, status="interrupted", error=_INTERRUPTED)
        )

    def _move_head(self, chat: Session, message: Message, depth: int) -> None:
        """The new message is shown; where it does not simply continue, watchers are told."""
        self._execute(
            "UPDATE sessions SET head = ?, count = ?, active = ?, updated = ? WHERE id = ?",
            (message.id, depth, message.seq, message.created, chat.id),
        )
        self._tell_list(message)
        if message.parent != chat.head:
            self._put_session(self.get_session(chat.id))

    def _put(self, message: Message) -> Message:
        """Write the message as a whole; what it grew by in the meantime is in it."""
        put = msgspec.structs.replace(message, seq=self._tick())
        self._execute(
            "UPDATE messages SET seq = ?, status = ?, model = ?, usage = ?, sent = ?, error = ?,"
            " owner = CASE WHEN ?7 THEN owner END, settings = CASE WHEN ?7 THEN settings END,"
            " likeness = CASE ?2 WHEN 'done' THEN likeness END WHERE session = ?8 AND id = ?9",
            (
                put.seq,
                put.status,
                put.model,
                to_text_or_none(put.usage),
                to_text_or_none(put.sent),
                to_text_or_none(put.error),
                put.status == "streaming",
                put.session,
                put.id,
            ),
        )
        self._execute("UPDATE bodies SET parts = ? WHERE id = ?", (to_text(put.parts), put.id))
        self._execute("DELETE FROM deltas WHERE seq > ? AND message = ?", (put.id, put.id))
        if put.status != "streaming":
            self._forget_decisions(put.id)
        self._reindex(put)
        self._tell_list(put)
        self._emit(put.seq, put.session, MessagePut(message=put))
        return put

    def _by_key(self, session: str, key: str) -> Message | None:
        row = self._row(
            f"SELECT {MESSAGE_COLUMNS} FROM whole_messages WHERE session = ? AND key = ?",
            (session, key),
        )
        return self._live(to_message(row)) if row else None
