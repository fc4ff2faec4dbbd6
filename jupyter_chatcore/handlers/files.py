"""Files: taken as they are, and given back so that nothing in them runs.

Whatever is in a file, a page of this server must not come to run it: only pictures are
shown in place, all else is a download, of no type that a browser would render.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..errors import Invalid, TooLarge
from ..filetypes import MAGIC_BYTES, OTHER, clean_name, image_type
from .base import ChatHandler, checked
from .query import FileQuery

_YEAR = 365 * 24 * 3600


class FilesHandler(ChatHandler):
    """`chat/{session}/files`

    Jupyter reads a body whole before any handler sees it, at most `max_body_size` bytes.
    """

    @authenticated
    @authorized
    @checked
    async def post(self, session: str) -> None:
        """Keep a file: the body is its bytes."""
        data = self.request.body
        name, mime = self.query(FileQuery).name, self.request.headers.get("Content-Type", "")
        self._check(data)
        core = await self.core()
        await core.feed.read(lambda store: store.get_session(session))
        self.spend()
        self.respond(await asyncio.to_thread(core.files.take, data, name, mime), 201)

    def _check(self, data: bytes) -> None:
        limit = self.service.max_file_bytes
        if not data:
            raise Invalid("The file is empty: there is nothing to attach.")
        if len(data) > limit:
            raise TooLarge(
                f"The file has {_megabytes(len(data))} and may have {_megabytes(limit)}: attach a"
                " smaller one, or raise the server's setting ChatcoreApp.max_file_bytes."
            )


class FileHandler(ChatHandler):
    """`files/{digest}/{name}`"""

    _etag: str | None = None

    @authenticated
    @authorized
    @checked
    async def get(self, digest: str, name: str) -> None:
        """The bytes of a file."""
        core = await self.core()
        data = await asyncio.to_thread(core.files.read, digest)
        self._etag = f'"{digest}"'
        image = image_type(data[:MAGIC_BYTES])
        place = "inline" if image else "attachment"
        named = quote(clean_name(name), safe="")
        self.set_header("Content-Disposition", f"{place}; filename*=UTF-8''{named}")
        self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")
        self.set_header("X-Content-Type-Options", "nosniff")
        # an address is of these bytes alone, and who may see them is asked for no other's copy
        self.set_header("Cache-Control", f"private, max-age={_YEAR}, immutable")
        self.finish(data, set_content_type=image or OTHER)

    def compute_etag(self) -> str | None:
        """The digest: a browser that has the bytes need not get them again."""
        return self._etag


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.3g} MB"
