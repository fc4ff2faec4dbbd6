"""The protocol's content blocks: what an agent says with them, and what it is asked with."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any

from acp.schema import (
    AudioContentBlock,
    EmbeddedResourceContentBlock,
    ImageContentBlock,
    ResourceContentBlock,
    TextContentBlock,
    TextResourceContents,
)

from ...parts import FilePart, OutputPart, Part
from ..telling import Image, Text, pieces

Block = (
    TextContentBlock
    | ImageContentBlock
    | AudioContentBlock
    | ResourceContentBlock
    | EmbeddedResourceContentBlock
)

Asked = Text | Image | dict[str, Any]
"""A piece of a prompt: words, a picture, or a block as it is."""


def text_of(block: Block) -> str:
    """What a block says in words; empty where it has none."""
    match block:
        case TextContentBlock():
            return block.text
        case ResourceContentBlock():
            return f"[{block.title or block.name}]({block.uri})"
        case EmbeddedResourceContentBlock(resource=TextResourceContents() as resource):
            return resource.text
    return ""


def said(block: Block) -> str | OutputPart:
    """A block of an answer, as an assistant yields it."""
    if isinstance(block, ImageContentBlock | AudioContentBlock):
        return OutputPart(data={block.mime_type: block.data})
    return text_of(block)


def asked(parts: Iterable[Part], images: bool) -> Iterator[Text | Image]:
    """What a prompt tells. Agents differ in what they make of embedded resources, so
    cells and variables are told in words, each under a label; `images` says that the agent
    takes pictures. Files are not among them, see `attachments`.
    """
    for part in parts:
        if isinstance(part, FilePart):
            continue
        told = list(pieces(part, images))
        if words := "\n".join(piece.text for piece in told if isinstance(piece, Text)):
            yield Text(words)
        yield from (piece for piece in told if isinstance(piece, Image))


def block(piece: Asked) -> dict[str, Any]:
    """A piece as a block."""
    match piece:
        case Text():
            return {"type": "text", "text": piece.text}
        case Image():
            data = base64.b64encode(piece.data).decode()
            return {"type": "image", "mimeType": piece.mime, "data": data}
    return piece
