"""A TCP proxy that can cut connections, as bad networks and impatient proxies do."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from typing import Any


class Proxy:
    """Passes bytes to `target`, a port of this machine, and cuts what gets too old.

    `lifetime` is in seconds; None lets connections live. `cuts` counts those that
    were cut. It runs in a thread of its own, so that the tests' thread may block.
    """

    def __init__(self, target: int, lifetime: float | None = None) -> None:
        self.target = target
        self.lifetime = lifetime
        self.cuts = 0
        self._gates: set[asyncio.Event] = set()
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def start(self) -> None:
        """Listen, on a free port."""
        self.thread.start()
        self._run(self._listen())

    def stop(self) -> None:
        """Cut everything and end."""
        self._run(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def cut(self) -> None:
        """Cut every connection that is open now."""
        self._run(self._cut())

    def _run(self, job: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(job, self.loop).result(30)

    async def _listen(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    def freeze(self) -> None:
        """Let every connection that is open now go silent, without an end, for good."""
        self._run(self._freeze())

    async def _freeze(self) -> None:
        for gate in self._gates:
            gate.clear()

    async def _close(self) -> None:
        self.server.close()
        await self._cut()

    async def _cut(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gate = asyncio.Event()
        gate.set()
        self._gates.add(gate)
        there = await asyncio.open_connection("127.0.0.1", self.target)
        pumps = asyncio.gather(_pump(reader, there[1], gate), _pump(there[0], writer, gate))
        try:
            await asyncio.wait_for(pumps, self.lifetime)
        except TimeoutError:
            self.cuts += 1
        finally:
            self._gates.discard(gate)
            for end in (writer, there[1]):
                end.transport.abort()


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            await gate.wait()
            writer.write(data)
            await writer.drain()
        await gate.wait()
        writer.write_eof()


@contextlib.contextmanager
def proxied(target: int) -> Iterator[Proxy]:
    """A proxy that runs, and is gone afterwards."""
    proxy = Proxy(target)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
