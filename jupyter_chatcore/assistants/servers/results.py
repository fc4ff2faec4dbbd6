"""What a tool of an MCP server gave, as the outputs of its part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from mcp_types import (
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from ...filetypes import IMAGES
from ...parts import BundleOutput, TextOutput, ToolOutput
from .told import ServerError

_CHARS = 200_000
"""How much of one text is kept; the rest is left out, and that is said."""
_ALL = 8_000_000
"""How much of all outputs is kept, pictures as they travel."""


def outputs(result: CallToolResult) -> list[ToolOutput]:
    """The outputs.

    Raises:
        ServerError: the tool says that it failed, and why.
    """
    found = list(_within(map(_output, result.content)))
    if not found and result.structured_content is not None:
        found = [_text(msgspec.json.encode(result.structured_content).decode())]
    if result.is_error:
        said = (each.text for each in found if isinstance(each, TextOutput))
        raise ServerError(" ".join(said)[:_CHARS] or "The tool failed, and did not say why.")
    return found


def _within(found: Iterable[ToolOutput]) -> Iterator[ToolOutput]:
    """The outputs as far as an answer can hold them."""
    left = _ALL
    for output in found:
        left -= len(msgspec.json.encode(output))
        if left < 0:
            yield _text("… what came after this is too large, and was left out")
            return
        yield output


def _output(block: ContentBlock) -> ToolOutput:
    match block:
        case TextContent():
            return _text(block.text)
        case ImageContent() if block.mime_type in IMAGES:
            return BundleOutput(data={block.mime_type: block.data})
        case ResourceLink():
            return _text(f"{block.title or block.name}: {block.uri}")
        case EmbeddedResource(resource=TextResourceContents() as resource):
            return _text(resource.text)
        case EmbeddedResource():
            return _text(f"[{block.resource.mime_type or 'data'}: {block.resource.uri}]")
    return _text(f"[{block.mime_type}]")


def _text(text: str) -> TextOutput:
    left = len(text) - _CHARS
    more = f"\n… {left} characters left out" if left > 0 else ""
    return TextOutput(text=f"{text[:_CHARS]}{more}")
