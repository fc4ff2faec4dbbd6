"""Chats as files: one goes out, many may come in."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from jupyter_server.auth.decorator import authorized
from tornado.iostream import StreamClosedError
from tornado.web import authenticated

from ..errors import Invalid, TooLarge
from ..exports.writing import disposition
from .base import ChatHandler, checked
from .errors import log_failure
from .query import ExportQuery, FileQuery

if TYPE_CHECKING:
    from ..exporting import Download


class ExportHandler(ChatHandler):
    """`chat/{session}/export`"""

    @authenticated
    @authorized
    @checked
    async def get(self, session: str) -> None:
        """The chat as a file, written as it is read."""
        # Neither is needed before somebody exports.
        from ..exporting import download  # noqa: PLC0415

        kind, core = self.query(ExportQuery).format, await self.core()
        await self._send(await download(core.feed, core.root, session, kind))

    async def _send(self, file: Download) -> None:
        self.set_header("Content-Type", file.mime)
        self.set_header("Content-Disposition", disposition(file.name))
        self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        try:
            async with aclosing(file.pieces) as pieces:
                async for piece in pieces:
                    self.write(piece)
                    await self.flush()
        except StreamClosedError:
            self.log.debug("%s left", self.request.path)
        except Exception as error:
            log_failure(self.log, f"GET {self.request.path}", error)
            # Half a file must not look like a whole one, and it is too late for a status.
            self.detach().close()


class ImportHandler(ChatHandler):
    """`import`

    Jupyter reads a body whole before any handler sees it, at most `max_body_size` bytes.
    """

    @authenticated
    @authorized
    @checked
    async def post(self) -> None:
        """Import the chats of a file: the body is its bytes."""
        data, limit = self.request.body, self.service.max_import_bytes
        if not data:
            raise Invalid("The file is empty: there is nothing to import.")
        if len(data) > limit:
            raise TooLarge(
                f"The file has {len(data)} bytes and may have {limit}: import a smaller one, or"
                " raise the server's setting ChatcoreApp.max_import_bytes."
            )
        self.spend()
        name, user = self.query(FileQuery).name, self.author.username
        core = await self.core()
        self.respond(await core.importer.run(data, name, limit, user))
