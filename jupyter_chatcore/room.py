"""The newest events of one watched chat, kept once for all who watch it."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from operator import attrgetter

import msgspec

from .errors import StoreError
from .protocol import coalesce
from .writer import Stored

_RING_BYTES = 256 * 1024
# A reader this many events behind is served fewer, larger ones.
_BEHIND = 16
_encode = msgspec.json.Encoder().encode


class Batch:
    """Events that go to a watcher together; empty for a sign of life."""

    def __init__(self, events: Sequence[Stored]) -> None:
        self.events = events

    def __bool__(self) -> bool:
        return bool(self.events)

    @cached_property
    def frame(self) -> bytes:
        """The events as a JSON array, made once for all watchers that share the batch."""
        return b"[" + b",".join(stored.data for stored in self.events) + b"]"


_NOTHING = Batch(())


class Room:
    """A bounded ring of events, and the watchers that wait for more.

    It knows every event of its chat above `floor`; below that the store does. `size`
    is the events' JSON in bytes.
    """

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self.watchers = 0
        self._ring: deque[Stored] = deque()
        self.size = 0
        self._waiting: dict[asyncio.Future[bool], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._batches: dict[int, Batch] = {}
        self._failure: StoreError | None = None

    def add(self, stored: Stored) -> None:
        """An event was committed."""
        self._ring.append(stored)
        self.size += len(stored.data)
        while self.size > _RING_BYTES and len(self._ring) > 1:
            oldest = self._ring.popleft()
            self.size -= len(oldest.data)
            self.floor = oldest.seq

    def forget(self, floor: int) -> None:
        """Others wrote up to `floor`: what lies below it is to be read from the store."""
        self._ring.clear()
        self.size = 0
        self.floor = floor

    def wake(self) -> None:
        """Let those who wait look again."""
        self._batches.clear()
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(True)

    def fail(self, error: StoreError) -> None:
        """Tell all who watch now that the store cannot go on."""
        self._failure = error
        self.wake()

    def after(self, cursor: int) -> Batch:
        """What is known above a cursor that is at or above the floor."""
        if not self._ring or self._ring[-1].seq <= cursor:
            return _NOTHING
        # Tabs in step have the same cursor, so one of them makes the batch for all.
        batch = self._batches.get(cursor)
        if batch is None:
            start = bisect_right(self._ring, cursor, key=attrgetter("seq"))
            batch = Batch(_fewer(list(islice(self._ring, start, None))))
            self._batches[cursor] = batch
        return batch

    async def wait(self, seconds: float) -> bool:
        """Until there is something new, at most `seconds`; whether there is.

        Raises:
            StoreError: the store cannot go on.
        """
        self._check()
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiting[waiter] = due = loop.time() + seconds
        self._expect(loop, due)
        try:
            woken = await waiter
        finally:
            self._waiting.pop(waiter, None)
        self._check()
        return woken

    def _expect(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        """One timer for all who wait: one for each would be made anew with every event."""
        if self._timer is None or self._timer.when() > due:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(due, self._expire, loop)

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer, now = None, loop.time()
        for waiter, due in self._waiting.items():
            if due <= now and not waiter.done():
                waiter.set_result(False)
        later = [due for due in self._waiting.values() if due > now]
        if later:
            self._expect(loop, min(later))

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure


def _fewer(events: list[Stored]) -> list[Stored]:
    """The same events, those that merely grow a text joined when there are many."""
    if len(events) <= _BEHIND:
        return events
    return [Stored(event, _encode(event)) for event in coalesce(s.event for s in events)]
