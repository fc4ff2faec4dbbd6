"""The thread in which everything over the network happens, whoever asks for it.

One event loop on one thread serves the whole process: a cell that waits, a coroutine in
a loop of its own and sixty-four threads at once. An interrupt hits the caller alone, so
no connection is left half-used. Callers wait at queues of their own and share no lock
with the loop: an interrupt that comes between taking a lock and holding it would
otherwise stop the loop for good.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
Done = Callable[["asyncio.Task[Any]"], None]


class Portal:
    """An event loop on a daemon thread, which ends with the process."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._thread = threading.Thread(target=self._run, name="chatcore-client", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def call(self, function: Callable[..., object], *arguments: object) -> None:
        """Call a function in the loop, soon."""
        self.loop.call_soon_threadsafe(function, *arguments)

    def begin(
        self, work: Coroutine[Any, Any, Any], done: Done = lambda _: None
    ) -> Callable[[], None]:
        """Run a coroutine in the loop, and call `done` there; the result cancels it."""
        started: list[asyncio.Task[Any]] = []

        def start() -> None:
            task = self.loop.create_task(work)
            started.append(task)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            task.add_done_callback(done)

        def cancel() -> None:
            # calls come in their order, so it has been started by then
            self.call(lambda: started and started[0].cancel())

        self.call(start)
        return cancel


_portals: dict[int, Portal] = {}
_making = threading.Lock()


def portal() -> Portal:
    """This process's; a process that was forked has a thread of its own."""
    known = _portals.get(os.getpid())
    if known is not None:
        return known
    with _making:
        return _portals.setdefault(os.getpid(), _portals.get(os.getpid()) or Portal())


def run(work: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result; what it raises is raised here. An interrupt cancels it."""
    done: SimpleQueue[asyncio.Task[T]] = SimpleQueue()
    cancel = portal().begin(work, done.put)
    try:
        return done.get().result()
    except KeyboardInterrupt:
        cancel()
        raise


async def arun(work: Coroutine[Any, Any, T]) -> T:
    """The same in an event loop; who cancels it cancels the coroutine."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[asyncio.Task[T]] = loop.create_future()

    def tell(task: asyncio.Task[T]) -> None:
        if not done.done():
            done.set_result(task)

    cancel = portal().begin(work, lambda task: soon(loop, tell, task))
    try:
        return (await done).result()
    except asyncio.CancelledError:
        cancel()
        raise


def soon(loop: asyncio.AbstractEventLoop, function: Callable[..., object], *given: object) -> None:
    """Call a function in somebody's loop, unless that has ended meanwhile."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(function, *given)
