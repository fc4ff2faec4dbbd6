"""One round of streaming on a running server: an answer, who reads it, and what it took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from itertools import chain, count
from typing import NamedTuple
from urllib.parse import quote

import msgspec
from measure import Cost, Stopwatch, Written, cpu_seconds, memory
from servers import Caller, Server
from tabs import (
    Recorder,
    Tab,
    all_ended,
    ask,
    latencies,
    open_tab,
    read_bare,
)
from tokens import Order

_names = (f"round-{number}" for number in count())
_LOOK_SECONDS = 0.25
_IDLE_SECONDS = 0.1


class Run(NamedTuple):
    """What a round took of the server, and what its readers saw.

    `late` has the seconds that each token took to each reader, `waits` those of other
    requests meanwhile. The rest is in bytes: `unsent` what the fullest connection held
    at most, `grew` the server's memory, `written` to its files, `read` by each tab.
    """

    cost: Cost
    late: Sequence[float] = ()
    waits: Sequence[float] = ()
    unsent: float = 0.0
    grew: float = 0.0
    written: float = 0.0
    read: tuple[int, ...] = ()
    quarters: tuple[float, float] = (0.0, 0.0)


class Rounds:
    """Rounds on a server; `bare` ones are of the floor that keeps nothing."""

    def __init__(self, server: Server, caller: Caller) -> None:
        self._server = server
        self._caller = caller

    async def streams(self, order: Order, many: int, *, bare: bool) -> Run:
        """Answers side by side, each read as server-sent events."""
        chats, text = [self.chat() for _ in range(many)], msgspec.json.encode(order)
        watch = Stopwatch(self._server.pid)
        readers = await asyncio.gather(*(self._read(chat, text, bare, True) for chat in chats))
        await all_ended(*readers)
        cost = watch.read()
        late = [self._late(chat, order, [r]) for chat, r in zip(chats, readers, strict=True)]
        hang_up(readers)
        return Run(cost, list(chain.from_iterable(late)))

    async def burst(
        self, order: Order, *, bare: bool, tabs: int = 0, batched: bool = True, polled: bool = False
    ) -> Run:
        """One answer read as server-sent events and by tabs; `polled`: and other requests."""
        chat, text = self.chat(), msgspec.json.encode(order)
        watching = [await self.tab(chat, False) for _ in range(tabs)]
        async with self._polling(polled) as waits:
            watch = Stopwatch(self._server.pid)
            reader = await self._read(chat, text, bare, batched)
            await all_ended(reader, *watching)
            cost = watch.read()
        hang_up([reader, *watching])
        return Run(cost, waits=waits)

    async def fan(
        self, order: Order, tabs: int, *, bare: bool, stalled: int = 0, chat: str | None = None
    ) -> Run:
        """One answer to so many tabs, of which some stop reading before it begins."""
        chat, text = chat or self.chat(), msgspec.json.encode(order)
        watching = [await self.tab(chat, bare) for _ in range(tabs - stalled)]
        asleep = [await self.tab(chat, bare, 4096) for _ in range(stalled)]
        for tab in asleep:
            tab.stall()
        await self._settled()
        pid = self._server.pid
        async with self._looking(bool(stalled)) as unsent:
            before, written, watch = memory(pid), Written.by(pid), Stopwatch(pid)
            starting = asyncio.create_task(asyncio.to_thread(self._start, chat, text, bare))
            quarters = await self._quarters(watching[0], order)
            await asyncio.gather(starting, all_ended(*watching))
            cost = watch.read()
        grew, wrote = memory(pid) - before, Written.by(pid).since(written)
        late = self._late(chat, order, watching)
        hang_up([*watching, *asleep])
        read = tuple(tab.size for tab in watching)
        return Run(cost, late, [], max(unsent, default=0), grew, wrote, read, quarters)

    def chat(self) -> str:
        """A new chat."""
        name = next(_names)
        self._caller.json("PUT", f"chatcore/sessions/{name}", {})
        return name

    async def tab(self, chat: str, bare: bool, received: int = 0) -> Tab:
        """A tab on a chat."""
        path = f"floors/ws?name={chat}" if bare else f"chatcore/chat/{chat}/ws"
        return await open_tab(self._server, path, received)

    async def idle(self, seconds: float) -> float:
        """The CPU that the server uses while nothing is asked of it."""
        before = cpu_seconds(self._server.pid)
        await asyncio.sleep(seconds)
        return cpu_seconds(self._server.pid) - before

    async def _settled(self) -> None:
        """Wait until the server has nothing to do: what was opened is open, backlogs are sent."""
        while await self.idle(_IDLE_SECONDS) > _IDLE_SECONDS / 50:
            pass

    async def alone(self, order: Order) -> float:
        """The CPU that the server uses for an answer that goes to nobody and is not kept."""
        before = cpu_seconds(self._server.pid)
        await asyncio.to_thread(self._start, self.chat(), msgspec.json.encode(order), True)
        return cpu_seconds(self._server.pid) - before

    async def waits(self, seconds: float) -> list[float]:
        """What other requests take while nothing else happens."""
        async with self._polling(True) as found:
            await asyncio.sleep(seconds)
        return found

    async def _read(self, chat: str, text: bytes, bare: bool, batched: bool) -> Recorder:
        if bare:
            return await read_bare(self._server, chat, text, batched)
        return await ask(self._server, chat, text)

    def _start(self, chat: str, text: bytes, bare: bool) -> None:
        """Begin an answer that nobody reads as a stream."""
        with closing(Caller(self._server)) as caller:
            if bare:
                caller.call("GET", f"floors/fan?name={chat}&order={quote(text.decode())}")
            else:
                body = {"text": text.decode(), "assistant": "paced"}
                caller.json("POST", f"chatcore/chat/{chat}", body)

    async def _quarters(self, tab: Tab, order: Order) -> tuple[float, float]:
        """The server's CPU for the first and for the last quarter of a paced answer."""
        if not order.rate:
            return 0.0, 0.0
        used, seconds = list[float](), order.tokens / order.rate
        begun = time.monotonic()
        for share in (0, 0.25, 0.75, 1):
            left = begun + share * seconds - time.monotonic()
            await asyncio.wait([tab.ended], timeout=max(0, left))
            used.append(cpu_seconds(self._server.pid))
        return used[1] - used[0], used[3] - used[2]

    def _late(self, name: str, order: Order, readers: Sequence[Recorder]) -> list[float]:
        if not order.note:
            return []
        given = msgspec.json.decode(self._caller.call("GET", f"floors/given?name={name}"))
        return [x for r in readers for x in latencies(given, order.size, r.growth())]

    @asynccontextmanager
    async def _polling(self, wanted: bool) -> AsyncIterator[list[float]]:
        """Other requests, one after another, and what each took."""
        waits: list[float] = []
        if not wanted:
            yield waits
            return
        address = "127.0.0.1", self._server.port
        reader, writer = await asyncio.open_connection(*address)

        async def poll() -> None:
            while True:
                start = time.monotonic()
                writer.write(request)
                await reader.readuntil(b"{}")
                waits.append(time.monotonic() - start)

        request = (
            f"GET /floors/nothing HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n"
            f"Authorization: token {self._server.token}\r\n\r\n"
        ).encode()
        task = asyncio.create_task(poll())
        yield waits
        task.cancel()
        writer.close()

    @asynccontextmanager
    async def _looking(self, wanted: bool) -> AsyncIterator[list[float]]:
        """What the fullest connection holds unsent, looked at now and then."""
        found: list[float] = []

        async def look() -> None:
            while True:
                await asyncio.sleep(_LOOK_SECONDS)
                answer = await asyncio.to_thread(self._caller.call, "GET", "floors/unsent")
                found.append(float(answer))

        task = asyncio.create_task(look()) if wanted else None
        yield found
        if task is not None:
            task.cancel()
            await asyncio.wait([task])


def hang_up(readers: Sequence[Recorder]) -> None:
    """Close the connections."""
    for reader in readers:
        reader.close()
