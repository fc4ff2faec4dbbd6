"""The assistant that is always there: it needs no key, no account and no network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from .base import Assistant, Item, Turn

if TYPE_CHECKING:
    from .guide.answers import Guide
    from .guide.library import Library


class BuiltinAssistant(Assistant):
    """Looks things up in the documentation of what is installed, and helps with errors."""

    name = "builtin"
    title = "Jupyter Guide"
    description = (
        "Looks up names, questions and errors in the documentation of what is installed here,"
        " shows your variables and searches your chats. It is no language model; /connect tells"
        " how to get one."
    )

    def __init__(self, library: Library | None = None) -> None:
        self._library = library
        self._guide: Guide | None = None

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """The answer as Markdown, block by block."""
        async for piece in self._ready().answer(turn):
            yield piece

    async def close(self) -> None:
        """End the processes that read documentation."""
        if self._library is not None:
            await self._library.close()

    def _ready(self) -> Guide:
        """Made with the first question, so that listing assistants costs nothing."""
        if self._guide is None:
            from .guide.answers import Guide  # noqa: PLC0415
            from .guide.library import Library  # noqa: PLC0415

            self._library = self._library or Library()
            self._guide = Guide(self._library)
        return self._guide
