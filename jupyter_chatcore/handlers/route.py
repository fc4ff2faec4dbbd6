"""What a route is: the one description that serves, checks and documents it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tornado.web import RequestHandler

from ..errors import BadRequest
from ..filetypes import DIGEST
from ..protocol import SessionId
from .query import NoQuery, Query

MAX_SEQ = 2**63 - 1


@dataclass(frozen=True)
class Raw:
    """Stands for bytes as they are, of one of these types, in the place of JSON's."""

    types: tuple[str, ...] = ("*/*",)


@dataclass(frozen=True)
class Operation:
    """One method of a route.

    `answers` is the type of the JSON body for each status of success, None for no body;
    it and `body` are a `Raw` where there are the bytes of a file.
    `streams` says that it answers 200 with a stream of events, unless JSON is wanted and
    to be had; `errors` are the statuses besides those that every operation may have.
    """

    summary: str
    answers: Mapping[int, Any]
    body: Any = None
    query: type[Query] = NoQuery
    streams: bool = False
    errors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Route:
    """An address below `chatcore/`, who serves it, and its operations by method."""

    path: str
    handler: type[RequestHandler]
    operations: Mapping[str, Operation] = field(default_factory=dict)

    @property
    def pattern(self) -> str:
        """The address as Tornado wants it: a regular expression with named groups."""
        return "chatcore/" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)

    @property
    def parameters(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"\{(\w+)\}", self.path)


def check_session(value: str) -> str:
    """A session's id as it came in a path.

    Raises:
        BadRequest: no session can have it.
    """
    try:
        return msgspec.convert(value, SessionId)
    except msgspec.ValidationError:
        raise BadRequest(
            f"{value[:128]!r} cannot be the id of a chat: use up to 128 of the characters"
            " A-Z a-z 0-9 . _ - and start with a letter or a digit."
        ) from None


def check_digest(value: str) -> str:
    """A file's digest as it came in a path.

    Raises:
        BadRequest: no file can have it.
    """
    if re.fullmatch(DIGEST, value):
        return value
    raise BadRequest("A file is called by its SHA-256, in 64 small hexadecimal digits.")


def check_kernel(value: str) -> str:
    """A kernel's id as it came in a path.

    Raises:
        BadRequest: no kernel can have it.
    """
    if re.fullmatch(r"[A-Za-z0-9-]{1,128}", value):
        return value
    raise BadRequest(f"{value[:128]!r} cannot be the id of a kernel.")


def check_seq(value: str, what: str) -> int:
    """A whole number from 0 to 2**63 - 1 as it came in a path or a header.

    Raises:
        BadRequest: it is something else.
    """
    if re.fullmatch(r"0|[1-9][0-9]{0,18}", value) and int(value) <= MAX_SEQ:
        return int(value)
    raise BadRequest(f"{what} is a whole number from 0 to {MAX_SEQ}, not {value[:40]!r}.")
