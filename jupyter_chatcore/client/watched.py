"""A message that the portal follows, and how those in other threads and loops hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic

from ..protocol import Message
from .portal import portal, soon

_LOOK_SECONDS = 1.0
"""How often a waiting thread looks up: on Windows an interrupt is only seen then."""


class Watched:
    """The message as it is so far. It is changed in the portal's loop alone."""

    def __init__(self) -> None:
        self._message: Message | None = None
        self._ended = False
        self._version = 0
        self._bells: list[Callable[[], None]] = []

    def _changed(self, message: Message) -> None:
        self._message = message
        self._ring()

    def _end(self) -> None:
        self._ended = True
        self._ring()

    def _ring(self) -> None:
        self._version += 1
        for bell in self._bells:
            bell()

    def changes(self, timeout: float | None = None, pace: float = 0.0) -> Iterator[Message | None]:
        """The message as it is now, and again after changes, until the end.

        `pace` is the least time, in seconds, between two of them; the end waits for nothing.

        Raises:
            TimeoutError: it has not ended within `timeout` seconds.
        """
        bell: SimpleQueue[None] = SimpleQueue()
        portal().call(self._bells.append, lambda: bell.put(None))
        until = None if timeout is None else monotonic() + timeout
        seen, due, ended = -1, 0.0, False
        while not ended:
            while (left := self._left(seen, due)) > 0:
                if until is not None and monotonic() > until:
                    raise TimeoutError("The answer has not ended yet; it goes on.")
                with suppress(Empty):
                    bell.get(timeout=left if until is None else min(left, 0.1))
            seen, due, ended = self._version, monotonic() + pace, self._ended
            yield self._message

    async def achanges(self, pace: float = 0.0) -> AsyncIterator[Message | None]:
        """`changes` in an event loop."""
        rung, loop = asyncio.Event(), asyncio.get_running_loop()
        portal().call(self._bells.append, lambda: soon(loop, rung.set))
        seen, due, ended = -1, 0.0, False
        while not ended:
            while (left := self._left(seen, due)) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(rung.wait(), left)
                rung.clear()
            seen, due, ended = self._version, monotonic() + pace, self._ended
            yield self._message

    def _left(self, seen: int, due: float) -> float:
        """How long to wait, at most, before looking again; 0 if there is something to see now."""
        if self._ended:
            return 0.0
        return _LOOK_SECONDS if self._version == seen else max(due - monotonic(), 0.0)

    def _await_end(self, seconds: float) -> None:
        """Wait for the end, but not for ever."""
        with suppress(TimeoutError):
            for _ in self.changes(seconds):
                continue
