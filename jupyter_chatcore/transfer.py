"""Whole chats: read for an export in one go, and written as an import has them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .api import NewSession
from .errors import Conflict, Invalid
from .imports.foreign import ForeignChat, ForeignMessage
from .protocol import Message, MessagePut, Session
from .rows import MESSAGE_COLUMNS, to_message, to_text, to_text_or_none
from .usage import UsageTable


class TransferTable(UsageTable):
    """The verbs of export and import."""

    def message_ids(self, session: str, *, whole: bool) -> list[int]:
        """The ids of the branch shown, or of the `whole` tree; oldest first.

        Raises:
            NotFound: there is no such chat.
        """
        chat = self.get_session(session)
        if whole:
            rows = self._rows("SELECT id FROM messages WHERE session = ? ORDER BY id", (session,))
        else:
            rows = self._rows(
                "WITH RECURSIVE walk (id) AS (SELECT ? UNION ALL SELECT m.parent FROM walk"
                " JOIN messages m ON m.session = ? AND m.id = walk.id WHERE m.parent IS NOT NULL)"
                " SELECT id FROM walk WHERE id IS NOT NULL ORDER BY id",
                (chat.head, session),
            )
        return [row[0] for row in rows]

    def messages_of(self, session: str, ids: Sequence[int], max_bytes: int) -> list[Message]:
        """The first of these messages, as they are so far: one, or as many as are small enough.

        Raises:
            Conflict: one is gone, and so is its chat.
        """
        found, size = list[Message](), 0
        marks = ", ".join("?" * len(ids))
        for row in self._execute(
            f"SELECT {MESSAGE_COLUMNS} FROM whole_messages"
            f" WHERE session = ? AND id IN ({marks}) ORDER BY id",
            (session, *ids),
        ):
            size += len(row[6])
            if found and size > max_bytes:
                return found
            found.append(to_message(row))
        if len(found) < len(ids):
            raise Conflict(f"The chat {session!r} was deleted meanwhile.")
        return found

    def import_session(self, chat: ForeignChat) -> tuple[Session, bool]:
        """The chat that an import makes, empty; or the one that an earlier one made, and False."""
        new = NewSession(title=chat.title or None, assistant=chat.assistant, key=chat.key)
        made, is_new = self.create_session(new)
        if not is_new:
            return made, False
        put = msgspec.structs.replace(
            made, created=chat.created, archived=chat.archived, named=chat.named
        )
        return self._put_session(put, updated=chat.created), True

    def import_messages(self, session: str, messages: Sequence[ForeignMessage]) -> int:
        """Store those messages of an import that are not there yet; returns their number.

        Nothing of it is shown before `show_import`.

        Raises:
            NotFound: the chat was deleted meanwhile.
            Invalid: a message goes on from one that is not there.
        """
        self.get_session(session)
        known: dict[str, tuple[int, int]] = {}
        return sum(self._import(session, message, known) for message in messages)

    def show_import(self, session: str, head: str, added: int, user: str) -> Session:
        """An import is complete: show the branch that ends at its message `head`.

        A chat that somebody has gone on with, or has got nothing new, stays as it is. What
        was imported counts as read by `user`.

        Raises:
            Invalid: there is no such message.
        """
        chat = self.get_session(session)
        place = self._place(session, head)
        if place is None:
            raise Invalid(f"The chat {chat.title!r} ends with a message that is not in it.")
        if chat.head is not None and not (added and self._is_imported(session, chat.head)):
            return chat
        message = self.get_message(session, place[0])
        self._execute(
            "UPDATE sessions SET head = ?, count = ?, active = ? WHERE id = ?",
            (message.id, place[1], max(message.seq, chat.active), session),
        )
        self._tell_list(message)
        put = self._put_session(self.get_session(session), updated=message.created)
        self.mark_seen(session, message.id, user)
        return put

    def bring_up(self, sessions: Sequence[str]) -> None:
        """Let these chats go before all others in the list, the last of them first.

        One that was deleted meanwhile is left out.
        """
        for session in sessions:
            chat = self.find_session(session)
            if chat is not None and not chat.deleted:
                put = msgspec.structs.replace(chat, active=self._tick())
                self._put_session(put, updated=chat.updated)

    def _import(
        self, session: str, message: ForeignMessage, known: dict[str, tuple[int, int]]
    ) -> bool:
        """Store a message unless it is there; `known` are those of this call with their depth."""
        if (place := self._place(session, message.key)) is not None:
            known[message.key] = place
            return False
        above = None
        if message.parent is not None:
            above = known.get(message.parent) or self._place(session, message.parent)
            if above is None:
                raise Invalid(f"A message goes on from {message.parent!r}, which is not there.")
        parent, depth = (None, 1) if above is None else (above[0], above[1] + 1)
        seq = self._tick()
        made = message.made(seq, session, parent)
        self._insert(made, depth, None)
        self._index(made)
        self._emit(seq, session, MessagePut(message=made))
        known[message.key] = seq, depth
        return True

    def _place(self, session: str, key: str) -> tuple[int, int] | None:
        """The id and the depth of the message with this key."""
        row = self._row(
            "SELECT id, depth FROM messages WHERE session = ? AND key = ?", (session, key)
        )
        return (row[0], row[1]) if row else None

    def _is_imported(self, session: str, message: int) -> bool:
        return bool(
            self._row(
                "SELECT 1 FROM messages WHERE session = ? AND id = ? AND key LIKE 'import:%'",
                (session, message),
            )
        )

    def _insert(self, message: Message, depth: int, owner: str | None) -> None:
        """The rows of a new message, as it is."""
        self._execute(
            "INSERT INTO messages (session, id, seq, parent, depth, role, status, created, author,"
            " key, model, usage, sent, error, owner)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                message.session,
                message.id,
                message.seq,
                message.parent,
                depth,
                message.role,
                message.status,
                message.created,
                to_text_or_none(message.author),
                message.key,
                message.model,
                to_text_or_none(message.usage),
                to_text_or_none(message.sent),
                to_text_or_none(message.error),
                owner,
            ),
        )
        self._execute("INSERT INTO bodies VALUES (?, ?)", (message.id, to_text(message.parts)))
