"""Clients that do nothing but note what came when: a stream's reader, and a tab's socket.

What they got is decoded after the run, so that the measuring costs little meanwhile.
"""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
import time
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
from servers import PATIENCE, Server

from jupyter_chatcore.parts import TextPart
from jupyter_chatcore.protocol import Event, Message, MessagePut, PartPut, TextAppend
from jupyter_chatcore.sse import Decoder

_ENDED = b'"role":"assistant","status":"done"'
_decode_events = msgspec.json.Decoder(list[Event]).decode
_decode_event = msgspec.json.Decoder(Event).decode
R = TypeVar("R", bound="Recorder")


class Came(NamedTuple):
    """A piece of data and when it had come, on the clock that all processes share."""

    at: float
    data: bytes


class Recorder(asyncio.Protocol, ABC):
    """One request on a connection of its own; `came` has the pieces of the answer's body.

    `size` counts its bytes as they are on the wire.
    """

    def __init__(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.came: list[Came] = []
        self.size = 0
        self.begun: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.transport: asyncio.Transport
        self._request = request
        self._data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Note it."""
        now = time.monotonic()
        self._data += data
        if not self.begun.done():
            if (end := self._data.find(b"\r\n\r\n")) < 0:
                return
            self._begin(bytes(self._data[:end]))
            del self._data[: end + 4]
            data = bytes(self._data)
        self.size += len(data)
        while (piece := self._take()) is not None:
            self.came.append(Came(now, piece))
            if self.is_last(piece) and not self.ended.done():
                self.ended.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing more will come."""
        for future in (self.begun, self.ended):
            if not future.done():
                future.set_exception(ConnectionError("the server hung up"))
                future.exception()

    def close(self) -> None:
        """Hang up."""
        self.transport.abort()

    @abstractmethod
    def is_last(self, piece: bytes) -> bool:
        """Whether the answer ends with it."""

    @abstractmethod
    def growth(self) -> list[tuple[float, int]]:
        """When so many characters of the answer's text had come."""

    @abstractmethod
    def split(self, data: bytearray) -> tuple[int, int] | None:
        """Where the first whole piece of the data begins and ends, in it, if there is one."""

    def _begin(self, head: bytes) -> None:
        status = int(head.split(b" ", 2)[1])
        if status in (101, 200):
            self.begun.set_result(None)
        else:
            self.begun.set_exception(RuntimeError(head.decode(errors="replace")))

    def _take(self) -> bytes | None:
        span = self.split(self._data)
        if span is None:
            return None
        piece = bytes(self._data[span[0] : span[1]])
        del self._data[: span[1] + self.trailer]
        return piece

    trailer = 0


class StreamReader(Recorder):
    """Reads server-sent events; a piece is one chunk, which is one flush of the server's."""

    trailer = 2

    def split(self, data: bytearray) -> tuple[int, int] | None:
        """A chunk: its size in a line, then so many bytes."""
        line = data.find(b"\r\n")
        if line < 0:
            return None
        end = line + 2 + int(data[:line], 16)
        return (line + 2, end) if len(data) >= end + 2 else None

    def is_last(self, piece: bytes) -> bool:
        """The empty chunk."""
        return not piece

    def growth(self) -> list[tuple[float, int]]:
        """By the events."""
        decoder = Decoder()
        found = [(at, event) for at, data in self.came for event in decoder.feed(data)]
        events = [(at, _decode_event(e.data.encode())) for at, e in found if e.event == "message"]
        return grown(events)


class Tab(Recorder):
    """Watches over a WebSocket; a piece is one frame."""

    def split(self, data: bytearray) -> tuple[int, int] | None:
        """A frame from a server: it has no mask, and is whole."""
        if len(data) < 2:
            return None
        start, size = 2, data[1]
        if size == 126:
            start, size = 4, int.from_bytes(data[2:4], "big")
        elif size == 127:
            start, size = 10, int.from_bytes(data[2:10], "big")
        if len(data) < start + size:
            return None
        if data[0] == 0x89:
            self._pong(bytes(data[start : start + size]))
        return start, start + size

    def is_last(self, piece: bytes) -> bool:
        """The put that ends the reply."""
        return _ENDED in piece

    def growth(self) -> list[tuple[float, int]]:
        """By the events."""
        frames = [(at, data) for at, data in self.came if data.startswith(b"[")]
        return grown([(at, event) for at, data in frames for event in _decode_events(data)])

    def stall(self) -> None:
        """Read nothing any more."""
        self.transport.pause_reading()

    def _pong(self, data: bytes) -> None:
        self.transport.write(struct.pack("!BBI", 0x8A, 0x80 | len(data), 0) + data)


def grown(events: Sequence[tuple[float, Event]]) -> list[tuple[float, int]]:
    """How many characters the answer had at which time."""
    found, length = list[tuple[float, int]](), 0
    for at, event in events:
        match event.change:
            case TextAppend(text=text):
                length += len(text)
            case PartPut(part=TextPart(text=text)):
                length = len(text)
            case MessagePut(message=Message(role="assistant", parts=[TextPart(text=text)])):
                length = len(text)
            case _:
                continue
        found.append((at, length))
    return found


def latencies(
    given: Sequence[float], size: int, growth: Sequence[tuple[float, int]]
) -> list[float]:
    """For each token of `size` characters, the seconds from when it was given to when it came."""
    lengths = [length for _, length in growth]
    # the first entry that is long enough for the token
    firsts = (bisect_right(lengths, (n + 1) * size - 1) for n in range(len(given)))
    return [growth[first][0] - at for at, first in zip(given, firsts, strict=True)]


async def ask(server: Server, chat: str, order: bytes) -> StreamReader:
    """Ask for tokens and read the reply's stream."""
    body = msgspec.json.encode({"text": order.decode(), "assistant": "paced"})
    return await read_stream(server, "POST", f"chatcore/chat/{chat}", body)


async def read_bare(server: Server, chat: str, order: bytes, batched: bool) -> StreamReader:
    """Ask the bare handler for the same tokens."""
    query = f"name={chat}&batched={int(batched)}&order={quote(order.decode())}"
    return await read_stream(server, "GET", f"floors/stream?{query}", b"")


async def read_stream(server: Server, method: str, path: str, body: bytes) -> StreamReader:
    """A stream that has begun."""
    headers = (
        b"Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n" % len(body)
    )
    return await _open(server, StreamReader(_head(server, method, path) + headers + b"\r\n" + body))


async def open_tab(server: Server, path: str, received: int = 0) -> Tab:
    """A tab on a WebSocket; `received` bounds what the system keeps for one that stalls."""
    key = base64.b64encode(os.urandom(16))
    headers = (
        b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: %b\r\n\r\n" % key
    )
    return await _open(server, Tab(_head(server, "GET", path) + headers), received)


def _head(server: Server, method: str, path: str) -> bytes:
    lines = f"{method} /{path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
    return f"{lines}Authorization: token {server.token}\r\n".encode()


async def _open(server: Server, recorder: R, received: int = 0) -> R:
    wire = socket.socket()
    if received:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
    wire.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(wire, ("127.0.0.1", server.port))
    await loop.create_connection(lambda: recorder, sock=wire)
    await asyncio.wait_for(recorder.begun, PATIENCE)
    return recorder


async def all_ended(*recorders: Recorder) -> None:
    """Wait until every answer has ended."""
    await asyncio.wait_for(asyncio.gather(*(r.ended for r in recorders)), PATIENCE)
