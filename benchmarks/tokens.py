"""What both sides are fed: tokens in a rhythm, and the bytes that they are sent as.

`floors` and the assistant of the benchmarks take them from here, in the process that is
measured.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator

import msgspec

from jupyter_chatcore.assistants.base import Assistant, Item, Turn
from jupyter_chatcore.parts import TextPart
from jupyter_chatcore.reply import ReplyOptions

COALESCE = ReplyOptions().coalesce_seconds
_BREATH = 0.005
given: dict[str, list[float]] = defaultdict(list)


class Order(msgspec.Struct, forbid_unknown_fields=True):
    """So many tokens of so many bytes, `rate` a second (0: as fast as they go)."""

    tokens: int
    rate: float = 0.0
    size: int = 5
    note: bool = True


async def source(order: Order, name: str) -> AsyncIterator[str]:
    """The tokens, in step with the clock; `given[name]` tells when each was given."""
    times = given[name] = []
    token, start = "word "[: order.size].ljust(order.size, "x"), time.monotonic()
    for number in range(order.tokens):
        ahead = start + number / order.rate - time.monotonic() if order.rate else 0
        if ahead > 0:
            await asyncio.sleep(ahead)
        if order.note:
            times.append(time.monotonic())
        yield token


async def batched(tokens: AsyncIterator[str]) -> AsyncIterator[str]:
    """The tokens in the rhythm of a reply: the first at once, then what came meanwhile."""
    pending: list[str] = []
    grew = asyncio.Event()

    async def collect() -> None:
        breathed = time.monotonic()
        async for token in tokens:
            pending.append(token)
            grew.set()
            if time.monotonic() - breathed > _BREATH:
                await asyncio.sleep(0)
                breathed = time.monotonic()

    task = asyncio.create_task(collect())
    task.add_done_callback(lambda _: grew.set())
    while not task.done() or pending:
        await grew.wait()
        grew.clear()
        if pending:
            text = "".join(pending)
            pending.clear()
            yield text
        if not task.done():
            await asyncio.wait([task], timeout=COALESCE)
    await task


class Paced(Assistant):
    """Answers with the tokens that the prompt, an `Order` in JSON, asks for."""

    name = "paced"

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Give the tokens."""
        text = "".join(part.text for part in turn.prompt.parts if isinstance(part, TextPart))
        async for token in source(msgspec.json.decode(text, type=Order), turn.session.id):
            yield token


def growth(session: str, seq: int, text: str) -> bytes:
    """An event as jupyter_chatcore sends it, from as little as can make the same bytes."""
    return (
        b'{"seq":%d,"session":"%b","change":{"type":"text_append","message":%d,"base":%d,'
        b'"index":0,"text":"%b"}}' % (seq, session.encode(), 3, seq - 1, text.encode())
    )


def ending(session: str, seq: int, text: str) -> bytes:
    """The event of a finished message of about the same bytes."""
    return b'{"seq":%d,"session":"%b","change":{"type":"message_put","message":%b}}' % (
        seq,
        session.encode(),
        message(session, seq, text),
    )


def message(session: str, seq: int, text: str) -> bytes:
    """The finished message."""
    return (
        b'{"id":3,"seq":%d,"session":"%b","role":"assistant","status":"done","created":'
        b'"2026-01-01T00:00:00.000Z","parts":[{"type":"text","text":"%b"}],"parent":2,'
        b'"author":{"username":"paced","name":"paced"},"usage":{"seconds":10.001}}'
        % (seq, session.encode(), text.encode())
    )


def frame(name: bytes, seq: int, data: bytes) -> bytes:
    """A server-sent event."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (seq, name, data)
