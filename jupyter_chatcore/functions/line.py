"""One connection of a kernel to its server: functions are offered on it, and called."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue

from ..calls import Call, Cancel, Ended, Function, Offer, Taken, ToKernel, Told
from .outbox import LineClosed, Outbox
from .runs import Defined, Run, unknown
from .wire import Wire, WireLost

_PING_SECONDS = 20.0
_COALESCE_SECONDS = 0.02


class Line:
    """Runs until the connection is lost. `functions` are those that can be called.

    `lost` is told of each function that another kernel has taken, and in which words.
    """

    def __init__(
        self, wire: Wire, functions: Mapping[str, Defined], lost: Callable[[str, str], None]
    ) -> None:
        self._wire = wire
        self._functions = functions
        self._lost = lost
        self._outbox = Outbox()
        self._runs: dict[int, Run] = {}
        self._asking: dict[int, SimpleQueue[Told | None]] = {}
        self._numbers = count(1)

    def run(self) -> None:
        """Take what the server says; returns when the connection is lost."""
        threading.Thread(target=self._write, name="assistants-writer", daemon=True).start()
        with suppress(WireLost):
            while True:
                self._take(self._wire.receive())
        self.close()

    def offer(self, functions: Iterable[Defined], notebook: str, seconds: float) -> dict[str, str]:
        """Offer functions, and wait for the server's word; why it takes one of them not.

        Raises:
            LineClosed: the connection was lost, or the server says nothing for so long.
        """
        number = next(self._numbers)
        heard = self._asking[number] = SimpleQueue()
        try:
            self._outbox.put(offer(number, functions, notebook))
            told = heard.get(timeout=seconds)
        except Empty:
            told = None
        finally:
            del self._asking[number]
        if told is None:
            raise LineClosed
        return told.refused

    def offer_again(self, functions: Iterable[Defined], notebook: str) -> None:
        """Offer what was offered on a connection before; `lost` is told what is refused."""
        with suppress(LineClosed):
            self._outbox.put(offer(next(self._numbers), functions, notebook))

    def close(self) -> None:
        """End the connection, and all that runs for it."""
        self._outbox.close()
        self._wire.close()
        for run in list(self._runs.values()):
            run.stop()
        for heard in list(self._asking.values()):
            heard.put(None)

    def _take(self, message: ToKernel) -> None:
        match message:
            case Call():
                self._start(message)
            case Cancel():
                if run := self._runs.get(message.call):
                    run.stop()
            case Told():
                if heard := self._asking.get(message.id):
                    heard.put(message)
                else:
                    for name, why in message.refused.items():
                        self._lost(name, why)
            case Taken():
                self._lost(message.name, message.message)

    def _start(self, call: Call) -> None:
        defined = self._functions.get(call.name)
        if defined is None:
            with suppress(LineClosed):
                self._outbox.put(Ended(call=call.id, error=unknown(call.name)))
            return
        server, ended = self._wire.address, self._runs.pop
        run = self._runs[call.id] = Run(call, defined, server, self._outbox, ended)
        run.start()

    def _write(self) -> None:
        """Send the first piece of an answer at once, then all that came meanwhile."""
        with suppress(LineClosed, WireLost):
            while True:
                for message in (messages := self._outbox.take(_PING_SECONDS)):
                    self._wire.send(message)
                if messages:
                    self._outbox.gather(_COALESCE_SECONDS)
                else:
                    self._wire.ping()
        self._wire.close()


def offer(number: int, functions: Iterable[Defined], notebook: str) -> Offer:
    """Functions as a server is told of them."""
    return Offer(
        id=number,
        notebook=notebook,
        functions=[
            Function(
                name=each.name, defined=each.time, title=each.title, description=each.description
            )
            for each in functions
        ],
    )
