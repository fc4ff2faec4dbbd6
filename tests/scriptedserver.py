"""A model server that plays what a test scripts, byte by byte, and keeps what it was sent."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def digest(self) -> str:
        """The SHA-256 of the body's bytes."""
        return hashlib.sha256(self.body).hexdigest()


class Wire:
    """The server's side of one request; `gone` is set when the client has hung up."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.gone = asyncio.Event()
        self._writer = writer

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self, status: int, body: Any, **headers: str) -> None:
        """Send a whole answer; the body as JSON."""
        data = json.dumps(body).encode()
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", *lines]
        head += [f"Content-Length: {len(data)}", "Connection: close", "", ""]
        await self.raw("\r\n".join(head).encode() + data)

    async def begin(self) -> None:
        """Begin a stream of events."""
        await self.raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )

    async def event(self, data: Any, name: str | None = None) -> None:
        """Send an event of the stream; text goes as it is."""
        text = data if isinstance(data, str) else json.dumps(data)
        event = (f"event: {name}\n" if name else "") + f"data: {text}\n\n"
        await self.chunk(event.encode())

    async def chunk(self, data: bytes) -> None:
        """Send bytes as a chunk of the stream."""
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        """End the stream as HTTP ends one."""
        await self.raw(b"0\r\n\r\n")


Script = Callable[[Wire], Awaitable[None]]
Route = Callable[[str, Wire], Awaitable[None]]


async def nowhere(path: str, wire: Wire) -> None:
    """The route of a server that answers questions only."""
    await wire.answer(404, {"error": {"message": f"there is no {path}"}})


class ScriptedServer:
    """Plays one script for each question, in order; `seen` are the questions.

    Other requests (what is served, what its window is) are answered by `route`, which is
    given their path.
    """

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.wires: list[Wire] = []
        self.url = ""
        self.route: Route = nowhere
        self._scripts: deque[Script] = deque()

    def enqueue(self, *scripts: Script) -> None:
        """What to do for the questions to come."""
        self._scripts.extend(scripts)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection: one request."""
        wire = Wire(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                method, seen = await _read(reader)
                watching = asyncio.create_task(_watch(reader, wire))
                try:
                    await self._play(method, seen, wire)
                finally:
                    watching.cancel()
        finally:
            writer.close()

    async def _play(self, method: str, seen: Seen, wire: Wire) -> None:
        if method != "POST" or seen.path.startswith("/api/"):
            await self.route(seen.path, wire)
            return
        self.seen.append(seen)
        self.wires.append(wire)
        await self._scripts.popleft()(wire)


async def _read(reader: asyncio.StreamReader) -> tuple[str, Seen]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return method, Seen(path, headers, body)


async def _watch(reader: asyncio.StreamReader, wire: Wire) -> None:
    with suppress(ConnectionError):
        await reader.read()
    wire.gone.set()


@asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    """A server that listens on this machine."""
    made = ScriptedServer()
    server = await asyncio.start_server(made.handle, "127.0.0.1", 0, limit=2**26)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        for wire in made.wires:
            wire.gone.set()
        server.close()
        await server.wait_closed()


def refuse(status: int, message: str, **headers: str) -> Script:
    """Refuse the question as OpenAI's servers do."""

    async def play(wire: Wire) -> None:
        await wire.answer(status, {"error": {"message": message, "type": "error"}}, **headers)

    return play


def say(*deltas: dict[str, Any] | str, finish: str | None = "stop", **more: Any) -> Script:
    """Answer as OpenAI's servers do: a text, or any other delta of a message."""

    async def play(wire: Wire) -> None:
        await wire.begin()
        for delta in deltas:
            await wire.event(chunk({"content": delta} if isinstance(delta, str) else delta))
        if finish:
            await wire.event({**chunk({}, finish), **more})
        await wire.event("[DONE]")
        await wire.end()

    return play


def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """A piece of an answer as OpenAI's servers send it."""
    return {
        "id": "answer-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "some-model",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def call(name: str, arguments: str, identity: str = "call_0", index: int = 0) -> dict[str, Any]:
    """The delta of a tool call, whole."""
    function = {"name": name, "arguments": arguments}
    return {
        "tool_calls": [{"index": index, "id": identity, "type": "function", "function": function}]
    }


def thought_and_said(thought: str, signature: str, text: str) -> Script:
    """Answer as Anthropic's server does, with reasoning that it has signed."""
    block, grows = {"type": "text", "text": ""}, {"type": "text_delta", "text": text}
    return _anthropic(thought, signature, block, grows, "end_turn")


def thought_and_called(thought: str, signature: str, name: str, arguments: str) -> Script:
    """The same, with a call of a tool."""
    block = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    grows = {"type": "input_json_delta", "partial_json": arguments}
    return _anthropic(thought, signature, block, grows, "tool_use")


def _anthropic(
    thought: str, signature: str, block: dict[str, Any], grows: dict[str, Any], reason: str
) -> Script:
    async def play(wire: Wire) -> None:
        await wire.begin()
        for event in _events(thought, signature, block, grows, reason):
            await wire.event(event, event["type"])
        await wire.end()

    return play


def _events(
    thought: str, signature: str, block: dict[str, Any], grows: dict[str, Any], reason: str
) -> list[dict[str, Any]]:
    usage = {"input_tokens": 11, "output_tokens": 1}
    message: dict[str, Any] = {"id": "m1", "type": "message", "role": "assistant"}
    message |= {
        "model": "some-model",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": thinking},
        _delta(0, {"type": "thinking_delta", "thinking": thought}),
        _delta(0, {"type": "signature_delta", "signature": signature}),
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": block},
        _delta(1, grows),
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}
