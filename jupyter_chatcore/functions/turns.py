"""The turn that a function is given, made of what the server has sent."""

from __future__ import annotations

from pathlib import Path

from ..assistants.base import Read, Turn
from ..calls import SentTurn
from ..client.finding import Address
from ..client.portal import arun
from ..client.server import server_at
from ..errors import NotFound
from ..filetypes import digest_of
from ..parts import FilePart


def turn(sent: SentTurn, server: Address) -> Turn:
    """The turn; the files in it are read from the server."""
    return Turn(
        session=sent.session,
        history=tuple(sent.history),
        prompt=sent.prompt,
        reply=sent.reply,
        settings=sent.settings,
        folder=Path(sent.folder),
        omitted=sent.omitted,
        read=_reading(server),
    )


def _reading(server: Address) -> Read:
    async def read(part: FilePart) -> bytes:
        if digest_of(part.url) is None:
            raise NotFound(f"The file {part.name!r} is not kept with the chats.")
        return await arun(_fetch(server, part.url))

    return read


async def _fetch(server: Address, url: str) -> bytes:
    return await server_at(server).raw("GET", f"/{url}")
