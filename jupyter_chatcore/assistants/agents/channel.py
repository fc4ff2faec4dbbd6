"""The private way of one agent's bridges to the tools of its chat: a socket and a secret.

The socket is a file that its user alone can open; where there are no such, a port of this
machine. Whoever connects says the secret first. Both live as long as the agent's process.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import shutil
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from ..process import LINE_LIMIT
from ..threads import in_thread
from . import bridge

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_HELLO_SECONDS = 10.0
_LONGEST_PATH = 100


class Channel:
    """Listens, and has `serve` talk to each who knows the secret."""

    def __init__(self, serve: Serve) -> None:
        self.secret = secrets.token_urlsafe(32)
        self.address = ""
        self._serve = serve
        self._server: asyncio.Server | None = None
        self._folder: str | None = None
        self._talks: set[asyncio.Task[None]] = set()

    @property
    def environment(self) -> dict[str, str]:
        """What a bridge is started with."""
        return {bridge.ADDRESS: self.address, bridge.SECRET: self.secret}

    async def open(self, ports: bool = sys.platform == "win32") -> None:
        """Listen; `ports` has it be a port in any case.

        Raises:
            OSError: that is not possible.
        """
        path = None if ports else await in_thread(self._private_path, "chatcore-channel")
        if path is not None and sys.platform != "win32":
            self._server = await asyncio.start_unix_server(self._met, path, limit=LINE_LIMIT)
            path.chmod(0o600)
            self.address = str(path)
            return
        self._server = await asyncio.start_server(self._met, "127.0.0.1", 0, limit=LINE_LIMIT)
        self.address = str(self._server.sockets[0].getsockname()[1])

    def shut(self) -> None:
        """Listen no longer, and end all talks: the secret is worth nothing any more."""
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()

    async def close(self) -> None:
        """Shut, and leave nothing behind."""
        self.shut()
        if self._talks:
            await asyncio.wait(self._talks)
        if (folder := self._folder) is not None:
            await in_thread(lambda: shutil.rmtree(folder, ignore_errors=True), "chatcore-channel")

    def _private_path(self) -> Path | None:
        """A path in a folder of the user's alone; None where it is too long for a socket."""
        self._folder = mkdtemp(prefix="chatcore-")
        path = Path(self._folder, "tools")
        return path if len(str(path).encode()) <= _LONGEST_PATH else None

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await self._knows(reader):
                await self._serve(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _knows(self, reader: asyncio.StreamReader) -> bool:
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                said = await reader.readexactly(len(self.secret) + 1)
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            return False
        return hmac.compare_digest(said, f"{self.secret}\n".encode())
