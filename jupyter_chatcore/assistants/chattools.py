"""What a model may do with the chats themselves."""

from __future__ import annotations

from typing import Any

from ..api import SearchHit
from ..parts import TextOutput, ToolOutput
from .base import Search, Tool, ToolError

_PARAMETERS = {
    "type": "object",
    "properties": {
        "words": {"type": "string", "description": "Words that the messages must contain"}
    },
    "required": ["words"],
    "additionalProperties": False,
}


def search_tool(search: Search) -> Tool:
    """Lets a model search the user's chats; it asks, since they go to the model's server."""

    async def run(arguments: dict[str, Any]) -> list[ToolOutput]:
        _check(arguments)
        hits = (await search(arguments["words"])).hits
        return [TextOutput(text="\n\n".join(map(_shown, hits)) or "No message has these words.")]

    return Tool(
        name="search_chats",
        description="Search the messages of all chats of this user, the best matches first.",
        parameters=_PARAMETERS,
        run=run,
        kind="search",
        title="Search your chats",
        asks=True,
        check=_check,
    )


def _check(arguments: dict[str, Any]) -> None:
    words = arguments.get("words")
    if not isinstance(words, str) or not words.strip():
        raise ToolError("`words` is missing: give the words to search for.")


def _shown(hit: SearchHit) -> str:
    text = "".join(piece.text for piece in hit.snippet)
    return f"{hit.role} in the chat {hit.title!r} on {hit.created[:10]}: {text}"
