"""Requests to one server: sent again where that is safe, and their errors as exceptions.

Nothing here keeps what HTTP's own exceptions hold: they know the token.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import msgspec

from .. import errors
from ..api import ErrorBody
from ..sse import Decoder, ServerEvent
from .errors import NoServer, Refused, Unreachable
from .finding import Address
from .secret import Secret

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
Query = Mapping[str, str | int]

PATIENCE = 30.0
"""How long, in seconds, a server that has answered before may be away, as when it restarts."""
_SILENCE = 60.0
_RETRY_SECONDS = (0.05, 0.2, 0.5, 1.0)
_AWAY = (502, 503, 504)

_CODES = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.ChatcoreError)
}


class Lost(Exception):
    """The connection broke, or there was none: it may be tried again."""


class Server:
    """A server, and the connections to it; used in the portal's loop alone."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._http: httpx.AsyncClient | None = None
        self._answered = False

    async def ask(
        self,
        method: str,
        path: str,
        answer: type[T],
        body: Any = None,
        query: Query | None = None,
    ) -> T:
        """A request's answer. `path` is below `chatcore/`, or absolute below the server's URL.

        It may be sent twice, so it must be one that does no harm when it is.

        Raises:
            ChatcoreError: the server refuses it, or cannot be reached.
        """
        content = None if body is None else msgspec.json.encode(body)
        return msgspec.json.decode(await self.raw(method, path, content, query), type=answer)

    async def raw(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        query: Query | None = None,
        kind: str = "application/json",
    ) -> bytes:
        """The bytes of an answer; else as `ask`."""
        waiting = Waiting(PATIENCE if self._answered else 0.0)
        while True:
            try:
                status, headers, data = await self._once(method, path, content, query, kind)
            except Lost as lost:
                await waiting.again(f"The server at {self.address} does not answer: {lost}.")
                continue
            self._answered = True
            if status == 429 and waiting.may_be_told_to_wait():
                await asyncio.sleep(float(headers.get("Retry-After", "1")))
            elif status < 300:
                return data
            else:
                raise self._refusal(status, data)

    async def _once(
        self, method: str, path: str, content: bytes | None, query: Query | None, kind: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        http, lost = self._client(), None
        try:
            response = await http.request(
                method,
                self._url(path),
                content=content,
                params=query,
                headers={"Accept": "application/json", "Content-Type": kind},
            )
        except http_error() as error:
            lost = Lost(plain(error))
        if lost is not None:
            raise lost
        if response.status_code in _AWAY and not _is_ours(response.content):
            raise Lost(f"it answers {response.status_code}")
        return response.status_code, response.headers, response.content

    @asynccontextmanager
    async def events(self, path: str, query: Query) -> AsyncIterator[AsyncIterator[ServerEvent]]:
        """A stream of events.

        Raises:
            Lost: it could not be had, or broke.
            ChatcoreError: the server refuses it.
        """
        http, lost = self._client(), None
        try:
            async with http.stream("GET", self._url(path), params=query) as response:
                if response.status_code != 200:
                    data = await response.aread()
                    if response.status_code in _AWAY and not _is_ours(data):
                        raise Lost(f"it answers {response.status_code}")
                    raise self._refusal(response.status_code, data)
                yield _decoded(response)
        except http_error() as error:
            lost = Lost(plain(error))
        if lost is not None:
            raise lost

    async def close(self) -> None:
        """Close its connections."""
        if self._http is not None:
            await self._http.aclose()

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = connect(self.address)
        return self._http

    def _url(self, path: str) -> str:
        return f"{self.address.url}{path.lstrip('/') if path[0] == '/' else f'chatcore/{path}'}"

    def _refusal(self, status: int, data: bytes) -> errors.ChatcoreError:
        """What the server says, as an exception."""
        try:
            body = msgspec.json.decode(data, type=ErrorBody)
        except msgspec.MsgspecError:
            body = ErrorBody(code="http", message=f"The server answered {status}.")
        if status in (401, 403) or 300 <= status < 400:
            return Refused(
                f"The server at {self.address} lets nobody in with this token ({status})."
                ' Give the right one: Chat(token="..."), or CHATCORE_SERVER_TOKEN.'
            )
        if status == 404 and body.code == "http":
            return NoServer(
                f"The server at {self.address} has no jupyter_chatcore:"
                " install it there, and start the server again."
            )
        return told(body)


def told(body: ErrorBody) -> errors.ChatcoreError:
    """An error as the server tells it, in the class that it has there."""
    kind = _CODES.get(body.code, errors.ChatcoreError)
    if issubclass(kind, errors.TooManyRequests):
        return kind(body.message, retry_after=0.0)
    error = kind(body.message)
    error.code = body.code
    return error


class Waiting:
    """How often and how long something is tried again; a success begins it anew."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._told = 0
        self.begin()

    def begin(self) -> None:
        """It has worked: the next failure is a first one."""
        self._times = 0
        self._until = time.monotonic() + self._patience

    async def again(self, why: str) -> None:
        """Wait before the next try; longer each time.

        Raises:
            Unreachable: it has been tried for long enough.
        """
        if self._times and time.monotonic() > self._until:
            raise Unreachable(why)
        await asyncio.sleep(_RETRY_SECONDS[min(self._times, len(_RETRY_SECONDS) - 1)])
        self._times += 1

    def may_be_told_to_wait(self) -> bool:
        """Whether to do as a server says that is asked too much; five times at most."""
        self._told += 1
        return self._told <= 5


def connect(address: Address) -> httpx.AsyncClient:
    """A client of the server. Its token goes there and nowhere else: no redirect is followed."""
    import httpx  # noqa: PLC0415

    # certificates are read only where they are looked at: that takes a while
    secure = address.url.startswith("https:") and not address.is_here
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(
            verify=secure,
            uds=address.socket or None,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
        )
        if address.is_here
        else None,
        headers=_credentials(address.token),
        timeout=httpx.Timeout(_SILENCE, connect=15.0),
        verify=secure,
        trust_env=not address.is_here,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),
    )


def _credentials(token: Secret) -> dict[str, str]:
    if token:
        return {"Authorization": f"token {token.reveal()}"}
    # where nobody needs to log in, Jupyter still wants a sign that no foreign page asks
    nonce = secrets.token_hex(16)
    return {"Cookie": f"_xsrf={nonce}", "X-XSRFToken": nonce}


def http_error() -> type[Exception]:
    """What HTTP's client raises where the network fails."""
    import httpx  # noqa: PLC0415

    return httpx.TransportError


def plain(error: Exception) -> str:
    """An error of the network in words, without what it knows."""
    return str(error) or type(error).__name__


def _is_ours(data: bytes) -> bool:
    """Whether an error is the extension's own, and not a proxy's."""
    try:
        return msgspec.json.decode(data, type=ErrorBody).code != "http"
    except msgspec.MsgspecError:
        return False


async def _decoded(response: httpx.Response) -> AsyncIterator[ServerEvent]:
    decoder = Decoder()
    async for chunk in response.aiter_raw():
        for event in decoder.feed(chunk):
            yield event


_servers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Address, Server]] = WeakKeyDictionary()


def server_at(address: Address) -> Server:
    """The one with this address, with its connections; they belong to the loop that runs."""
    known = _servers.setdefault(asyncio.get_running_loop(), {})
    return known.setdefault(address, Server(address))
