"""A feed that imports and exports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from core_fixtures import feeding
from exchanged import ADA

from jupyter_chatcore.api import ExportFormat, ImportResult
from jupyter_chatcore.exporting import download
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.importing import Importer


@asynccontextmanager
async def exchanging(folder: Path) -> AsyncIterator[tuple[Feed, Importer]]:
    """A feed, and what imports into it."""
    async with feeding(folder / "chats.sqlite") as feed:
        yield feed, Importer(feed)


async def exported(feed: Feed, session: str, kind: ExportFormat = "jsonl") -> bytes:
    """The whole file."""
    file = await download(feed, Path(), session, kind)
    async with aclosing(file.pieces) as pieces:
        return b"".join([piece async for piece in pieces])


async def imported(importer: Importer, data: bytes, name: str = "a.chat") -> ImportResult:
    """What an import answers."""
    return await importer.run(data, name, 2**20, ADA.username)
