"""A store, a feed and a whole core on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from jupyter_chatcore.api import NewSession
from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.parts import Part, TextPart
from jupyter_chatcore.protocol import Event, Message, TextAppend
from jupyter_chatcore.store import Store

CHAT = "chat"


def text(words: str) -> list[Part]:
    """Parts that say `words`."""
    return [TextPart(text=words)]


def said(message: Message) -> str:
    """The text of a message."""
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


def more(words: str, index: int = 0) -> TextAppend:
    """A delta that grows a part; the store places it."""
    return TextAppend(message=0, base=0, index=index, text=words)


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """A store with the empty chat `CHAT`, checked at the end."""
    store = Store(DatabaseConfig(path=path))
    with store.transaction():
        store.create_session(NewSession(), CHAT)
    try:
        yield store
        assert store.verify() == []
    finally:
        store.close()


@asynccontextmanager
async def feeding(path: Path, poll_seconds: float = 0.02) -> AsyncIterator[Feed]:
    """A feed over a database with the chat `CHAT`, checked at the end."""
    feed = Feed(DatabaseConfig(path=path), poll_seconds=poll_seconds)
    await feed.start()
    try:
        await feed.write(lambda store: store.create_session(NewSession(), CHAT))
        yield feed
        assert await feed.read(Store.verify) == []
    finally:
        await feed.close()


def unfinished(store: Store, owner: str = "somebody") -> Message:
    """A reply that was born and says nothing yet."""
    reply, _ = store.persist_message(CHAT, [], role="assistant", status="streaming", owner=owner)
    return reply


def seqs(events: list[Event]) -> list[int]:
    """The numbers of events."""
    return [event.seq for event in events]
