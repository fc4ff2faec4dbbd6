"""The parameters of queries: what each route takes, and reading them strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeVar

import msgspec

from ..api import ExportFormat, Seq
from ..errors import BadRequest
from ..protocol import SessionId

Limit = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many at most")]

# What Jupyter's own pages and JupyterHub add to any address.
_JUPYTERS_OWN = {"_xsrf", "token", "no_track_activity"}


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the queries."""


class NoQuery(Query, frozen=True):
    """No parameters at all."""


class SessionsQuery(Query, frozen=True, kw_only=True):
    """Which page of chats; `before` is the `before` of the page before.

    `show` is which of them: those in use, the pinned ones of these, those put away, or all.
    """

    before: Seq | None = None
    limit: Limit = 50
    notebook: str | None = None
    show: Literal["open", "pinned", "archived", "all"] = "open"


class PageQuery(Query, frozen=True, kw_only=True):
    """Which page of messages: the newest, or those at one of three places.

    `before` and `after` are those of the page next to it, and `after` 0 is the oldest page;
    `around` is a message, with what was said before and after it.
    """

    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Limit = 25

    def __post_init__(self) -> None:
        if sum(place is not None for place in (self.before, self.after, self.around)) > 1:
            raise ValueError("give only one of `before`, `after` and `around`")


class AfterQuery(Query, frozen=True, kw_only=True):
    """Where to watch from: a page's cursor or the last event's number; by default from now."""

    after: Seq | None = None


class FileQuery(Query, frozen=True, kw_only=True):
    """What a file is called by whom it is from."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class NamesQuery(Query, frozen=True, kw_only=True):
    """The names of variables, separated by commas; without any, all are meant."""

    names: Annotated[str, msgspec.Meta(min_length=1, max_length=10_000)] | None = None

    @property
    def list(self) -> list[str] | None:
        """The names one by one, None where all are meant."""
        return None if self.names is None else self.names.split(",")


class ExportQuery(Query, frozen=True, kw_only=True):
    """What a chat is exported as."""

    format: ExportFormat


class SearchQuery(Query, frozen=True, kw_only=True):
    """What to search for, in all chats or in one."""

    q: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    limit: Limit = 20
    session: SessionId | None = None


class HealthQuery(Query, frozen=True, kw_only=True):
    """Whether to check every promise of the database, which reads all of it: 1 for yes."""

    verify: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0


Q = TypeVar("Q", bound=Query)


def decode_query(arguments: Mapping[str, Sequence[bytes]], kind: type[Q]) -> Q:
    """The query's parameters, each known, given once and of the right form.

    Raises:
        BadRequest: one is not; the text names it.
    """
    given = {
        name: _text(name, values) for name, values in arguments.items() if not _is_jupyters(name)
    }
    try:
        query = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The query cannot be used: {error}. {_known(kind)}") from None
    for name, text in given.items():
        # Lax reading takes "1e2" for 100 and "null" for None: not what anyone means.
        if str(getattr(query, name)) != text:
            raise BadRequest(f"`{name}` cannot be {text[:40]!r}: give a plain whole number.")
    return query


def _is_jupyters(name: str) -> bool:
    """JupyterLab adds the time as a name without a value, to keep proxies from caching."""
    return name in _JUPYTERS_OWN or name.isdecimal()


def _text(name: str, values: Sequence[bytes]) -> str:
    if len(values) > 1:
        raise BadRequest(f"`{name}` is given {len(values)} times: give it once.")
    try:
        return values[0].decode()
    except UnicodeDecodeError:
        raise BadRequest(f"`{name}` is not valid UTF-8 (percent-encoded).") from None


def _known(kind: type[Query]) -> str:
    names = ", ".join(f"`{name}`" for name in kind.__struct_fields__)
    return f"It takes {names}." if names else "It takes no parameters."
