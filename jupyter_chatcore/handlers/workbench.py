"""The WebSocket of pages that have notebooks open: tasks go out, and what became of them in."""

from __future__ import annotations

import asyncio

import msgspec
from jupyter_server.auth.decorator import authorized, ws_authenticated
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from ..context.workspace import WorkspaceError
from ..errors import BadRequest
from ..notebooks import FromPage, Task
from ..workbench import LEFT, WorkbenchPage
from .base import author_of
from .errors import log_failure
from .socket import BAD_REQUEST, BatchSocket, close_reason

# A page answers with a notebook's cells and their outputs.
_MAX_INCOMING = 64 * 2**20
_decode = msgspec.json.Decoder(FromPage).decode
_encode = msgspec.json.Encoder().encode


class WorkbenchSocket(BatchSocket):
    """`workbench`: see `notebooks` for what is said."""

    _page: WorkbenchPage | None = None

    @ws_authenticated
    @authorized
    async def get(self) -> None:
        """Upgrade; both checks come before it, and the origin's in Tornado's."""
        await super().get()

    @property
    def max_message_size(self) -> int:
        """Notebooks with plots are large."""
        return _MAX_INCOMING

    def on_message(self, message: str | bytes) -> None:
        """What the page says; one that says something else is shown out."""
        try:
            said = _decode(message)
        except msgspec.MsgspecError as error:
            refused = BadRequest(f"This is no word of a page: {error}")
            log_failure(self.log, f"WS {self.request.path}", refused)
            self.close(BAD_REQUEST, close_reason(refused))
            return
        if self._page is not None:
            self._page.take(said)

    async def _run(self) -> None:
        """Be there, until the socket closes."""
        user = author_of(self.current_user).username
        async with self._service.workbench.page(user, self._give) as page:
            self._page = page
            await asyncio.Event().wait()

    async def _give(self, task: Task) -> None:
        try:
            await self._send(_encode(task))
        except (StreamClosedError, WebSocketClosedError):
            raise WorkspaceError(LEFT) from None
