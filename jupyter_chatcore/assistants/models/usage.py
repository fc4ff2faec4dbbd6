"""What an answer took, summed over its requests, and what that cost."""

from __future__ import annotations

from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot
from pydantic_ai.messages import ModelResponse
from pydantic_ai.usage import RequestUsage

from ...protocol import Usage


class Meter:
    """Sums what the requests of one answer took; `url` is where they went."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._usage = RequestUsage()
        self._reasoning = 0
        self._cost: float | None = 0.0
        self._model: str | None = None
        self._told = True

    def add(self, response: ModelResponse) -> None:
        """Count one request. Where a server tells nothing, nothing is made up."""
        used = response.usage
        self._told = self._told and bool(used.input_tokens or used.output_tokens)
        self._usage += used
        self._reasoning += used.details.get("reasoning_tokens", 0)
        self._model = response.model_name or self._model
        cost = self._price(response)
        self._cost = None if cost is None or self._cost is None else self._cost + cost

    def usage(self) -> Usage:
        """The sum so far; `cost` is None where a price is not known."""
        if not self._told:
            return Usage(model=self._model)
        return Usage(
            model=self._model,
            input_tokens=self._usage.input_tokens,
            output_tokens=self._usage.output_tokens,
            reasoning_tokens=self._reasoning or None,
            cached_tokens=self._usage.cache_read_tokens or None,
            cost=self._cost,
        )

    def _price(self, response: ModelResponse) -> float | None:
        """By the address of the server: a model of one's own costs nothing that is known."""
        if not response.model_name:
            return None
        try:
            price = calc_price(response.usage, response.model_name, provider_api_url=self._url)
        except (LookupError, ValueError):
            return None
        return float(price.total_price)


def known_window(url: str, model: str) -> int | None:
    """The context window of a model, as the price list has it for the server at `url`."""
    try:
        _, found = get_snapshot().find_provider_model(model, None, None, url)
    except LookupError:
        return None
    return found.context_window
