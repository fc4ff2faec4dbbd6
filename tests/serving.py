"""A Jupyter server with the extension, as a client in the same event loop sees it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
from scripted import Scripted
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from jupyter_chatcore.app import ChatcoreApp
from jupyter_chatcore.protocol import Event, Message
from jupyter_chatcore.sse import Decoder, ServerEvent

PATIENCE = 15.0


@dataclass
class Served:
    """The running extension, its scripted assistant, and ways to ask it."""

    app: ChatcoreApp
    url: str
    token: str
    scripted: Scripted
    sockets: list[Socket] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """The file of the chats."""
        return Path(self.app.db_path)

    @property
    def auth(self) -> dict[str, str]:
        """The headers that show who asks."""
        return {"Authorization": f"token {self.token}"}

    async def ask(self, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """One request with the token; `body` is sent as JSON, bytes as they are."""
        headers = {**self.auth, **options.pop("headers", {})}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            options["content"] = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.raw(method, path, headers=headers, **options)

    async def raw(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request as it is given."""
        async with self.client() as client:
            return await client.request(method, f"{self.url}{path}", **options)

    def client(self) -> httpx.AsyncClient:
        """A client of its own connection."""
        # without certificates to read: it is slow, and impossible for a user without rights
        return httpx.AsyncClient(timeout=PATIENCE, trust_env=False, verify=False)

    async def chat(self, session: str = "chat") -> str:
        """A chat that the scripted assistant answers."""
        made = await self.ask("PUT", f"sessions/{session}", {"assistant": "scripted"})
        assert made.is_success, made.text
        return session

    async def posted(self, session: str, text: str, **more: Any) -> dict[str, int]:
        """A message is sent and answered in the background; the ids."""
        answer = await self.ask(
            "POST",
            f"chat/{session}",
            {"text": text, **more},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 202, answer.text
        ids: dict[str, int] = answer.json()
        return ids

    async def message(self, session: str, mid: int) -> Message:
        """A message as it is stored."""
        answer = await self.ask("GET", f"chat/{session}/messages/{mid}")
        return msgspec.json.decode(answer.content, type=Message)

    async def ended(self, session: str, mid: int) -> Message:
        """A reply once it has ended."""
        return await self.shown(session, mid, lambda message: message.status != "streaming")

    async def shown(self, session: str, mid: int, ready: Callable[[Message], bool]) -> Message:
        """A message once it is as it should be."""
        core = await self.app.core()
        message = await self.message(session, mid)
        async with (
            asyncio.timeout(PATIENCE),
            aclosing(core.feed.watch(session, message.seq)) as news,
        ):
            while not ready(message):
                await anext(news)
                message = await self.message(session, mid)
        return message

    @asynccontextmanager
    async def stream(
        self, path: str, body: Any = None, **headers: str
    ) -> AsyncIterator[EventStream]:
        """An answer as a stream; leaving the block closes the connection."""
        method = "GET" if body is None else "POST"
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        if body is not None:
            named["Content-Type"] = "application/json"
        async with (
            self.client() as client,
            client.stream(
                method,
                f"{self.url}{path}",
                content=None if body is None else msgspec.json.encode(body),
                headers={**self.auth, **named},
            ) as response,
        ):
            yield EventStream(response)

    async def socket(self, path: str, **headers: str) -> Socket:
        """A WebSocket, with the token.

        Raises:
            HTTPClientError: the handshake is refused.
        """
        address = f"ws{self.url.removeprefix('http')}{path}"
        request = HTTPRequest(address, headers={**self.auth, **headers})
        tab = Socket(await websocket_connect(request))
        self.sockets.append(tab)
        return tab

    def dump(self) -> list[str]:
        """All that is in the database, as SQL; nothing where there is none."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(self.database)) as database:
            return list(database.iterdump())


class EventStream:
    """The events of an answer, as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.text = b""
        self._decoder = Decoder()
        self._chunks = response.aiter_raw()
        self._events: list[ServerEvent] = []

    async def next(self) -> ServerEvent | None:
        """The next event; None at the end."""
        async with asyncio.timeout(PATIENCE):
            while not self._events:
                chunk = await anext(self._chunks, None)
                if chunk is None:
                    return None
                self.text += chunk
                self._events += self._decoder.feed(chunk)
        return self._events.pop(0)

    async def rest(self) -> list[ServerEvent]:
        """All events to the end."""
        found = []
        while (event := await self.next()) is not None:
            found.append(event)
        return found

    async def until(self, text: str) -> list[ServerEvent]:
        """The events up to the first whose data has this text."""
        found: list[ServerEvent] = []
        while not found or text not in found[-1].data:
            event = await self.next()
            assert event is not None, f"the stream ended before {text!r}"
            found.append(event)
        return found

    async def comment(self) -> None:
        """Wait for a sign of life."""
        async with asyncio.timeout(PATIENCE):
            while b": ping\n\n" not in self.text:
                self.text += await anext(self._chunks)


class Socket:
    """A tab's WebSocket."""

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection

    async def next(self) -> list[Event] | None:
        """The next batch; None once it is closed."""
        async with asyncio.timeout(PATIENCE):
            frame = await self.connection.read_message()
        return None if frame is None else msgspec.json.decode(frame, type=list[Event])

    async def until(self, seq: int) -> list[Event]:
        """All events up to this number."""
        events: list[Event] = []
        while not events or events[-1].seq < seq:
            batch = await self.next()
            assert batch is not None, self.code
            events += batch
        return events

    async def closed(self) -> int | None:
        """The code that it is closed with, whatever comes before."""
        while await self.next() is not None:
            continue
        return self.code

    @property
    def code(self) -> int | None:
        """The code that it was closed with."""
        return self.connection.close_code

    def close(self) -> None:
        """Leave."""
        self.connection.close()
