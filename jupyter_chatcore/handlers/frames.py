"""What goes into the streams: a chat's events, and how a stream ends, as bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

import msgspec

from ..api import ErrorBody
from ..protocol import Message, MessagePut
from ..sse import PING, encode
from .errors import explain

if TYPE_CHECKING:
    from ..feed import Feed
    from ..room import Batch

_json = msgspec.json.Encoder().encode
STOPPING = encode(
    "error",
    _json(ErrorBody(code="server_stopping", message="The server stops. Try again in a while.")),
)


async def event_frames(
    feed: Feed, session: str, after: int, ping: float
) -> AsyncGenerator[bytes, None]:
    """All that happens in a chat after the cursor; pings while nothing does."""
    async with aclosing(feed.watch(session, after, ping)) as batches:
        async for batch in batches:
            yield _frames(batch)


async def reply_frames(
    feed: Feed, session: str, after: int, reply: Message, ping: float
) -> AsyncGenerator[bytes, None]:
    """All that happens in a chat after the cursor, until the reply has ended.

    `reply` is as it was read at any time after the cursor: one that had ended by then
    brings no event any more if the cursor is past its end.
    """
    if reply.status != "streaming" and reply.seq <= after:
        yield ending(reply)
        return
    async with aclosing(feed.watch(session, after, ping)) as batches:
        async for batch in batches:
            if final := _final(batch, reply.id):
                yield _frames(batch) + ending(final)
                return
            yield _frames(batch)
    gone = ErrorBody(code="not_found", message="The chat was deleted.", id=reply.id)
    yield encode("error", _json(gone), reply.seq)


async def guarded(
    frames: AsyncGenerator[bytes, None], log: Callable[[Exception], None]
) -> AsyncGenerator[bytes, None]:
    """The frames; an error on the way becomes the last one, for it can be no status any more."""
    try:
        async for frame in frames:
            yield frame
    except Exception as error:
        log(error)
        yield encode("error", _json(explain(error)))


def ending(reply: Message) -> bytes:
    """The last frame of a reply: `done`, or `error` where it failed."""
    if reply.status != "failed":
        return encode("done", _json(reply), reply.seq)
    why = reply.error
    body = ErrorBody(
        code=why.code if why else "failed",
        message=why.message if why else "The assistant failed.",
        id=reply.id,
    )
    return encode("error", _json(body), reply.seq)


def _frames(batch: Batch) -> bytes:
    if not batch:
        return PING
    return b"".join(encode("message", stored.data, stored.seq) for stored in batch.events)


def _final(batch: Batch, reply: int) -> Message | None:
    for stored in batch.events:
        change = stored.event.change
        if isinstance(change, MessagePut) and change.message.id == reply:
            return None if change.message.status == "streaming" else change.message
    return None
