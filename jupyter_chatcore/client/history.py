"""What was said in a chat: pages of it, and all of it, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from ..protocol import Message, Page
from .conversation import PAGE, Conversation
from .frames import to_pandas, to_polars
from .portal import arun, run


class Messages(list[Message]):
    """A page of a chat: its messages, oldest first.

    `before` asks for the page before it, None where there is none; `total` is how many
    messages the branch shown has, `cursor` where to watch it from.
    """

    def __init__(self, page: Page) -> None:
        super().__init__(page.messages)
        self.before = page.before
        self.total = page.total
        self.cursor = page.cursor

    def to_pandas(self) -> Any:
        """A DataFrame of pandas, by the messages' ids. Raises Invalid without pandas."""
        return to_pandas(self)

    def to_polars(self) -> Any:
        """A DataFrame of polars. Raises Invalid without polars."""
        return to_polars(self)


def pages(chat: Conversation) -> Iterator[Messages]:
    """All pages, the oldest first; each is asked for when it is needed."""
    after: int | None = 0
    while after is not None:
        page = run(chat.page(limit=PAGE, after=after))
        yield Messages(page)
        after = page.after


async def apages(chat: Conversation) -> AsyncIterator[Messages]:
    """`pages` in an event loop."""
    after: int | None = 0
    while after is not None:
        page = await arun(chat.page(limit=PAGE, after=after))
        yield Messages(page)
        after = page.after
