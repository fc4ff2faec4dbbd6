"""The WebSocket that tabs watch a chat by.

Each socket has one writer, which takes a batch, writes it and waits until it is on its
way. So a tab that stalls holds one batch, and when it comes back it gets what happened
meanwhile in fewer, larger ones.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import lru_cache
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol13

from ..cursor import check_cursor, starting_point
from ..errors import BadRequest, ChatcoreError, CursorAhead, NotFound
from .base import AUTH_RESOURCE, author_of
from .errors import ErrorsAsJson, log_failure
from .query import AfterQuery, decode_query
from .route import Route, check_session
from .service import Service

if TYPE_CHECKING:
    from ..room import Batch

GOING_AWAY = 1001
STORE_FAILED = 1011
BAD_REQUEST = 4400
NOT_FOUND = 4404
CURSOR_AHEAD = 4409
DELETED = 4410

_MAX_INCOMING = 4096
_MAX_REASON = 123
_PING_SECONDS = 30
_CODES: list[tuple[type[ChatcoreError], int]] = [
    (BadRequest, BAD_REQUEST),
    (NotFound, NOT_FOUND),
    (CursorAhead, CURSOR_AHEAD),
]


class BatchSocket(WebSocketMixin, WebSocketHandler, ErrorsAsJson):
    """Sends JSON arrays of events, oldest first; `[]` while nothing happens."""

    auth_resource = AUTH_RESOURCE
    _writer: asyncio.Task[None] | None = None

    def initialize(self, route: Route) -> None:
        """Called by Tornado with the route that led here."""
        self.route = route

    def set_default_headers(self) -> None:
        """None: most have no meaning for an upgrade, and Tornado refuses some."""

    @property
    def allowed(self) -> list[str]:
        """The methods that this address takes."""
        return list(self.route.operations)

    # One rhythm of pings, Tornado's, in place of that and the mixin's.
    @property
    def ping_interval(self) -> float:
        """Seconds between pings, which find connections that died without a word."""
        return self.settings.get("websocket_ping_interval") or _PING_SECONDS

    @property
    def ping_timeout(self) -> float | None:
        """Seconds to wait for the answer to a ping; None is as long as the interval."""
        return self.settings.get("websocket_ping_timeout") or None

    @property
    def max_message_size(self) -> int:
        """Clients have nothing to say here, so little is let in."""
        return _MAX_INCOMING

    def get_compression_options(self) -> None:
        """None: for small deltas it would cost more than it saves, for every tab again."""

    def open(self, **path: str) -> None:
        """The connection stands: start to watch."""
        self.set_nodelay(True)
        self._service.listeners.add(self)
        self._writer = asyncio.ensure_future(self._run())

    def batches(self) -> AsyncGenerator[Batch, None]:
        """What is to be sent, for as long as somebody listens."""
        raise NotImplementedError

    def on_message(self, message: str | bytes) -> None:
        """Ignore whatever a client says."""

    def on_close(self) -> None:
        """The client has gone, or was dead: stop watching."""
        self._service.listeners.discard(self)
        if self._writer is not None:
            self._writer.cancel()

    def dismiss(self) -> None:
        """The server stops: the client will come back when it is there again."""
        if self._writer is not None:
            self._writer.cancel()
        self.close(GOING_AWAY, "The server stops.")

    @property
    def _service(self) -> Service:
        service: Service = self.settings["chatcore"]
        return service

    async def _run(self) -> None:
        try:
            async with aclosing(self.batches()) as batches:
                async for batch in batches:
                    await self._send(batch.frame)
            self.close(DELETED, "The chat was deleted.")
        except (StreamClosedError, WebSocketClosedError):
            self.log.debug("%s left", self.request.path)
        except Exception as error:
            log_failure(self.log, f"WS {self.request.path}", error)
            self.close(close_code(error), close_reason(error))

    @property
    def _after(self) -> int | None:
        return decode_query(self.request.query_arguments, AfterQuery).after

    async def _send(self, payload: bytes) -> None:
        connection = self.ws_connection
        if not isinstance(connection, WebSocketProtocol13) or connection.is_closing():
            raise WebSocketClosedError
        await connection.stream.write(text_frame(payload))


class EventsSocket(BatchSocket):
    """`chat/{session}/ws`: what happens in a chat.

    What is only worth something now comes as an object: `{"typing": Author}`.
    """

    @ws_authenticated
    @authorized
    async def get(self, session: str) -> None:
        """Upgrade; both checks come before it, and the origin's in Tornado's."""
        await super().get(session=session)

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Everything that happens in the chat."""
        session = check_session(self.path_kwargs["session"])
        after, feed = self._after, (await self._service.core()).feed
        start = await feed.read(lambda store: starting_point(store, session, after))
        watch = feed.watch(session, start, self._service.ping_seconds)
        with self._service.presence.reading(session, self):
            async with aclosing(watch) as batches:
                async for batch in batches:
                    yield batch

    @property
    def username(self) -> str:
        """Whose tab it is."""
        return author_of(self.current_user).username

    def tell(self, payload: bytes) -> None:
        """Write what is only worth something now, unless the tab lags behind anyway."""
        connection = self.ws_connection
        if not isinstance(connection, WebSocketProtocol13) or connection.is_closing():
            return
        if not connection.stream.writing():
            connection.stream.write(text_frame(payload))


class ListSocket(BatchSocket):
    """`ws`: what happens to all chats, as the list of the user shows them."""

    @ws_authenticated
    @authorized
    async def get(self) -> None:
        """Upgrade; both checks come before it, and the origin's in Tornado's."""
        await super().get()

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """Every chat that changes."""
        after, feed = self._after, (await self._service.core()).feed
        start = await feed.read(lambda store: check_cursor(store, after))
        user = author_of(self.current_user).username
        async with aclosing(feed.watch_list(user, start, self._service.ping_seconds)) as batches:
            async for batch in batches:
                yield batch


@lru_cache(maxsize=8)
def text_frame(payload: bytes) -> bytes:
    """The payload as one unmasked text frame, made once for all the tabs that get it.

    `write_message` would frame it anew for each, and wrap each write in a task.
    """
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", 0x81, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


def close_code(error: Exception) -> int:
    """The code that tells a client what to do: ask for a fresh page, give up, try again."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), STORE_FAILED)


def close_reason(error: Exception) -> str:
    """A text for people that fits into a close frame."""
    text = error.message if isinstance(error, ChatcoreError) else "The server failed."
    return text.encode()[:_MAX_REASON].decode(errors="ignore")
