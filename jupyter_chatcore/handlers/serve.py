"""The WebSocket of kernels whose functions answer chats."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from jupyter_server.auth.decorator import authorized, ws_authenticated
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from ..assistants.functions import Functions, KernelLine
from ..calls import FromKernel, Offer
from ..errors import BadRequest, ChatcoreError
from .errors import log_failure
from .socket import BatchSocket, close_code, close_reason

Get = Callable[..., Coroutine[Any, Any, None]]

# An answer may show a large picture; the reply's own limit is below this.
_MAX_INCOMING = 64 * 2**20
_may_write: Callable[[Get], Get] = authorized("write")
_PING_SECONDS = 120.0
_decode = msgspec.json.Decoder(FromKernel).decode
_encode = msgspec.json.Encoder().encode


class ServeSocket(BatchSocket):
    """`serve`: see `calls` for what is said."""

    _functions: Functions | None = None

    @ws_authenticated
    @_may_write
    async def get(self) -> None:
        """Upgrade; both checks come before it, and the origin's in Tornado's."""
        await super().get()

    @property
    def max_message_size(self) -> int:
        """Answers may have pictures."""
        return _MAX_INCOMING

    # A cell that holds the interpreter for minutes, as large sorts do, is no dead kernel.
    @property
    def ping_interval(self) -> float:
        """Seconds between pings, and for the answer to one."""
        return _PING_SECONDS

    def open(self, **path: str) -> None:
        """The connection stands."""
        self._line = KernelLine()
        super().open(**path)

    async def on_message(self, message: str | bytes) -> None:  # type: ignore[override]
        """What the kernel says; one that says something else is shown out.

        Tornado reads no further until this is done, so a kernel's words keep their order.
        """
        try:
            said = _decode(message)
        except msgspec.MsgspecError as error:
            refused = BadRequest(f"This is no word of a kernel: {error}")
            log_failure(self.log, f"WS {self.request.path}", refused)
            self.close(close_code(refused), close_reason(refused))
            return
        if isinstance(said, Offer):
            await self._offer(said)
        else:
            self._line.take(said)

    def on_close(self) -> None:
        """The kernel has gone."""
        super().on_close()
        self._line.close()
        if self._functions is not None:
            self._functions.tidy()

    async def _offer(self, offer: Offer) -> None:
        try:
            self._functions = (await self._service.core()).functions
            await self._functions.offer(self._line, offer)
        except ChatcoreError as error:
            log_failure(self.log, f"WS {self.request.path}", error)
            self.close(close_code(error), close_reason(error))

    async def _run(self) -> None:
        """Send what there is for the kernel, until the socket closes."""
        try:
            while True:
                await self._send(_encode(await self._line.outgoing.get()))
        except (StreamClosedError, WebSocketClosedError):
            self.log.debug("%s left", self.request.path)
