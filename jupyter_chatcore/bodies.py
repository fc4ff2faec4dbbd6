"""Reading a request's JSON body, with a text that helps for everything that can be wrong."""

from __future__ import annotations

import json
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from .api import Content
from .errors import BadRequest, Invalid, TooLarge
from .wellformed import MAX_DEPTH, is_deep

T = TypeVar("T")


def check_size(size: int, limit: int) -> None:
    """Raises TooLarge where a body of `size` bytes is over the limit."""
    if size > limit:
        raise TooLarge(
            f"The request has {size} bytes and may have {limit}: send less, or raise the"
            " server's setting ChatcoreApp.max_message_bytes."
        )


def check_parts(value: object, limit: int) -> None:
    """Raises TooLarge where a message has more parts than the limit."""
    count = len(value.parts or ()) if isinstance(value, Content) else 0
    if count > limit:
        raise TooLarge(
            f"The message has {count} parts and may have {limit}: send fewer, or raise the"
            " server's setting ChatcoreApp.max_parts."
        )


def under(parent: int | None) -> int | UnsetType | None:
    """What a message continues, as the store has it: 0 is nothing, so it begins a branch."""
    return UNSET if parent is None else parent or None


def decode(body: bytes, kind: type[T]) -> T:
    """The body as a value of this type; an empty body is an object without fields.

    Raises:
        BadRequest: it is not JSON that can be kept.
        Invalid: it has another shape; the text names the field.
    """
    try:
        value: T = msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"{error}. GET chatcore/openapi.json describes what is taken.") from None
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:  # by its version
        raise BadRequest(_why_not_json(body, error)) from None
    if is_deep(body, value):
        raise _too_deep()
    return value


def _too_deep() -> BadRequest:
    return BadRequest(f"The body is nested more than {MAX_DEPTH} deep.")


def _why_not_json(body: bytes, error: Exception) -> str:
    if not _is_utf8(body):
        return "The body is not valid UTF-8."
    if _has_half_characters(body):
        return (
            "The body has half a character in it (a lone surrogate such as \\ud83d), which"
            " cannot be stored: cut texts between characters (in JavaScript: toWellFormed())."
        )
    return f"The body is not valid JSON: {error}."


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _has_half_characters(body: bytes) -> bool:
    """Whether the JSON is sound but for surrogates that are not in pairs."""
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False
