"""JSON messages, one a line, as ACP has them on an agent's standard input and output."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from ..threads import in_thread

_LARGE = 256 * 1024
_PATIENCE = 1000


class Lines:
    """The transport of a connection (`acp.connection.Connection` says what it needs).

    What is no message is skipped: agents print warnings where they should not. The
    last such line is `strange`, for who looks for the reason of a silence. `over` says that
    nothing more comes; `ended` is called then.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ended: Callable[[], None],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._ended = ended
        self._skipped = 0
        self.strange = ""
        self.over = False

    async def send(self, message: dict[str, Any]) -> None:
        """Write one message.

        Raises:
            OSError: nobody reads any more.
        """
        try:
            self._writer.write(msgspec.json.encode(message) + b"\n")
            await self._writer.drain()
        except OSError:
            if "method" in message:
                raise
            # an answer that nobody waits for any more

    async def receive(self) -> dict[str, Any] | None:
        """The next message; None where no more is to be expected."""
        message = await self._next()
        self.over = message is None
        if self.over:
            self._ended()
        return message

    async def close(self) -> None:
        """Say no more."""
        self._writer.close()

    async def _next(self) -> dict[str, Any] | None:
        while line := await self._line():
            await asyncio.sleep(0)  # what is there already is read without waiting
            message = await _decoded(line)
            if isinstance(message, dict):
                return message
            if not self._skip(line):
                return None
        return None

    async def _line(self) -> bytes:
        """A line with its end; the rest where there is none."""
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as error:
            return error.partial
        except asyncio.LimitOverrunError:
            self.strange = "a message that is too long"
            return b""

    def _skip(self, line: bytes) -> bool:
        """Whether to go on after a line that is no message."""
        if words := line[:300].decode(errors="replace").strip():
            self.strange = words
            self._skipped += 1
        return self._skipped < _PATIENCE


async def _decoded(line: bytes) -> object:
    if len(line) > _LARGE:
        return await in_thread(lambda: _decode(line), "chatcore-agent-line")
    return _decode(line)


def _decode(line: bytes) -> object:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
