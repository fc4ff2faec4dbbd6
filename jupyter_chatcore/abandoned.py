"""Replies that asked for permission when their server ended: they go on here, or say why not."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from msgspec.structs import replace

from .assistants.base import Assistant
from .assistants.registry import Registry
from .errors import ChatcoreError, Conflict, NotFound
from .feed import Feed
from .parts import Part, ToolPart, open_requests, settled
from .permissions import seconds_left
from .protocol import MessageError
from .reply import withdrawn
from .unfinished import Left
from .writing import Writing

_EXPIRED = MessageError(
    code="interrupted",
    message="The request for permission expired while no server was there to do it. Ask again.",
)
_LATE = "Nobody answered in time, so it was not done."


class Abandoned:
    """Goes on with the replies that the store gave to this server."""

    def __init__(
        self, feed: Feed, registry: Registry, writing: Writing, log: logging.Logger
    ) -> None:
        self._feed = feed
        self._registry = registry
        self._writing = writing
        self._log = log
        self._taking: dict[int, asyncio.Task[None]] = {}

    async def take_up(self) -> None:
        """Let those go on that nobody is writing yet; a later call tries again what failed.

        Raises:
            StoreError: they cannot be read.
        """
        owner, known = self._writing.owner, self._known()
        found = await self._feed.read(lambda store: store.left(owner, known))
        known = self._known()  # one that was born meanwhile may ask already
        for left in found:
            if left.message.id not in known:
                self._taking[left.message.id] = asyncio.create_task(self._go_on(left))

    async def close(self) -> None:
        """Leave those that are not being written yet to the next server."""
        for task in self._taking.values():
            task.cancel()
        if self._taking:
            await asyncio.wait(self._taking.values())

    def _known(self) -> set[int]:
        return {*self._writing.ids, *self._taking}

    async def _go_on(self, left: Left) -> None:
        mid = left.message.id
        try:
            await self._taken(left)
        except ChatcoreError as error:  # the next sweep tries again
            self._log.warning("Reply %d cannot go on: %s", mid, error)
        finally:
            del self._taking[mid]

    async def _taken(self, left: Left) -> None:
        message = left.message
        if all(seconds_left(tool) == 0 for tool in open_requests(message.parts)):
            await self._end(left, [_expired(part) for part in message.parts], _EXPIRED)
        elif (assistant := await self._assistant(left)) is not None and assistant.resumes:
            self._log.info("Going on with reply %d of a server that is gone", message.id)
            self._writing.start(message, assistant, left.settings, begun=True)
            await self._writing.take_word()  # it may have been answered meanwhile
        else:
            await self._end(left, message.parts, withdrawn(message))

    async def _assistant(self, left: Left) -> Assistant | None:
        """Who was writing it; None where it is not installed here, or cannot be loaded."""
        author = left.message.author
        with suppress(ChatcoreError):
            return None if author is None else await self._registry.get(author.username)
        return None

    async def _end(self, left: Left, parts: list[Part], error: MessageError) -> None:
        message = left.message
        with suppress(NotFound, Conflict):  # deleted meanwhile
            await self._feed.write(
                lambda store: store.update_message_parts(
                    message.session, message.id, settled(parts), status="interrupted", error=error
                )
            )


def _expired(part: Part) -> Part:
    if isinstance(part, ToolPart) and open_requests([part]):
        return replace(part, status="denied", error=_LATE)
    return part
