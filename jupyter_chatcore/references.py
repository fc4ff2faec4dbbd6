"""Which files the messages show, so that no other is kept for ever."""

from __future__ import annotations

from collections.abc import Iterator

from .connection import Connection
from .filetypes import digests_in

_STEP = 20_000
"""How many numbers of messages are looked through at a time."""


def spans(store: Connection) -> list[tuple[int, int]]:
    """The numbers that messages may have, in steps that others need not wait long for."""
    newest = store.clock()
    return [(low, low + _STEP) for low in range(0, newest + 1, _STEP)]


def shown_files(store: Connection, span: tuple[int, int]) -> set[str]:
    """The digests of the files that the messages of a span show."""
    return set().union(*map(digests_in, _texts(store, span)))


def _texts(store: Connection, span: tuple[int, int]) -> Iterator[str]:
    queries = (
        "SELECT parts FROM bodies WHERE id >= ? AND id < ? AND instr(parts, 'chatcore/files/')",
        "SELECT change FROM deltas"
        " WHERE message >= ? AND message < ? AND instr(change, 'chatcore/files/')",
    )
    for query in queries:
        for (text,) in store.db.execute(query, span):
            yield text
