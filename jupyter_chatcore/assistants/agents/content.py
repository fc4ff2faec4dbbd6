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


def asked(parts: Iterable[Part], images: bool) -> Iterator[dict[str, Any]]:
    """The blocks of a prompt. Agents differ in what they make of embedded resources, so
    cells and variables are told in words, each under a label; `images` says that the agent
    takes pictures. Files are not among them, see `attachments`.
    """
    for part in parts:
        if isinstance(part, FilePart):
            continue
        told = list(pieces(part, images))
        if words := "\n".join(piece.text for piece in told if isinstance(piece, Text)):
            yield text_block(words)
        for piece in told:
            if isinstance(piece, Image):
                yield image_block(piece)


def image_block(image: Image) -> dict[str, Any]:
    """A block of a picture."""
    data = base64.b64encode(image.data).decode()
    return {"type": "image", "mimeType": image.mime, "data": data}


def text_block(text: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": text}
