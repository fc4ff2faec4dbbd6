"""A message from where it is watched to its end, whatever happens to the connection.

This is the client's half of "page, then watch": every event has a number, and whoever
was cut off asks again from the last one seen and gets exactly the rest.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import msgspec

from ..api import ErrorBody
from ..errors import CursorAhead, NotFound
from ..protocol import Event, Gap, Message, MessagePut, SessionPut, apply
from .server import Lost, Server, Waiting, told

FOLLOW_PATIENCE = 120.0
"""How long, in seconds, the server may be away while it is watched."""


async def follow(server: Server, session: str, message: int, after: int) -> AsyncIterator[Message]:
    """The message as it is after each change from the cursor `after` on, until it has ended.

    Raises:
        NotFound: the chat was deleted.
        Unreachable: the server stays away.
        ChatcoreError: the server refuses.
    """
    known: Message | None = None
    waiting = Waiting(FOLLOW_PATIENCE)
    while known is None or known.status == "streaming":
        try:
            async with aclosing(_watch(server, session, after)) as events:
                async for event in events:
                    waiting.begin()
                    after = event.seq
                    changed = _step(known, event, message)
                    if changed is not None and changed is not known:
                        known = changed
                        yield known
                    if known is not None and known.status != "streaming":
                        return
        except (Gap, CursorAhead):
            known = await server.ask("GET", f"chat/{session}/messages/{message}", Message)
            after = known.seq
            yield known
        except Lost as lost:
            await waiting.again(f"The server at {server.address} has gone: {lost}.")


async def _watch(server: Server, session: str, after: int) -> AsyncGenerator[Event, None]:
    """What happens in a chat after the cursor, for as long as the connection holds.

    Raises:
        Lost: it broke, or the server stops.
    """
    async with server.events(f"chat/{session}/events", {"after": after}) as stream:
        async for sent in stream:
            if sent.event == "error":
                body = msgspec.json.decode(sent.data, type=ErrorBody)
                if body.code == "server_stopping":
                    raise Lost("it stops")
                raise told(body)
            yield msgspec.json.decode(sent.data, type=Event)
    raise Lost("the stream ended")


def _step(known: Message | None, event: Event, message: int) -> Message | None:
    """The message after an event.

    Raises:
        NotFound: the event is the end of the chat.
        Gap: a fresh look is needed.
    """
    change = event.change
    if isinstance(change, SessionPut):
        if change.session.deleted:
            raise NotFound(f"The chat {change.session.id} was deleted.")
        return known
    if known is not None:
        return apply(known, event)
    if isinstance(change, MessagePut):
        return change.message if change.message.id == message else None
    if change.message == message:
        raise Gap(f"message {message} is not known yet")
    return None
