"""What pages ask of a chat core over their widgets' comms, and what they are answered."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
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
from .verbs import Asked, find_verb

# Between two batches of a watch: a server in between drops what comes too fast.
_PACE_SECONDS = 0.04
_PING_SECONDS = 15.0
# Pages say twice a minute that they are there; one in the background may be slower.
_LEASE_SECONDS = 180.0
_INTERNAL = ErrorBody(
    code="internal", message="Something went wrong in the kernel; its log tells what."
)
_LOST = ErrorBody(code="lost", message="The page was not heard of for a while.")

Send = Callable[[dict[str, Any]], None]


@dataclass
class Watch:
    """A page's watch of a chat; `wanted` is when the page last said so."""

    task: asyncio.Task[None]
    wanted: float


class Desk:
    """Takes requests on the core's event loop; `author` is who writes.

    `kept` says where the chats are, as people write it.
    """

    def __init__(
        self,
        core: ChatCore,
        kept: str,
        author: Author,
        log: logging.Logger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._core = core
        self._kept = kept
        self._author = author
        self._log = log
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._watches: dict[str, Watch] = {}

    def take(self, content: Mapping[str, Any], buffers: Sequence[bytes], send: Send) -> None:
        """Begin to answer a request; `send` carries the answers to all pages."""
        try:
            request = msgspec.convert(content, CommRequest)
        except msgspec.ValidationError as error:
            self._log.warning("A page asks for what cannot be read: %s", error)
            if isinstance(name := content.get("request"), str):
                send(_answer(name, "failed", ErrorBody(code="invalid", message=str(error)), 422))
            return
        self._forget()
        match request.verb:
            case "cancel":
                self._cancel(request.request)
            case "here":
                self._renew(request, send)
            case "watch":
                task = self._begin(request, send, self._watch(request, send))
                self._watches[request.request] = Watch(task, self._clock())
            case _:
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
        task.add_done_callback(lambda _: self._end(request.request))
        return task

    def _end(self, request: str) -> None:
        self._tasks.pop(request, None)
        self._watches.pop(request, None)

    def _cancel(self, request: str) -> None:
        if task := self._tasks.get(request):
            task.cancel()

    def _renew(self, request: CommRequest, send: Send) -> None:
        """A watch is still wanted; one that was given up is begun again by its page."""
        if watch := self._watches.get(request.request):
            watch.wanted = self._clock()
        else:
            send(_answer(request.request, "failed", _LOST, 503))

    def _forget(self) -> None:
        """End the watches of pages that are gone.

        Only when some page asks for something: while the kernel is busy none can.
        """
        late = self._clock() - _LEASE_SECONDS
        for watch in self._watches.values():
            if watch.wanted < late:
                watch.task.cancel()

    async def _guarded(
        self, request: CommRequest, send: Send, work: Coroutine[Any, Any, None]
    ) -> None:
        """The work; where it fails, the page is told why."""
        try:
            await work
        except ChatcoreError as error:
            body = ErrorBody(code=error.code, message=error.message)
            send(_answer(request.request, "failed", body, error.status))
        except Exception as error:
            self._log.error("%s failed in the kernel's chat", request.verb, exc_info=error)
            send(_answer(request.request, "failed", _INTERNAL, 500))

    async def _answer(self, request: CommRequest, buffers: Sequence[bytes], send: Send) -> None:
        verb = find_verb(request.verb)
        body = decode(request.body.encode(), verb.body)
        await self._core.start()
        asked = Asked(self._core, request, body, self._author, self._kept, buffers)
        send(_answer(request.request, "done", await verb.run(asked), 200))

    async def _watch(self, request: CommRequest, send: Send) -> None:
        query = decode(request.body.encode(), AfterQuery)
        await self._core.start()
        feed, session = self._core.feed, request.session
        after = await feed.read(lambda store: starting_point(store, session, query.after))
        send(_answer(request.request, "opened"))
        async with aclosing(feed.watch(session, after, _PING_SECONDS)) as batches:
            async for batch in batches:
                send(_answer(request.request, "events", msgspec.Raw(batch.frame)))
                await asyncio.sleep(_PACE_SECONDS)
        send(_answer(request.request, "closed"))


def _answer(request: str, state: CommState, body: object = None, status: int = 0) -> dict[str, Any]:
    """An answer as a comm sends it."""
    answer = CommAnswer(
        request=request,
        state=state,
        body=msgspec.json.encode(body).decode(),
        status=status,
        now=time.time_ns() // 1_000_000,
    )
    content: dict[str, Any] = msgspec.to_builtins(answer)
    return content
