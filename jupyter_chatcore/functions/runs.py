"""One call of a function: it runs in a thread of its own, and can be stopped."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..assistants.base import Turn
from ..calls import Call, Ended
from ..client.finding import Address
from ..protocol import MessageError
from .outbox import LineClosed, Outbox
from .pieces import checked
from .trouble import FAILED, told
from .turns import turn


@dataclass(frozen=True)
class Defined:
    """A function that answers as `name`.

    `context` has the context variables of the cell that defined it: the function sees
    them, and what it prints goes to that cell. `time` is in seconds since 1970.
    """

    name: str
    function: Callable[[Turn], Any]
    context: contextvars.Context
    time: float
    title: str
    description: str


class Stopped(BaseException):
    """Nobody wants the answer any more; no `except Exception` of a function keeps it."""


class Run:
    """A running call; `ended` is told its number when it has ended."""

    def __init__(
        self,
        call: Call,
        defined: Defined,
        server: Address,
        outbox: Outbox,
        ended: Callable[[int], object],
    ) -> None:
        self._call = call
        self._defined = defined
        self._server = server
        self._outbox = outbox
        self._ended = ended
        self._stopped = False
        self._interrupt: Callable[[], object] | None = None

    def start(self) -> None:
        """Begin, in a thread that Python does not wait for at its end."""
        name = f"assistant-{self._defined.name}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def stop(self) -> None:
        """End it: at once in an `await`, else at the next `yield`.

        A function that never yields goes on, and what it returns is thrown away.
        """
        self._stopped = True
        if self._interrupt is not None:
            # the loop may have ended by itself meanwhile
            with suppress(RuntimeError):
                self._interrupt()

    def _run(self) -> None:
        with suppress(Stopped, LineClosed):
            error = self._defined.context.copy().run(self._outcome)
            if not self._stopped:
                self._outbox.put(Ended(call=self._call.id, error=error))
        self._ended(self._call.id)

    def _outcome(self) -> MessageError | None:
        """Answer; why it failed, if it did."""
        try:
            result = self._defined.function(turn(self._call.turn, self._server))
            if isinstance(result, AsyncIterator | Awaitable):
                with asyncio.Runner() as runner:
                    runner.run(self._follow(result))
            else:
                self._take(result)
        except (Stopped, LineClosed):
            raise
        except BaseException as error:
            if self._stopped:
                raise Stopped from None
            return told(error)
        return None

    def _take(self, result: object) -> None:
        """All of what a function has returned."""
        if isinstance(result, Iterator | list | tuple):
            try:
                for piece in result:
                    self._say(piece)
            finally:
                if close := getattr(result, "close", None):
                    close()
        elif result is not None:
            self._say(result)

    async def _follow(self, result: AsyncIterator[object] | Awaitable[object]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._interrupt = partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel)
        self._check()
        if isinstance(result, AsyncIterator):
            await self._follow_pieces(result)
        else:
            self._take(await result)

    async def _follow_pieces(self, pieces: AsyncIterator[object]) -> None:
        try:
            async for piece in pieces:
                self._say(piece)
                await asyncio.sleep(0)  # where one that never waits can be stopped
        finally:
            if close := getattr(pieces, "aclose", None):
                await close()

    def _say(self, piece: object) -> None:
        self._check()
        self._outbox.say(self._call.id, *checked(piece))

    def _check(self) -> None:
        if self._stopped:
            raise Stopped


def unknown(name: str) -> MessageError:
    """Of a call of a function that the kernel has no more."""
    return MessageError(code=FAILED, message=f"'{name}' is not defined in its kernel any more.")
