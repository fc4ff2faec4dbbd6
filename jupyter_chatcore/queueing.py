"""Replies of one chat run one after another, also those of other servers."""

from __future__ import annotations

from contextlib import aclosing

from .feed import Feed
from .protocol import Change, Message, MessagePut
from .room import Batch


async def turn_comes(feed: Feed, reply: Message) -> None:
    """Wait until no older reply of the chat is being written.

    Raises:
        NotFound: the chat was deleted.
        StoreError: the database cannot go on.
    """
    session, mid = reply.session, reply.id
    busy, clock = await feed.read(lambda store: (store.unfinished(session, mid), store.clock()))
    if not busy:
        return
    async with aclosing(feed.watch(session, clock)) as news:
        async for batch in news:
            if _may_end(batch) and not await feed.read(lambda s: s.unfinished(session, mid)):
                return


def _may_end(batch: Batch) -> bool:
    """Whether an older reply may have ended by now; an empty batch is a time to look."""
    return not batch or any(_is_end(stored.event.change) for stored in batch.events)


def _is_end(change: Change) -> bool:
    return isinstance(change, MessagePut) and change.message.status != "streaming"
