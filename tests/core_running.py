"""A whole core with assistants of the test's own, and what tests ask of it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from core_fixtures import CHAT

from jupyter_chatcore.api import Ask, NewSession, Note, Posted
from jupyter_chatcore.assistants.base import Assistant
from jupyter_chatcore.assistants.settings import AssistantSettings
from jupyter_chatcore.core import ChatCore, CoreConfig
from jupyter_chatcore.protocol import Author, Message
from jupyter_chatcore.reply import ReplyOptions
from jupyter_chatcore.store import Store

ADA = Author(username="ada", name="Ada")
LOG = logging.getLogger("test")


@asynccontextmanager
async def core(
    folder: Path,
    *assistants: Assistant,
    options: ReplyOptions | None = None,
    settings: AssistantSettings | None = None,
) -> AsyncIterator[ChatCore]:
    """A core with the chat `CHAT`, whose default assistant is the first one given."""
    config = CoreConfig(
        db_path=folder / "chats.sqlite",
        root=folder,
        poll_seconds=0.02,
        default_assistant=assistants[0].name,
        assistants=settings or AssistantSettings(),
        replies=options or ReplyOptions(coalesce_seconds=0.001, headline_seconds=0),
    )
    made = ChatCore(config, LOG)
    for assistant in assistants:
        made.assistants.add(assistant)
    await made.start()
    try:
        await made.feed.write(lambda store: store.create_session(NewSession(), CHAT))
        yield made
        assert await made.feed.read(Store.verify) == []
    finally:
        await made.close()


async def message(chat: ChatCore, mid: int | None) -> Message:
    assert mid is not None
    return await chat.feed.read(lambda store: store.get_message(CHAT, mid))


async def ended(chat: ChatCore, posted: Posted) -> Message:
    """The reply after its end."""

    async def check() -> bool:
        return (await message(chat, posted.reply)).status != "streaming"

    await until(chat, posted.cursor, check)
    return await message(chat, posted.reply)


async def until(chat: ChatCore, after: int, check: Callable[[], Awaitable[bool]]) -> None:
    async with aclosing(chat.feed.watch(CHAT, after)) as batches:
        async for _ in batches:
            if await check():
                return


async def ask(chat: ChatCore, words: str | None = "hello", **more: object) -> Posted:
    """Ask in `CHAT`; `more` are the other fields of `Ask`."""
    return await chat.replies.ask(CHAT, Ask(text=words, **more), ADA)  # type: ignore[arg-type]


async def note(chat: ChatCore, words: str) -> None:
    """Say something in `CHAT` that wants no reply."""
    parts = Note(text=words).as_parts()
    await chat.feed.write(lambda store: store.persist_message(CHAT, parts, author=ADA))
