"""What can be stored and read back: no halves of characters, no endless nesting."""

from __future__ import annotations

from typing import Any

import msgspec

MAX_DEPTH = 100


def well_formed(text: str) -> str:
    """The text with lone surrogates replaced, and those that make a pair joined."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def well_formed_value(value: Any) -> Any:
    """The same of every text in a value as JSON has them."""
    match value:
        case str():
            return well_formed(value)
        case list():
            return [well_formed_value(item) for item in value]
        case dict():
            return {well_formed(key): well_formed_value(item) for key, item in value.items()}
    return value


def is_deep(data: bytes, value: object) -> bool:
    """Whether a value, whose JSON is `data`, is nested more than `MAX_DEPTH` deep.

    What was decoded with an almost empty stack might not be with a fuller one: so the
    limit is far below that.
    """
    # Every level needs two brackets, so most values need no closer look.
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return False
    level = [msgspec.to_builtins(value)]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: Any) -> list[Any]:
    """The objects and arrays in an object or array."""
    values = value.values() if isinstance(value, dict) else value
    return [inner for inner in values if isinstance(inner, (dict, list))]
