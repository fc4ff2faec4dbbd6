"""How the server is."""

from __future__ import annotations

import asyncio
import platform
from pathlib import Path
from typing import TYPE_CHECKING

import jupyter_server
from jupyter_server.auth.decorator import authorized
from msgspec.structs import replace
from tornado.web import authenticated

from .. import __version__
from ..errors import StoreError
from ..health import Health
from .base import ChatHandler, checked
from .query import HealthQuery

if TYPE_CHECKING:
    from ..core import ChatCore


class HealthHandler(ChatHandler):
    """`health`"""

    @authenticated
    @authorized
    @checked
    async def get(self) -> None:
        """What runs, and how the database is."""
        verify = bool(self.query(HealthQuery).verify)
        settings = self.service.told
        health = Health(
            version=__version__,
            python=platform.python_version(),
            jupyter_server=jupyter_server.__version__,
            database=settings.database,
            journal_mode=settings.journal_mode,
            replay=settings.replay,
        )
        try:
            health = await _looked(await self.core(), health, verify)
        except StoreError as error:
            health = replace(health, state="failed", reason=error.message)
        self.respond(health)


async def _looked(core: ChatCore, health: Health, verify: bool) -> Health:
    """With what the open database tells.

    Raises:
        StoreError: it cannot go on.
    """
    chats, messages = await core.feed.read(lambda store: store.counts())
    problems = await core.feed.read(lambda store: store.verify()) if verify else None
    size = await asyncio.to_thread(_size, health.database)
    return replace(
        health, bytes=size, chats=chats, messages=messages, answering=core.busy, problems=problems
    )


def _size(path: str) -> int:
    """The bytes of the database, with what its journal holds."""
    files = (Path(path), Path(f"{path}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
