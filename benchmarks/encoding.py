"""Encoding a delta: what it takes, and how often it is done for many tabs."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
from measure import Row, Spread, spread, turns
from servers import folder

from jupyter_chatcore.api import NewSession
from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.protocol import Event, TextAppend

_TABS = 100
_EVENTS = 50
_CALLS = 20_000
_event = Event(
    seq=1000, session="chat", change=TextAppend(message=3, base=999, index=0, text="some words ")
)


async def encoding() -> list[Row]:
    """The rows."""
    plain = msgspec.to_builtins(_event)
    steps: dict[str, Any] = {
        "ours": (msgspec.json.Encoder().encode, _event),
        "json": (json.dumps, plain),
    }
    found: dict[str, list[float]] = {name: [] for name in steps}
    for name in turns(9, list(steps)):
        found[name].append(_each(*steps[name]))
    with folder() as home:
        frames = await _frames(home)
    once = Spread(frames, frames, frames, 1)
    return [
        Row("encoding a delta, CPU", "µs", spread(found["ours"]), spread(found["json"]),
            "ratio", 1, note="floor: the standard library's json"),
        Row(f"frames made for each event that {_TABS} watchers get", "", once, target=1),
    ]  # fmt: skip


def _each(encode: Any, value: Any) -> float:
    start = time.process_time()
    for _ in range(_CALLS):
        encode(value)
    return (time.process_time() - start) / _CALLS * 1e6


async def _frames(home: Path) -> float:
    """How many frames are made for each event."""
    feed = Feed(DatabaseConfig(path=home / "chats.sqlite"))
    await feed.start()
    await feed.write(lambda store: store.create_session(NewSession(), "chat"))
    first = await feed.write(
        lambda store: store.persist_message("chat", [], status="streaming", owner="bench")[0]
    )
    last, seen, ready, current = first.seq + _EVENTS, dict[int, bytes](), asyncio.Event(), [0]

    async def watch() -> None:
        # From before the message: what each reads first says that it is up to date.
        async with aclosing(feed.watch("chat", first.seq - 1)) as batches:
            await anext(batches)
            current[0] += 1
            if current[0] == _TABS:
                ready.set()
            async for batch in batches:
                # keeping the frame keeps its id from being used again
                seen[id(batch.frame)] = batch.frame
                if batch.events[-1].seq >= last:
                    return

    async def grow(base: int) -> None:
        change = TextAppend(message=0, base=0, index=0, text="word ")
        await feed.write(lambda s: s.append_deltas("chat", first.id, base, [change]), durable=False)

    watching = [asyncio.create_task(watch()) for _ in range(_TABS)]
    await asyncio.wait_for(ready.wait(), 30)
    for number in range(_EVENTS):
        await grow(first.seq + number)
    await asyncio.gather(*watching)
    await feed.close()
    return len(seen) / _EVENTS
