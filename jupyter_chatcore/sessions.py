"""The table of chats."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
from msgspec import UNSET

from .api import NewSession, SessionPatch
from .connection import Connection, now
from .errors import Conflict, Invalid, NotFound
from .protocol import Session, SessionPut
from .rows import SESSION_COLUMNS, to_session, to_text

_NOTEBOOK_KEY = "notebook:"


class SessionTable(Connection):
    """Makes, finds, changes and deletes chats."""

    def get_session(self, session: str) -> Session:
        """The chat.

        Raises:
            NotFound: there is none of this id, or it was deleted.
        """
        found = self.find_session(session)
        if found is None or found.deleted:
            raise NotFound(f"There is no chat {session!r}; PUT sessions/{session} makes one.")
        return found

    def find_session(self, session: str) -> Session | None:
        """The chat, also a deleted one, or None."""
        row = self._row(f"SELECT {SESSION_COLUMNS} FROM sessions WHERE id = ?", (session,))
        return to_session(row) if row else None

    def create_session(self, new: NewSession, session: str | None = None) -> tuple[Session, bool]:
        """The chat with this id or key, made if there is none; and whether it was made now.

        Raises:
            Conflict: the key belongs to a chat with another id.
        """
        found = self._known(new, session)
        if found is not None:
            return found, False
        seq, time = self._tick(), now()
        made = Session(
            id=session or secrets.token_hex(8),
            birth=seq,
            seq=seq,
            active=seq,
            title=new.title or session or "New chat",
            created=time,
            updated=time,
            assistant=new.assistant,
            notebook=new.notebook,
            settings=new.settings,
            named=new.title is not None,
        )
        self._execute("DELETE FROM sessions WHERE id = ? AND deleted", (made.id,))
        self._execute(
            f"INSERT INTO sessions ({SESSION_COLUMNS}, touched, key) VALUES (?{', ?' * 17})",
            (*self._values(made), seq, new.key),
        )
        self._emit(seq, made.id, SessionPut(session=made))
        return made, True

    def patch_session(self, session: str, patch: SessionPatch) -> Session:
        """The chat after the change; what the patch leaves out stays.

        Raises:
            NotFound: there is no such chat.
            Invalid: `head` or `branch` is no message of it.
        """
        found = self.get_session(session)
        given = {
            name: value
            for name in patch.__struct_fields__
            if (value := getattr(patch, name)) is not UNSET
        }
        if "branch" in given:
            given["head"] = self._newest_leaf(session, given.pop("branch"))
        if "head" in given:
            given["count"] = self.get_depth(session, given["head"])
        if "title" in given:
            given["named"] = True
        return self._put_session(msgspec.structs.replace(found, **given))

    def entitle(self, session: str, title: str) -> bool:
        """Give the chat a title made up from what is said in it; one that is named keeps its own.

        Returns whether it was taken.
        """
        found = self.find_session(session)
        if found is None or found.deleted or found.named or found.title == title:
            return False
        self._put_session(msgspec.structs.replace(found, title=title))
        return True

    def _newest_leaf(self, session: str, message: int) -> int:
        """The end of the branch that goes on from a message by its newest answers."""
        row = self._row(
            "WITH RECURSIVE down (id) AS (SELECT ? UNION ALL SELECT"
            " (SELECT max(m.id) FROM messages m WHERE m.session = ? AND m.parent = down.id)"
            " FROM down WHERE down.id IS NOT NULL) SELECT max(id) FROM down",
            (message, session),
        )
        return int(row[0]) if row else message

    def delete_session(self, session: str) -> None:
        """Delete the chat with its messages for good; its row stays as a tombstone.

        Raises:
            NotFound: there is no such chat.
        """
        found = self.get_session(session)
        self._forget_messages(session)
        self._execute("DELETE FROM seen WHERE session = ?", (session,))
        self._execute("UPDATE sessions SET key = NULL, last = '' WHERE id = ?", (session,))
        self._put_session(
            msgspec.structs.replace(
                found,
                title="",
                notebook=None,
                settings={},
                head=None,
                count=0,
                pinned=False,
                archived=False,
                deleted=True,
            )
        )

    def _forget_messages(self, session: str) -> None:
        ids = "(SELECT id FROM messages WHERE session = ?)"
        self._execute(f"DELETE FROM search WHERE rowid IN {ids}", (session,))
        self._execute(f"DELETE FROM bodies WHERE id IN {ids}", (session,))
        self._execute(f"DELETE FROM decisions WHERE message IN {ids}", (session,))
        self._execute("DELETE FROM deltas WHERE session = ?", (session,))
        self._execute("DELETE FROM messages WHERE session = ?", (session,))

    def move_notebook(self, old: str, new: str) -> None:
        """A notebook, or a folder of them, was renamed: its chats follow."""
        rows = self._rows(
            f"SELECT {SESSION_COLUMNS} FROM sessions"
            " WHERE NOT deleted AND (notebook = ? OR substr(notebook, 1, ?) = ?)",
            (old, len(old) + 1, f"{old}/"),
        )
        for found in map(to_session, rows):
            was = found.notebook or ""
            now_at = new + was[len(old) :]
            self._move_key(found.id, _NOTEBOOK_KEY + was, _NOTEBOOK_KEY + now_at)
            self._put_session(msgspec.structs.replace(found, notebook=now_at))

    def _move_key(self, session: str, old: str, new: str) -> None:
        """Rename the chat's key; where another chat has the new one, it is left with none."""
        self._execute(
            "UPDATE OR IGNORE sessions SET key = ? WHERE id = ? AND key = ?", (new, session, old)
        )
        self._execute("UPDATE sessions SET key = NULL WHERE id = ? AND key = ?", (session, old))

    def _known(self, new: NewSession, session: str | None) -> Session | None:
        """The chat that a request to make one means, if it is there."""
        row = new.key and self._row(
            f"SELECT {SESSION_COLUMNS} FROM sessions WHERE key = ?", (new.key,)
        )
        by_key = to_session(row) if row else None
        if session is None:
            return by_key
        if by_key is not None and by_key.id != session:
            raise Conflict(f"The key belongs to the chat {by_key.id!r}; leave it out.")
        found = self.find_session(session)
        return None if found is None or found.deleted else found

    def _put_session(self, session: Session, updated: str | None = None) -> Session:
        seq = self._tick()
        put = msgspec.structs.replace(session, seq=seq, updated=updated or now())
        columns = ", ".join(f"{name} = ?" for name in SESSION_COLUMNS.split(", "))
        self._execute(
            f"UPDATE sessions SET {columns}, touched = ? WHERE id = ?",
            (*self._values(put), seq, session.id),
        )
        self._emit(seq, put.id, SessionPut(session=put))
        return put

    def get_depth(self, session: str, message: int) -> int:
        """How many messages the branch has that ends at this one.

        Raises:
            Invalid: there is no such message.
        """
        row = self._row(
            "SELECT depth FROM messages WHERE session = ? AND id = ?", (session, message)
        )
        if row is None:
            raise Invalid(f"There is no message {message} in chat {session!r} to go on from.")
        depth: int = row[0]
        return depth

    @staticmethod
    def _values(session: Session) -> tuple[Any, ...]:
        return (
            session.id,
            session.birth,
            session.seq,
            session.active,
            session.title,
            session.created,
            session.updated,
            session.count,
            session.head,
            session.assistant,
            session.notebook,
            to_text(session.settings),
            session.named,
            session.pinned,
            session.archived,
            session.deleted,
        )
