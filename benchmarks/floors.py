"""A Jupyter server extension with the floors: bare handlers that keep nothing.

`servers` runs it in the process that is measured, beside jupyter_chatcore.
"""

from __future__ import annotations

import asyncio
import struct
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, cast

import msgspec
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.serverapp import ServerApp
from tokens import Order, Paced, batched, ending, frame, given, growth, message, source
from tornado.http1connection import HTTP1Connection
from tornado.iostream import IOStream
from tornado.web import authenticated
from tornado.websocket import WebSocketHandler

pages: dict[str, bytes] = {}
_threads = ThreadPoolExecutor(2)


class BareHandler(APIHandler):
    """A Jupyter server's handler that does one thing."""

    auth_resource = "chatcore"

    def argument(self, name: str) -> str:
        """A query parameter."""
        return str(self.get_query_argument(name))

    def order(self) -> Order:
        """The `order` that the query asks for."""
        return msgspec.json.decode(self.argument("order"), type=Order)


class PageHandler(BareHandler):
    """Sends the bytes it was given, after so many hops to a thread and back."""

    @authenticated
    @authorized
    async def get(self) -> None:
        """They, with the headers of a chat's page."""
        for _ in range(int(self.argument("hops"))):
            await asyncio.get_running_loop().run_in_executor(_threads, int)
        self.set_header("Cache-Control", "no-store")
        self.finish(pages[self.argument("name")])

    @authenticated
    async def put(self) -> None:
        """Take them."""
        pages[self.argument("name")] = self.request.body
        self.finish(b"{}")

    def compute_etag(self) -> None:
        """None, as the chat's handlers have none."""


class StreamHandler(BareHandler):
    """Streams the tokens; `batched` in the rhythm of a reply, or each with its own flush."""

    @authenticated
    async def get(self) -> None:
        """Tokens, then the whole message twice, as a reply's stream ends."""
        name, order = self.argument("name"), self.order()
        tokens = source(order, name)
        self.set_header("Content-Type", "text/event-stream")
        cast(HTTP1Connection, self.request.connection).stream.set_nodelay(True)
        await self.flush()
        seq, texts = 3, list[str]()
        async for text in batched(tokens) if self.argument("batched") == "1" else tokens:
            seq += 1
            texts.append(text)
            await self._send(frame(b"message", seq, growth(name, seq, text)))
        whole = "".join(texts)
        last = frame(b"message", seq, ending(name, seq, whole))
        await self._send(last + frame(b"done", seq, message(name, seq, whole)))

    async def _send(self, data: bytes) -> None:
        self.write(data)
        await self.flush()
        await asyncio.sleep(0)


class TabSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """A tab that gets what `FanHandler` publishes."""

    tabs: ClassVar[dict[str, set[TabSocket]]] = defaultdict(set)

    def set_default_headers(self) -> None:
        """None for an upgrade."""

    @ws_authenticated
    async def get(self) -> None:
        """Upgrade."""
        await super().get()

    def open(self) -> None:
        """Join."""
        self.set_nodelay(True)
        self.tabs[str(self.get_query_argument("name"))].add(self)

    def on_message(self, message: str | bytes) -> None:
        """Ignore it."""

    def on_close(self) -> None:
        """Leave."""
        for group in self.tabs.values():
            group.discard(self)


class FanHandler(BareHandler):
    """Frames each batch once and writes it to every tab, without waiting for any."""

    @authenticated
    async def get(self) -> None:
        """Tokens, then the whole message; answers when all of it is written."""
        name, seq, texts = self.argument("name"), 3, list[str]()
        async for text in batched(source(self.order(), name)):
            seq += 1
            texts.append(text)
            self._publish(name, growth(name, seq, text))
        self._publish(name, ending(name, seq + 1, "".join(texts)))
        self.finish(b"{}")

    def _publish(self, name: str, event: bytes) -> None:
        size = len(event) + 2
        if size < 126:
            head = struct.pack("!BB", 0x81, size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x81, 126, size)
        else:
            head = struct.pack("!BBQ", 0x81, 127, size)
        framed = head + b"[" + event + b"]"
        for tab in list(TabSocket.tabs[name]):
            stream_of(tab).write(framed)


def stream_of(tab: Any) -> IOStream:
    """The connection of a WebSocket handler."""
    stream: IOStream = tab.ws_connection.stream
    return stream


class NothingHandler(BareHandler):
    """Another request."""

    @authenticated
    async def get(self) -> None:
        """Nothing."""
        self.finish(b"{}")


class GivenHandler(BareHandler):
    """When the tokens of a stream were given, on the clock that all processes share."""

    @authenticated
    async def get(self) -> None:
        """The times, in seconds."""
        self.finish(msgspec.json.encode(given[self.argument("name")]))


class UnsentHandler(BareHandler):
    """How much the fullest WebSocket, ours or bare, holds that its tab has not taken."""

    @authenticated
    async def get(self) -> None:
        """Bytes: what is in Tornado's buffer; what the system holds is not the server's."""
        service: Any = self.settings["chatcore"]
        bare = [tab for group in TabSocket.tabs.values() for tab in group]
        tabs = [t for t in (*service.listeners, *bare) if getattr(t, "ws_connection", None)]
        sizes = [len(stream_of(tab)._write_buffer or b"") for tab in tabs]
        self.finish(msgspec.json.encode(max(sizes, default=0)))


class ReadyHandler(BareHandler):
    """Opens the chats and adds the assistant."""

    @authenticated
    async def post(self) -> None:
        """Do it once."""
        core = await self.settings["chatcore"].core()
        core.assistants.add(Paced())
        self.finish(b"{}")


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "floors"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    base = app.web_app.settings["base_url"] + "floors/"
    handlers = {
        "page": PageHandler,
        "stream": StreamHandler,
        "ws": TabSocket,
        "fan": FanHandler,
        "nothing": NothingHandler,
        "given": GivenHandler,
        "unsent": UnsentHandler,
        "ready": ReadyHandler,
    }
    served = [(base + name, kind) for name, kind in handlers.items()]
    app.web_app.add_handlers(".*$", served)  # type: ignore[no-untyped-call]
