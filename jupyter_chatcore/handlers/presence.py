"""Who is there: told to the tabs that are open now on this server, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import msgspec

from ..protocol import Author

_encode = msgspec.json.Encoder().encode


class Reader(Protocol):
    """A tab that watches a chat."""

    @property
    def username(self) -> str:
        """Whose tab it is."""

    def tell(self, payload: bytes) -> None:
        """Pass on what is only worth something now; a tab that is busy may miss it."""


class Presence:
    """The tabs of each chat."""

    def __init__(self) -> None:
        self._readers: dict[str, set[Reader]] = {}

    @contextmanager
    def reading(self, session: str, reader: Reader) -> Iterator[None]:
        """While this lasts, the tab is told what others do in the chat."""
        there = self._readers.setdefault(session, set())
        there.add(reader)
        try:
            yield
        finally:
            there.discard(reader)
            if not there and self._readers.get(session) is there:
                del self._readers[session]

    def typing(self, session: str, author: Author) -> None:
        """Tell the others that somebody writes a message."""
        payload = _encode({"typing": author})
        for reader in list(self._readers.get(session, ())):
            if reader.username != author.username:
                reader.tell(payload)
