"""The files of a prompt, as an agent takes them.

A picture goes as a picture and a short text as a resource, where the agent says that it
takes such; of every other file it is told the path, and can read it with its own tools.
"""

from __future__ import annotations

from typing import NamedTuple

from acp.schema import InitializeResponse

from ...errors import ChatcoreError
from ...filetypes import MAGIC_BYTES, image_type
from ...parts import FilePart
from ..attached import USUAL, files_of, words_of
from ..base import Turn
from ..telling import Image, Text, file_line
from .content import Asked
from .words import Files

RESOURCE_BYTES = 64 * 1024
"""The longest text that goes with the prompt itself."""


class Takes(NamedTuple):
    """What an agent takes in a prompt beside text."""

    images: bool = False
    resources: bool = False


def takes(hello: InitializeResponse) -> Takes:
    """What an agent said that it takes."""
    capabilities = hello.agent_capabilities
    prompts = capabilities.prompt_capabilities if capabilities else None
    return Takes(bool(prompts and prompts.image), bool(prompts and prompts.embedded_context))


async def files_told(turn: Turn, can: Takes) -> list[Asked]:
    """What is told of the files that the prompt shows."""
    told: list[Asked] = []
    for part in files_of(turn.prompt):
        told += await _told(turn, part, can)
    return told


def places(turn: Turn) -> Files:
    """Where the files of the history are, by their addresses."""
    files = [part for message in turn.history for part in files_of(message)]
    return {part.url: [Text(_placed(turn, part))] for part in files}


async def _told(turn: Turn, part: FilePart, can: Takes) -> list[Asked]:
    placed = Text(_placed(turn, part))
    try:
        data = await _data(turn, part, can)
    except ChatcoreError as error:
        return [Text(f"{file_line(part)}\n{error.message}")]
    mime = image_type(data[:MAGIC_BYTES])
    if can.images and mime and len(data) <= USUAL.picture:
        return [placed, Image(mime, data)]
    path = turn.locate(part)
    text = words_of(data, RESOURCE_BYTES) if len(data) <= RESOURCE_BYTES else None
    if can.resources and path and text:
        told = {"uri": path.as_uri(), "mimeType": part.mime, "text": text}
        return [placed, {"type": "resource", "resource": told}]
    return [placed]


async def _data(turn: Turn, part: FilePart, can: Takes) -> bytes:
    """The bytes, where they may go with the prompt; none for a file that does not."""
    most = USUAL.picture if can.images else RESOURCE_BYTES if can.resources else 0
    return await turn.read(part) if part.size <= most else b""


def _placed(turn: Turn, part: FilePart) -> str:
    path = turn.locate(part)
    return f"{file_line(part)} at {path}" if path else file_line(part)
