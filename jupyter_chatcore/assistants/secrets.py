"""Take what looks like a secret out of a text that people will read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")
_NAMED = re.compile(
    r"(?i)(\b[\w-]*(?:key|token|secret|password|passwd|authorization)\b['\"]?\s*[=:]\s*)"
    r"(?:bearer\s+)?\S+"
)
_BEARER = re.compile(r"(?i)\bbearer\s+\S+")
_LONG = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}\b")
HIDDEN = "[hidden]"

_SECRET_WORDS = (
    "KEY",
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "AUTH",
    "CREDENTIALS",
)
_PLACES = ("FILE", "PATH", "DIR", "SOCK")
_SHORTEST = 8


def known_secrets(environ: Mapping[str, str], own: Iterable[str] = ()) -> tuple[str, ...]:
    """The secrets of an environment, as its names tell, and `own` ones; the longest first.

    What has fewer than 8 characters is left out: it would be found in harmless words.
    """
    named = (value for name, value in environ.items() if sounds_secret(name))
    found = {value for value in (*named, *own) if len(value) >= _SHORTEST}
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def sounds_secret(name: str) -> bool:
    """Whether a variable of this name has a secret."""
    words = name.upper().split("_")
    return words[-1] not in _PLACES and any(word.endswith(_SECRET_WORDS) for word in words)


def without_secrets(text: str, limit: int = 300) -> str:
    """The text on one line, at most `limit` characters, with secret-looking runs hidden.

    Hidden are: what follows a name like `key=`, bearer tokens, user and password in an
    address, and long runs of letters mixed with digits.
    """
    line = " ".join(text.split())
    line = _USERINFO.sub(HIDDEN + "@", line)
    line = _NAMED.sub(rf"\1{HIDDEN}", line)
    line = _BEARER.sub(HIDDEN, line)
    line = _LONG.sub(HIDDEN, line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with these secrets hidden, wherever they stand in it."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def describe(error: BaseException) -> str:
    """An exception as its type and a short text without secrets."""
    text = without_secrets(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
