"""Call what may hang: in a thread that neither the event loop nor the exit waits for.

The loop's own executor is joined when Python exits, so one plug-in that never
returns would keep the server from ending; a daemon thread does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


def in_thread(call: Callable[[], T], name: str) -> asyncio.Future[T]:
    """The future of what `call` returns or raises, run in a daemon thread of its own.

    SystemExit and KeyboardInterrupt out of `call` arrive as a RuntimeError: what a
    plug-in does while it is imported must not end the server.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    threading.Thread(target=_run, args=(call, loop, future), name=name, daemon=True).start()
    return future


def _run(call: Callable[[], T], loop: asyncio.AbstractEventLoop, future: asyncio.Future[T]) -> None:
    try:
        result = call()
    except Exception as error:
        _tell(loop, future, partial(future.set_exception, error))
    except BaseException as error:
        wrapped = RuntimeError(f"{type(error).__name__}: {error}")
        _tell(loop, future, partial(future.set_exception, wrapped))
    else:
        _tell(loop, future, partial(future.set_result, result))


def _tell(
    loop: asyncio.AbstractEventLoop, future: asyncio.Future[T], settle: Callable[[], None]
) -> None:
    def finish() -> None:
        if not future.done():
            settle()

    # the loop may have been closed while the call was still running: nobody is left to tell
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(finish)
