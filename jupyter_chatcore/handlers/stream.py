"""Answers that are streams: a reply as it is written, and a chat's events for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ..api import Ask, Posted, Regenerate
from ..cursor import starting_point
from .base import ChatHandler, checked
from .errors import log_failure
from .frames import STOPPING, event_frames, guarded, reply_frames
from .query import AfterQuery
from .route import check_seq

if TYPE_CHECKING:
    from ..core import ChatCore


class StreamHandler(ChatHandler):
    """Sends frames as they come, for as long as the client is there."""

    _sending: asyncio.Task[None] | None = None

    async def stream(self, frames: AsyncGenerator[bytes, None]) -> None:
        """Answer with these frames; returns when they end or the client has left."""
        self._sending = asyncio.ensure_future(self._send(frames))
        self.service.listeners.add(self)
        await asyncio.wait([self._sending])
        self.service.listeners.discard(self)
        if not self._sending.cancelled():
            self._sending.result()

    def on_connection_close(self) -> None:
        """The client has left: stop watching. Whatever is being answered goes on."""
        super().on_connection_close()
        if self._sending is not None:
            self._sending.cancel()

    def dismiss(self) -> None:
        """The server stops: the stream ends with an error, not with a broken connection."""
        if self._sending is not None and self._sending.cancel():
            self.write(STOPPING)

    async def _send(self, frames: AsyncGenerator[bytes, None]) -> None:
        self._start()
        log = partial(log_failure, self.log, f"{self.request.method} {self.request.path}")
        try:
            await self.flush()
            async with aclosing(guarded(frames, log)) as safe:
                async for frame in safe:
                    self.write(frame)
                    await self.flush()
                    # A flush that need not wait does not yield, and would starve the rest.
                    await asyncio.sleep(0)
        except StreamClosedError:
            self.log.debug("%s left", self.request.path)

    def _start(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Accel-Buffering", "no")
        connection = self.request.connection
        if isinstance(connection, HTTP1Connection):
            # Small frames must not wait for the acknowledgement of the ones before.
            connection.stream.set_nodelay(True)

    def last_event_id(self) -> int | None:
        """Where the client's last stream broke.

        Raises:
            BadRequest: it is no id of ours.
        """
        given = self.request.headers.get("Last-Event-ID", "")
        return check_seq(given, "Last-Event-ID") if given else None

    async def start_after(self, core: ChatCore, session: str, after: int | None) -> int:
        """Where to watch from; None is now.

        Raises:
            NotFound, CursorAhead: before the stream has begun, while they can be a status.
        """
        return await core.feed.read(lambda store: starting_point(store, session, after))


class ReplyHandler(StreamHandler):
    """What starts a reply answers with its stream, or with its ids if only JSON is accepted."""

    async def resume_after(self, core: ChatCore, session: str) -> int | None:
        """Where a repeated request goes on; checked before anything is done."""
        after = self.last_event_id()
        return None if after is None else await self.start_after(core, session, after)

    async def answer(self, core: ChatCore, session: str, posted: Posted, after: int | None) -> None:
        """Answer with the reply's stream from `after`, or from its beginning."""
        reply_id = posted.reply
        if reply_id is None or self._wants_json():
            self.respond(posted, 202)
            return
        reply = await core.feed.read(lambda store: store.get_message(session, reply_id))
        start = posted.cursor if after is None else after
        ping = self.service.ping_seconds
        await self.stream(reply_frames(core.feed, session, start, reply, ping))

    def _wants_json(self) -> bool:
        accept = self.request.headers.get("Accept", "")
        return "application/json" in accept and "text/event-stream" not in accept


class AskHandler(ReplyHandler):
    """`chat/{session}`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str) -> None:
        """Store a user's message and have it answered."""
        ask = self.body(Ask)
        core = await self.core()
        after = await self.resume_after(core, session)
        posted = await core.replies.ask(session, ask, self.author)
        await self.answer(core, session, posted, after)


class RegenerateHandler(ReplyHandler):
    """`chat/{session}/messages/{mid}/regenerate`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str, mid: int) -> None:
        """Have another answer, beside the first."""
        again = self.body(Regenerate)
        core = await self.core()
        after = await self.resume_after(core, session)
        posted = await core.replies.regenerate(session, mid, again, self.author)
        await self.answer(core, session, posted, after)


class EventsHandler(StreamHandler):
    """`chat/{session}/events`"""

    @authenticated
    @authorized
    @checked
    async def get(self, session: str) -> None:
        """Everything that happens in a chat, live."""
        after = self.last_event_id()
        given = self.query(AfterQuery).after if after is None else after
        core = await self.core()
        start = await self.start_after(core, session, given)
        await self.stream(event_frames(core.feed, session, start, self.service.ping_seconds))
