"""Reading streams and sockets in tests as a client does."""

from __future__ import annotations

import asyncio

import msgspec
from serving import PATIENCE, Served

from jupyter_chatcore.parts import TextPart
from jupyter_chatcore.protocol import Event, Message, MessagePut, apply
from jupyter_chatcore.sse import ServerEvent


def events_of(found: list[ServerEvent]) -> list[Event]:
    """The chat's events among those of a stream."""
    return [msgspec.json.decode(e.data, type=Event) for e in found if e.event == "message"]


def folded(events: list[Event], mid: int) -> Message:
    """A message as a reader builds it from the events, seen from its birth."""
    message: Message | None = None
    for event in events:
        if message is None:
            change = event.change
            message = change.message if isinstance(change, MessagePut) else None
            message = message if message and message.id == mid else None
        else:
            message = apply(message, event)
    assert message is not None
    return message


def said(message: Message) -> str:
    """The text of a message."""
    return "".join(part.text for part in message.parts if isinstance(part, TextPart))


async def listeners(served: Served, count: int) -> None:
    """Wait until so many clients are connected."""
    async with asyncio.timeout(PATIENCE):
        while len(served.app.service.listeners) != count:
            await asyncio.sleep(0.01)
