"""The functions of this process, and the thread that keeps them answering."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import PurePath

from ..client.errors import Unreachable
from ..client.naming import notebook
from ..errors import ChatcoreError, Conflict
from .line import Line
from .outbox import LineClosed
from .runs import Defined
from .wire import Wire

PATIENCE = 15.0
"""Seconds that a cell waits for the server to take its function."""
_FIRST_DELAY, _LAST_DELAY = 0.2, 15.0
_SHORT = 5.0
"""After a connection that lasted fewer seconds, the next is waited for longer."""

_log = logging.getLogger(__name__)


class Serving:
    """Offers functions on a line that is made with the first of them, and again when it is lost.

    `connect` gives a connection to the server, or raises a ChatcoreError.
    """

    def __init__(self, connect: Callable[[], Wire]) -> None:
        self._connect = connect
        self._functions: dict[str, Defined] = {}
        self._line: Line | None = None
        self._thread: threading.Thread | None = None
        self._defining = threading.Lock()
        self._connected = threading.Condition()
        self._hurry = threading.Event()

    def define(self, defined: Defined) -> None:
        """From now on this function answers; it takes the place of one of its name.

        Raises:
            Conflict: the name is somebody else's.
            ChatcoreError: the server cannot be found, or does not answer.
        """
        with self._defining:
            before = self._functions.get(defined.name)
            self._functions[defined.name] = defined
            try:
                self._offer(defined)
            except BaseException:
                self._functions.pop(defined.name, None)
                if before is not None:
                    self._functions[defined.name] = before
                raise

    def _offer(self, defined: Defined) -> None:
        try:
            refused = self._ready().offer([defined], own_notebook(), PATIENCE)
        except LineClosed:
            raise Unreachable("The server has stopped answering. Run this again.") from None
        if why := refused.get(defined.name):
            raise Conflict(why)

    def _ready(self) -> Line:
        """The line to the server; waited for while it is made again."""
        if self._thread is None:
            line = self._line = Line(self._connect(), self._functions, self._lose)
            self._thread = threading.Thread(
                target=self._serve, args=(line,), name="assistants", daemon=True
            )
            self._thread.start()
            return line
        self._hurry.set()
        with self._connected:
            self._connected.wait_for(lambda: self._line is not None, PATIENCE)
        if self._line is None:
            raise Unreachable("The server does not answer. Is it running? Then run this again.")
        return self._line

    def _serve(self, line: Line) -> None:
        """Keep a line to the server for as long as the process lives."""
        delay = _FIRST_DELAY
        while True:
            began = time.monotonic()
            line.run()
            self._line = None
            if time.monotonic() - began > _SHORT:
                delay = _FIRST_DELAY
            line, delay = self._again(delay)

    def _again(self, delay: float) -> tuple[Line, float]:
        """A new line, and how long to wait for the one after it."""
        while True:
            self._hurry.wait(delay)
            self._hurry.clear()
            delay = min(2 * delay, _LAST_DELAY)
            try:
                line = Line(self._connect(), self._functions, self._lose)
            except ChatcoreError as error:
                _log.debug("Functions cannot answer yet: %s", error)
                continue
            line.offer_again(list(self._functions.values()), own_notebook())
            with self._connected:
                self._line = line
                self._connected.notify_all()
            return line, delay

    def _lose(self, name: str, why: str) -> None:
        """Another one answers as `name`; the cell that defined the function here says so."""
        if defined := self._functions.pop(name, None):
            defined.context.copy().run(_log.warning, "%s", why)


def own_notebook() -> str:
    """The name of this kernel's notebook, "" if there is none."""
    return PurePath(notebook()).name
