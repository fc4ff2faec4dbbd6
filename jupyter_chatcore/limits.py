"""How many requests that store something a user may send: a bucket of tokens for each."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from .errors import TooManyRequests

USERS_REMEMBERED = 10_000


class RateLimiter:
    """Lets each user spend `per_minute` at once, and then as fast as that refills.

    Zero switches it off. Only the users seen last are remembered, so that made-up
    names cannot grow the server's memory.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, user: str) -> None:
        """Count one request of this user.

        Raises:
            TooManyRequests: none is left; `retry_after` says when there will be one.
        """
        if not self._capacity:
            return
        tokens, now = self._tokens(user), self._clock()
        if tokens < 1:
            seconds = (1 - tokens) * 60 / self._capacity
            raise TooManyRequests(
                f"more than {self._capacity:.0f} messages a minute: "
                f"send this one again in {math.ceil(seconds)} s",
                retry_after=seconds,
            )
        self._remember(user, tokens - 1, now)

    def _tokens(self, user: str) -> float:
        tokens, since = self._buckets.get(user, (self._capacity, 0.0))
        refilled = (self._clock() - since) * self._capacity / 60
        return min(self._capacity, tokens + refilled)

    def _remember(self, user: str, tokens: float, now: float) -> None:
        self._buckets[user] = (tokens, now)
        self._buckets.move_to_end(user)
        if len(self._buckets) > USERS_REMEMBERED:
            self._buckets.popitem(last=False)
