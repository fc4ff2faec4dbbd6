"""The replies that are being written, by whom, and what a server that is gone has left of them."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NamedTuple

import msgspec

from .parts import open_requests
from .protocol import Message
from .records import RecordTable
from .rows import MESSAGE_COLUMNS, to_message, to_text


class Left(NamedTuple):
    """A reply that asks for permission, and the settings that its question came with."""

    message: Message
    settings: dict[str, Any]


class UnfinishedTable(RecordTable):
    """The verbs of replies that have not ended."""

    def unfinished(self, session: str, before: int) -> bool:
        """Whether an older message of the chat is still being written."""
        return bool(
            self._row(
                "SELECT 1 FROM messages WHERE status = 'streaming' AND session = ? AND id < ?",
                (session, before),
            )
        )

    def owners(self) -> set[str]:
        """The servers that have unfinished replies or copies of chats, dead or alive."""
        rows = self._rows(
            "SELECT owner FROM messages WHERE status = 'streaming' UNION SELECT owner FROM forks"
        )
        return {row[0] for row in rows}

    def ask_to_stop(self, session: str, replies: Sequence[int]) -> None:
        """Leave word for another server, which writes the replies, to stop them."""
        for reply in replies:
            self._execute(
                "UPDATE messages SET stop = 1"
                " WHERE session = ? AND id = ? AND status = 'streaming'",
                (session, reply),
            )

    def asked_to_stop(self, owner: str) -> list[int]:
        """The replies of this owner that another server wants stopped."""
        rows = self._rows(
            "SELECT id FROM messages WHERE status = 'streaming' AND owner = ? AND stop", (owner,)
        )
        return [row[0] for row in rows]

    def left(self, owner: str, but: Container[int]) -> list[Left]:
        """The replies of this owner that ask for permission, without those of the ids `but`."""
        rows = self._rows(
            f"SELECT {MESSAGE_COLUMNS}, settings FROM whole_messages"
            " WHERE status = 'streaming' AND owner = ?",
            (owner,),
        )
        found = [
            Left(self._live(to_message(row[:-1])), msgspec.json.decode(row[-1] or "{}"))
            for row in rows
            if row[0] not in but
        ]
        return [each for each in found if open_requests(each.message.parts)]

    def _without(self, gone: set[str]) -> list[Message]:
        """The unfinished replies of servers that are gone, as they are so far."""
        rows = self._rows(
            f"SELECT {MESSAGE_COLUMNS}, owner FROM whole_messages WHERE status = 'streaming'"
        )
        return [self._live(to_message(row[:-1])) for row in rows if row[-1] in gone]

    def _give(self, message: Message, heir: str) -> None:
        """Another server writes the reply from now on."""
        self._execute(
            "UPDATE messages SET owner = ? WHERE session = ? AND id = ?",
            (heir, message.session, message.id),
        )

    def _keep_settings(self, message: Message, settings: dict[str, Any]) -> None:
        self._execute(
            "UPDATE messages SET settings = ? WHERE session = ? AND id = ?",
            (to_text(settings), message.session, message.id),
        )
