"""What an answer took, of what agents tell about it.

By the protocol the tokens at a prompt's end are the sum over the session, and so is the
cost. OpenCode gives the tokens of its last request; Qwen Code gives those of each
request beside the text. What is told of a prompt is never guessed from less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from acp.schema import Usage as Tokens
from acp.schema import UsageUpdate
from pydantic import ValidationError

from ...protocol import Usage

_OF_LAST_REQUEST = ("opencode",)
_COUNTS = ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens")

Counts = Mapping[str, int]


@dataclass
class Ledger:
    """What one session of an agent has taken.

    `agent` is the agent's own name; `followed` says that the session was followed from
    its first prompt, so that sums over it can be told apart.
    """

    agent: str
    followed: bool = True
    _sum: Counts = field(default_factory=dict)
    _prompt: Counts = field(default_factory=dict)
    _cost: float = 0.0
    _cost_before: float = 0.0

    def begin(self) -> None:
        """A prompt begins."""
        self._prompt = {}
        self._cost_before = self._cost

    def spent(self, update: UsageUpdate) -> None:
        """Take the cost of the session so far."""
        if update.cost is not None and update.cost.currency == "USD":
            self._cost = update.cost.amount

    def request(self, meta: Mapping[str, Any] | None) -> None:
        """Take the tokens of one request, where they are told beside the text."""
        for name, count in _counts((meta or {}).get("usage")).items():
            self._prompt = {**self._prompt, name: self._prompt.get(name, 0) + count}

    def end(self, answer: Mapping[str, Any], model: str | None) -> Usage:
        """What the prompt took, with its answer."""
        counts = self._ended(_counts(answer.get("usage"))) or self._prompt
        cost = self._cost - self._cost_before if self.followed else 0.0
        self.followed = True
        return Usage(model=model, cost=round(cost, 6) or None, **_known(counts))

    def _ended(self, told: Counts) -> Counts:
        if not told or self.agent.lower() in _OF_LAST_REQUEST:
            return told
        before, self._sum = self._sum, told
        if not self.followed:
            return {}
        return {name: max(0, count - before.get(name, 0)) for name, count in told.items()}


def _counts(told: object) -> Counts:
    """What went in is all that did not come out: agents differ in whether it has the cached."""
    try:
        tokens = Tokens.model_validate(told)
    except ValidationError:
        return {}
    return {
        "input_tokens": max(0, tokens.total_tokens - tokens.output_tokens),
        "output_tokens": tokens.output_tokens,
        "reasoning_tokens": tokens.thought_tokens or 0,
        "cached_tokens": tokens.cached_read_tokens or 0,
    }


def _known(counts: Counts) -> dict[str, Any]:
    return {name: counts[name] for name in _COUNTS if counts.get(name)}
