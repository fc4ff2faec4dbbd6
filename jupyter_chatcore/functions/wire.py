"""The WebSocket between a kernel and its server."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import msgspec

from ..calls import FromKernel, ToKernel
from ..client.errors import NoServer, Refused, Unreachable
from ..client.finding import Address

if TYPE_CHECKING:
    import websocket

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 300.0
"""How long nothing may come: two pings of the server's are missing by then."""

_decode = msgspec.json.Decoder(ToKernel).decode
_encode = msgspec.json.Encoder().encode


class WireLost(Exception):
    """The connection broke, or the server closed it."""


class Wire:
    """One connection."""

    def __init__(self, address: Address, connection: websocket.WebSocket) -> None:
        self.address = address
        self._connection = connection

    def receive(self) -> ToKernel:
        """What the server says next.

        Raises:
            WireLost: it says nothing any more.
        """
        import websocket  # noqa: PLC0415

        while True:
            try:
                kind, data = self._connection.recv_data()
            except (OSError, websocket.WebSocketException):
                raise WireLost from None
            if kind == websocket.ABNF.OPCODE_CLOSE:
                raise WireLost
            with suppress(msgspec.MsgspecError):  # a newer server may know more words
                return _decode(data)

    def send(self, message: FromKernel) -> None:
        """Say something to the server.

        Raises:
            WireLost: it hears nothing any more.
        """
        self._do(self._connection.send, _encode(message).decode())

    def ping(self) -> None:
        """Ask for a sign of life, which `receive` waits for.

        Raises:
            WireLost: it hears nothing any more.
        """
        self._do(self._connection.ping)

    def close(self) -> None:
        """End it; whoever waits in `receive` goes on with WireLost."""
        if (plain := self._connection.sock) is not None:
            with suppress(OSError):
                plain.shutdown(socket.SHUT_RDWR)
        self._do(self._connection.shutdown)

    def _do(self, method: Any, *arguments: object) -> None:
        import websocket  # noqa: PLC0415

        try:
            method(*arguments)
        except (OSError, websocket.WebSocketException):
            raise WireLost from None


def connect(address: Address) -> Wire:
    """A connection to the server's `chatcore/serve`.

    Raises:
        Unreachable: it does not answer.
        Refused: it does not take the token.
        NoServer: it lacks the extension.
    """
    import websocket  # noqa: PLC0415

    closing = ExitStack()
    try:
        connection = websocket.create_connection(
            f"ws{address.url.removeprefix('http')}chatcore/serve",
            timeout=CONNECT_SECONDS,
            header=[f"Authorization: token {address.token.reveal()}"] if address.token else [],
            suppress_origin=True,
            enable_multithread=True,
            **_way(address, closing),
        )
    except websocket.WebSocketBadStatusException as error:
        status = error.status_code
    except (OSError, websocket.WebSocketException) as error:
        why = type(error).__name__
        raise Unreachable(f"The server at {address} does not answer ({why}).") from None
    else:
        closing.pop_all()
        connection.settimeout(SILENCE_SECONDS)
        return Wire(address, connection)
    finally:
        closing.close()
    raise _refusal(address, status)


def _way(address: Address, closing: ExitStack) -> dict[str, Any]:
    """How to get there: what is on this machine is asked without a proxy or a certificate."""
    if address.socket:
        way = closing.enter_context(socket.socket(socket.AF_UNIX))
        way.settimeout(CONNECT_SECONDS)
        way.connect(address.socket)
        return {"socket": way}
    if address.is_here:
        return {"http_no_proxy": ["*"], "sslopt": {"cert_reqs": ssl.CERT_NONE}}
    return {}


def _refusal(address: Address, status: int) -> NoServer | Refused | Unreachable:
    if status in (401, 403):
        return Refused(f"The server at {address} lets nobody in with this token ({status}).")
    if status == 404:
        return NoServer(
            f"The server at {address} has no jupyter_chatcore of this version:"
            " install it there, and start the server again."
        )
    return Unreachable(f"The server at {address} cannot be asked now ({status}).")
