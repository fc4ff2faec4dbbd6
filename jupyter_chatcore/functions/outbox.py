"""What a kernel has still to send: answers grow here between two frames."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import groupby

from ..calls import Ended, FromKernel, Offer, Said
from ..parts import Part
from ..protocol import Usage
from .pieces import Piece

_FULL = 2**20
_FRAME = 2**18


class LineClosed(Exception):
    """The connection is gone, so nothing can be sent."""


@dataclass
class _Growing:
    """A piece of an answer that goes out in one frame; sizes are in bytes."""

    call: int
    items: list[str | Part] = field(default_factory=list)
    usage: Usage | None = None
    size: int = 0

    def add(self, piece: Piece, size: int) -> None:
        if isinstance(piece, Usage):
            self.usage = piece
        else:
            self.items.append(piece)
        self.size += size

    def said(self) -> Said:
        joined: list[str | Part] = []
        for kind, run in groupby(self.items, type):
            items = list(run)
            joined += ["".join(map(str, items))] if kind is str else items
        return Said(call=self.call, items=joined, usage=self.usage)


class Outbox:
    """Takes from many threads and gives to one; who is too fast for the connection waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[Offer | Ended | _Growing] = []
        self._size = 0
        self._closed = False

    def say(self, call: int, piece: Piece, size: int) -> None:
        """Add to the answer of a call; waits while 1 MiB or more is to be sent.

        Raises:
            LineClosed: there is no connection any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._size < _FULL or self._closed)
            last = self._waiting[-1] if self._waiting else None
            if not isinstance(last, _Growing) or last.call != call or last.size > _FRAME:
                last = _Growing(call)
                self._put(last)
            last.add(piece, size)
            self._size += size

    def put(self, message: Offer | Ended) -> None:
        """Add a message.

        Raises:
            LineClosed: there is no connection any more.
        """
        with self._changed:
            self._put(message)

    def take(self, seconds: float) -> list[FromKernel]:
        """All that is to be sent, as soon as there is any; nothing after so many seconds.

        Raises:
            LineClosed: there is no connection any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed, seconds)
            if self._closed:
                raise LineClosed
            taken, self._waiting, self._size = self._waiting, [], 0
            self._changed.notify_all()
        return [each.said() if isinstance(each, _Growing) else each for each in taken]

    def gather(self, seconds: float) -> None:
        """Let answers grow for so long; anything else that is to be sent ends it."""
        with self._changed:
            self._changed.wait_for(self._presses, seconds)

    def close(self) -> None:
        """Let everybody who waits go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _presses(self) -> bool:
        return self._closed or not all(isinstance(each, _Growing) for each in self._waiting)

    def _put(self, message: Offer | Ended | _Growing) -> None:
        if self._closed:
            raise LineClosed
        self._waiting.append(message)
        self._changed.notify_all()
