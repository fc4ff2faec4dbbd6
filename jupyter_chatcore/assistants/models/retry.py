"""Asking again after a busy server's refusal: how often, how long after, and in what words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ...parts import NoticePart

NAME = "retry"


@dataclass(frozen=True)
class Retry:
    """How a refused question is asked again.

    It is asked `tries` times at most. The waits double from `first` seconds up to
    `longest`; a server that names a time is given it, up to `patience` seconds.
    """

    tries: int = 4
    first: float = 1.0
    longest: float = 30.0
    patience: float = 60.0

    def wait(self, tried: int, asked: float | None) -> float | None:
        """Seconds until the next try after `tried` ones, None where there is none.

        `asked` are the seconds that the server asked for.
        """
        if tried >= self.tries or (asked is not None and asked > self.patience):
            return None
        return (
            max(asked, 0.0)
            if asked is not None
            else min(self.first * 2 ** (tried - 1), self.longest)
        )

    def waiting(self, what: str, seconds: float, tried: int) -> NoticePart:
        """Told while it waits; `what` is how the server is."""
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        return NoticePart(
            name=NAME,
            text=f"The server is {what}. Next try in {math.ceil(seconds)} s,"
            f" {tried + 1} of {self.tries}.",
            until=until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        )

    def waited(self, what: str, tried: int) -> NoticePart:
        """Told once the wait is over."""
        times = "once" if tried == 1 else f"{tried} times"
        return NoticePart(name=NAME, text=f"The server was {what}; asked again {times}.")
