"""Imports files of chats: read off the loop, written in small steps, whole chats or none.

A file is read to its end before anything is written, so a bad one leaves nothing. To
import it again, or a later export of the same chats, adds what is new and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from .api import ImportResult
from .errors import ChatcoreError, Invalid, StoreError
from .feed import Feed
from .imports.file import chats
from .imports.foreign import ForeignChat, ForeignMessage
from .parts import TextPart
from .protocol import Session
from .store import Store
from .titletext import title_of

_MESSAGES = 200
_BYTES = 512 * 1024
"""How much is written in one transaction, unless one message has more: others wait for it."""


class _Taken(NamedTuple):
    session: Session
    made: bool
    messages: int


class Importer:
    """Imports one file at a time into the chats of `feed`."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._turn = asyncio.Lock()

    async def run(self, data: bytes, name: str, limit: int, user: str) -> ImportResult:
        """The chats of a file called `name`, as `user` imports them.

        `limit` is how many bytes may come out of a compressed file.

        Raises:
            Invalid, TooLarge: the file cannot be used; nothing of it was imported.
            StoreError: some chats were imported, as the text says; again gets the rest.
        """
        async with self._turn:
            await asyncio.to_thread(_check, data, name, limit)
            taken = await self._all(chats(data, name, limit), user)
            made = [each for each in taken if each.made]
            await self._put_in_order([each.session for each in made])
        return ImportResult(
            sessions=[each.session for each in taken if each.messages],
            made=len(made),
            known=len(taken) - len(made),
            messages=sum(each.messages for each in taken),
        )

    async def _all(self, found: Iterator[ForeignChat], user: str) -> list[_Taken]:
        taken: list[_Taken] = []
        while (chat := await asyncio.to_thread(next, found, None)) is not None:
            try:
                taken.append(await self._take(chat, user))
            except StoreError as error:
                raise type(error)(
                    f"{error} {len(taken)} chats of the file were imported: import it again"
                    " for the rest."
                ) from error
        return taken

    async def _take(self, chat: ForeignChat, user: str) -> _Taken:
        """Import one chat; one that is new and cannot be completed is taken back."""
        steps = _steps(chat)
        step = await asyncio.to_thread(next, steps, None)
        titled = replace(chat, title=chat.title or _title(step or []))
        session, made = await self._feed.write(lambda store: store.import_session(titled))
        try:
            added = 0
            while step:
                write = partial(Store.import_messages, session=session.id, messages=step)
                # what is shown in the end is durable, and all before it with it
                added += await self._feed.write(write, durable=False)
                step = await asyncio.to_thread(next, steps, None)
            shown = await self._feed.write(
                lambda store: store.show_import(session.id, chat.head, added, user)
            )
        except ChatcoreError:
            if made:
                with suppress(ChatcoreError):
                    await self._feed.write(lambda store: store.delete_session(session.id))
            raise
        return _Taken(shown, made, added)

    async def _put_in_order(self, sessions: list[Session]) -> None:
        """In the list of chats they stand by their last messages, as if said here."""
        if len(sessions) < 2:
            return
        ids = [each.id for each in sorted(sessions, key=lambda each: each.updated)]
        for start in range(0, len(ids), _MESSAGES):
            some = ids[start : start + _MESSAGES]
            await self._feed.write(partial(Store.bring_up, sessions=some))


def _check(data: bytes, name: str, limit: int) -> None:
    """Read the whole file.

    Raises:
        Invalid, TooLarge: it cannot be used.
    """
    messages = sum(1 for chat in chats(data, name, limit) for _ in chat.messages())
    if not messages:
        raise Invalid("There are no messages in the file, so nothing was imported.")


def _steps(chat: ForeignChat) -> Iterator[list[ForeignMessage]]:
    """The messages in runs that are written at once."""
    step: list[ForeignMessage] = []
    size = 0
    for message in chat.messages():
        if step and (len(step) >= _MESSAGES or size + message.size > _BYTES):
            yield step
            step, size = [], 0
        step.append(message)
        size += message.size
    if step:
        yield step


def _title(messages: list[ForeignMessage]) -> str:
    """A title out of the first words of a user."""
    texts = (
        part.text
        for message in messages
        if message.role == "user"
        for part in message.parts
        if isinstance(part, TextPart)
    )
    return next((title for text in texts if (title := title_of(text))), "Imported chat")
