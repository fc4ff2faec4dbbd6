"""MCP over a pair of streams, one JSON message a line: what the `mcp` library speaks through.

The same for a server that we start and for one that we are.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

Received = MemoryObjectSendStream[SessionMessage | Exception]
Streams = tuple[Any, Any]
"""One to receive messages from, and one to send them to: the library names no public type."""

_GONE = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)


@asynccontextmanager
async def streams(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> AsyncIterator[Streams]:
    """What is read and to be written, as messages; the reading ends where the other side does."""
    received, reads = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    writes, sent = anyio.create_memory_object_stream[SessionMessage](0)
    async with anyio.create_task_group() as group, reads, writes:
        group.start_soon(_read, reader, received)
        group.start_soon(_write, writer, sent)
        try:
            yield reads, writes
        finally:
            group.cancel_scope.cancel()


async def _read(reader: asyncio.StreamReader, received: Received) -> None:
    async with received:
        with suppress(*_GONE):
            while line := await _line(reader):
                await received.send(_message(line))


async def _line(reader: asyncio.StreamReader) -> bytes:
    """A line with its end; nothing where there is no more, or it is over the reader's limit."""
    try:
        return await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return b""


async def _write(
    writer: asyncio.StreamWriter, sent: MemoryObjectReceiveStream[SessionMessage]
) -> None:
    async with sent:
        with suppress(*_GONE):
            async for each in sent:
                line = each.message.model_dump_json(by_alias=True, exclude_unset=True)
                writer.write(line.encode() + b"\n")
                await writer.drain()


def _message(line: bytes) -> SessionMessage | Exception:
    try:
        return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError as error:
        return error
