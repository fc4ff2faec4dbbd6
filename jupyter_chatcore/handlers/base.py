"""What every handler of the HTTP API shares."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from jupyter_server.auth import User
from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from ..bodies import check_parts, check_size, decode
from ..protocol import Author
from .body import check_content_type
from .errors import ErrorsAsJson
from .query import Q, Query, decode_query
from .route import Operation, Route, check_digest, check_kernel, check_seq, check_session
from .service import Service

if TYPE_CHECKING:
    from ..core import ChatCore

AUTH_RESOURCE = "chatcore"
T = TypeVar("T")


class JsonHandler(ErrorsAsJson, APIHandler):
    """Answers everything in JSON, also what Jupyter refuses."""

    auth_resource = AUTH_RESOURCE

    async def prepare(self) -> None:  # type: ignore[override]
        """Check who asks and from where."""
        try:
            await super().prepare()
        except HTTPError as error:
            # Jupyter answers 404 to another origin's pages, which helps nobody to find out why.
            if error.status_code == 404:
                raise HTTPError(403, "Pages of another origin may not ask this server") from error
            raise


class ChatHandler(JsonHandler):
    """Reads requests strictly."""

    _query: Query

    def initialize(self, route: Route) -> None:
        """Called by Tornado with the route that led here."""
        self.route = route

    @property
    def operation(self) -> Operation:
        """The description of what was asked for."""
        return self.route.operations[str(self.request.method)]

    @property
    def allowed(self) -> list[str]:
        """The methods that this address takes."""
        return list(self.route.operations)

    @property
    def service(self) -> Service:
        """The core and the limits."""
        service: Service = self.settings["chatcore"]
        return service

    async def core(self) -> ChatCore:
        """The core, with its database open.

        Raises:
            StoreError: it cannot be opened; the next request tries again.
        """
        return await self.service.core()

    @property
    def author(self) -> Author:
        """Who asks, as the server authenticated them."""
        return author_of(self.current_user)

    def query(self, kind: type[Q]) -> Q:
        """The query's parameters; `kind` is what the table says that the operation takes."""
        if not isinstance(self._query, kind):
            raise TypeError(f"{self.route.path} takes {type(self._query).__name__}")
        return self._query

    def body(self, kind: type[T]) -> T:
        """The request's body; whoever sends one has that counted.

        Raises:
            BadRequest, Invalid, TooLarge, HTTPError 415: it cannot be used.
            TooManyRequests: the user sends too many.
        """
        body, service = self.request.body, self.service
        check_size(len(body), service.max_message_bytes)
        if body:
            check_content_type(self.request.headers.get("Content-Type", ""))
        value = decode(body, kind)
        check_parts(value, service.max_parts)
        self.spend()
        return value

    def spend(self) -> None:
        """Count a request that stores something.

        Raises:
            TooManyRequests: the user sends too many.
        """
        self.service.limiter.spend(self._payer)

    @property
    def _payer(self) -> str:
        """Whose requests are counted together: the server's token makes up a user each time."""
        return "" if self.token_authenticated else self.author.username

    def respond(self, value: Any, status: int = 200) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(msgspec.json.encode(value))

    def compute_etag(self) -> str | None:
        """None: a chat is paged and watched by cursors, not compared by hashes."""
        return None


Method = Callable[..., Awaitable[None]]


def checked(method: Method) -> Method:
    """Reads the address before the method does anything, and after it is known who asks.

    The method gets what is in the path by name: `mid` and `part` as ints, the rest as strs.
    """

    @wraps(method)
    async def inner(self: ChatHandler, **path: str) -> None:
        found = check_path(path)
        self._query = decode_query(self.request.query_arguments, self.operation.query)
        await method(self, **found)

    return inner


class UnknownHandler(JsonHandler):
    """Every address below `chatcore/` that is no route."""

    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse it; whether it exists is only for those who are logged in."""
        await super().prepare()
        raise HTTPError(404 if self.current_user else 403)


def check_path(values: Mapping[str, str]) -> dict[str, Any]:
    """What is in a path, checked and converted.

    Raises:
        BadRequest: it cannot be an id.
    """
    found: dict[str, Any] = {}
    if "session" in values:
        found["session"] = check_session(values["session"])
    if "mid" in values:
        found["mid"] = check_seq(values["mid"], "A message's id")
    if "part" in values:
        found["part"] = check_seq(values["part"], "A part's index")
    if "digest" in values:
        found["digest"] = check_digest(values["digest"])
    if "kernel" in values:
        found["kernel"] = check_kernel(values["kernel"])
    if "name" in values:
        found["name"] = values["name"]
    return found


def author_of(user: User) -> Author:
    """The author that a user of the server is."""
    return Author(
        username=user.username,
        name=user.display_name or user.name or "",
        initials=user.initials,
        color=user.color,
        avatar_url=user.avatar_url,
    )
