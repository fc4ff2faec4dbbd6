"""What pages ask of a chat core over their widgets' comms, and what they are answered.

Every verb does what a route of the HTTP API does, with the same bodies and results.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from .api import ErrorBody
from .bodies import decode
from .comm import CommAnswer, CommRequest, CommState
from .core import ChatCore
from .cursor import starting_point
from .errors import ChatcoreError
from .handlers.query import AfterQuery
from .protocol import Author
from .verbs import VERBS, Asked

PACE_SECONDS = 0.04
"""Between two batches of a watch: a server in between drops what comes too fast."""
PING_SECONDS = 15.0
LEASE_SECONDS = 180.0
"""A watch that no page has wanted for so long may be a closed page's."""

Send = Callable[[dict[str, Any]], None]
_json = msgspec.json.Encoder().encode
_LOST = ErrorBody(code="lost", message="The page was not heard of for a while.")


@dataclass
class Watch:
    """A page's watch of a chat; `wanted` is when the page last said so."""

    task: asyncio.Task[None]
    send: Send
    wanted: float = field(default_factory=time.monotonic)


class Desk:
    """Takes requests on the core's event loop; `author` is who writes."""

    def __init__(self, core: ChatCore, kept: str, author: Author, log: logging.Logger) -> None:
        self._core = core
        self._kept = kept
        self._author = author
        self._log = log
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._watches: dict[str, Watch] = {}

    def take(self, content: Mapping[str, Any], buffers: Sequence[bytes], send: Send) -> None:
        """Begin to answer a request; `send` carries the answers to all pages."""
        try:
            request = msgspec.convert(content, CommRequest)
        except msgspec.ValidationError as error:
            self._log.warning("A page asked for what cannot be read: %s", error)
            return
        self._forget()
        if request.verb == "cancel":
            self._cancel(request.request)
        elif request.verb == "here":
            self._renew(request, send)
        elif request.verb == "watch":
            task = self._begin(request, send, self._watch(request, send))
            self._watches[request.request] = Watch(task, send)
            task.add_done_callback(lambda _: self._watches.pop(request.request, None))
        else:
            self._begin(request, send, self._answer(request, buffers, send))

    async def close(self) -> None:
        """End all that is asked for; what an assistant is saying is interrupted and kept."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._core.close()

    def _begin(
        self, request: CommRequest, send: Send, work: Coroutine[Any, Any, None]
    ) -> asyncio.Task[None]:
        task = asyncio.ensure_future(self._guarded(request, send, work))
        self._tasks[request.request] = task
        task.add_done_callback(lambda _: self._tasks.pop(request.request, None))
        return task

    def _cancel(self, request: str) -> None:
        if task := self._tasks.get(request):
            task.cancel()

    def _renew(self, request: CommRequest, send: Send) -> None:
        """A watch is still wanted; one that was given up is begun again by its page."""
        if watch := self._watches.get(request.request):
            watch.wanted = time.monotonic()
        else:
            say(send, request, "failed", _LOST, 503)

    def _forget(self) -> None:
        """End the watches of pages that are gone; one that was only late comes back by itself."""
        late = time.monotonic() - LEASE_SECONDS
        for watch in self._watches.values():
            if watch.wanted < late:
                watch.task.cancel()

    async def _guarded(
        self, request: CommRequest, send: Send, work: Coroutine[Any, Any, None]
    ) -> None:
        """The work; where it fails, the page is told why."""
        try:
            await work
        except Exception as error:
            status = error.status if isinstance(error, ChatcoreError) else 500
            if status >= 500:
                self._log.error("%s failed", request.verb, exc_info=error)
            say(send, request, "failed", _told(error), status)

    async def _answer(self, request: CommRequest, buffers: Sequence[bytes], send: Send) -> None:
        verb = VERBS.get(request.verb)
        await self._core.start()
        body = decode(request.body.encode(), verb.body)
        asked = Asked(self._core, request, body, self._author, self._kept, buffers)
        say(send, request, "done", await verb.run(asked))

    async def _watch(self, request: CommRequest, send: Send) -> None:
        await self._core.start()
        query = decode(request.body.encode(), AfterQuery)
        feed, session = self._core.feed, request.session
        after = await feed.read(lambda store: starting_point(store, session, query.after))
        say(send, request, "opened")
        async with aclosing(feed.watch(session, after, PING_SECONDS)) as batches:
            async for batch in batches:
                say(send, request, "events", msgspec.Raw(batch.frame))
                await asyncio.sleep(PACE_SECONDS)
        say(send, request, "closed")
