"""The limit of rate."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jupyter_chatcore import limits
from jupyter_chatcore.errors import TooManyRequests
from jupyter_chatcore.limits import RateLimiter


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def spend_all(limiter: RateLimiter, user: str, most: int = 10_000) -> int:
    for count in range(most):
        try:
            limiter.spend(user)
        except TooManyRequests:
            return count
    return most


def test_a_minutes_worth_at_once_and_then_as_it_refills(clock: Callable[[], float]) -> None:
    assert isinstance(clock, Clock)
    limiter = RateLimiter(60, clock)
    assert spend_all(limiter, "ada") == 60
    clock.now += 5
    assert spend_all(limiter, "ada") == 5
    clock.now += 3600
    assert spend_all(limiter, "ada") == 60


def test_it_says_when_to_come_again(clock: Clock) -> None:
    limiter = RateLimiter(6, clock)
    spend_all(limiter, "ada")
    with pytest.raises(TooManyRequests, match="again in 10 s") as caught:
        limiter.spend("ada")
    clock.now += caught.value.retry_after
    limiter.spend("ada")


def test_users_do_not_share(clock: Clock) -> None:
    limiter = RateLimiter(3, clock)
    assert spend_all(limiter, "ada") == spend_all(limiter, "bob") == 3


def test_zero_is_off(clock: Clock) -> None:
    assert spend_all(RateLimiter(0, clock), "ada") == 10_000


def test_made_up_users_do_not_pile_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "USERS_REMEMBERED", 5)
    limiter = RateLimiter(2, clock)
    for number in range(100):
        limiter.spend(f"user{number}")
    assert len(limiter._buckets) == 5
    assert spend_all(limiter, "user99") == 1
