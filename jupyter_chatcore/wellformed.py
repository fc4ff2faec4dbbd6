"""Text that can be stored and sent: halves of characters (lone surrogates) are none."""

from __future__ import annotations

from typing import Any


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
