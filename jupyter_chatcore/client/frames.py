"""Messages as a table: a row each, for pandas or polars."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..errors import Invalid
from ..protocol import Message

COLUMNS = (
    "id",
    "role",
    "author",
    "status",
    "text",
    "created",
    "model",
    "input_tokens",
    "output_tokens",
)


def to_pandas(messages: Iterable[Message]) -> Any:
    """A DataFrame of pandas, by the messages' ids.

    Raises:
        Invalid: pandas is not installed.
    """
    pandas = _library("pandas")
    frame = pandas.DataFrame(_columns(messages))
    frame["created"] = pandas.to_datetime(frame["created"], utc=True)
    for name in ("input_tokens", "output_tokens"):
        frame[name] = frame[name].astype("Int64")
    return frame.set_index("id")


def to_polars(messages: Iterable[Message]) -> Any:
    """A DataFrame of polars.

    Raises:
        Invalid: polars is not installed.
    """
    polars = _library("polars")
    numbers = dict.fromkeys(("id", "input_tokens", "output_tokens"), polars.Int64)
    kinds = {name: numbers.get(name, polars.String) for name in COLUMNS}
    kinds["created"] = polars.Datetime("us", "UTC")
    return polars.DataFrame(_columns(messages), schema=kinds)


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise Invalid(f"This needs {name}: pip install {name}") from None


def _columns(messages: Iterable[Message]) -> dict[str, list[Any]]:
    rows = [_row(message) for message in messages]
    return {name: [row[name] for row in rows] for name in COLUMNS}


def _row(message: Message) -> dict[str, Any]:
    usage = message.usage
    return {
        "id": message.id,
        "role": message.role,
        "author": message.author.username if message.author else None,
        "status": message.status,
        "text": message.text,
        "created": datetime.fromisoformat(message.created),
        "model": message.model or (usage.model if usage else None),
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
    }
