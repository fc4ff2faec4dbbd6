"""What can be read of a chat, and what is said about it: its title, its history, its copies."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, overload

from ..api import SearchHit
from ..protocol import Message, Session
from .conversation import Conversation, Where
from .exporting import target, written
from .history import Messages, apages, pages
from .portal import arun, run

if TYPE_CHECKING:
    from .chat import PlainChat


class Readable:
    """A chat that can be read. Whoever has it says by `_where` which one it is.

    Everything raises ChatcoreError where no server is found or reached, and what it refuses.
    """

    _conversation: Conversation | None = None
    _process = 0

    def _where(self) -> Where:
        raise NotImplementedError

    def _chat(self) -> Conversation:
        """The chat; another one when it was switched, and in a process that was forked."""
        where, known, process = self._where(), self._conversation, os.getpid()
        if known is None or known.where != where or self._process != process:
            begun = known is not None and known.begun and known.where.session == where.session
            known, self._process = Conversation(where, begun), process
            self._conversation = known
        return known

    def info(self) -> Session:
        """What the server knows of the chat: its id, title, assistant, settings and times."""
        return run(self._chat().info())

    async def ainfo(self) -> Session:
        """`info` in an event loop."""
        return await arun(self._chat().info())

    @property
    def title(self) -> str:
        """What the chat is called. Setting it gives it a name that stays: 300 letters at most."""
        return self.info().title

    @title.setter
    def title(self, title: str) -> None:
        run(self._chat().rename(title))

    async def arename(self, title: str) -> None:
        """Set `title`, in an event loop."""
        await arun(self._chat().rename(title))

    def messages(self, before: int | None = None, limit: int = 25) -> Messages:
        """The newest messages of the branch shown, or those before a message; 200 at most."""
        return Messages(run(self._chat().page(before, limit)))

    async def amessages(self, before: int | None = None, limit: int = 25) -> Messages:
        """`messages` in an event loop."""
        return Messages(await arun(self._chat().page(before, limit)))

    def history(self) -> Iterator[Message]:
        """All messages of the branch shown, oldest first; read as they are needed."""
        for page in pages(self._chat()):
            yield from page

    async def ahistory(self) -> AsyncIterator[Message]:
        """`history` in an event loop."""
        async for page in apages(self._chat()):
            for message in page:
                yield message

    def __len__(self) -> int:
        """How many messages the branch shown has."""
        return self.info().count

    def __bool__(self) -> bool:
        return True

    def search(self, words: str, limit: int = 20) -> list[SearchHit]:
        """Its messages that have these words, the best first."""
        return run(self._chat().search(words, limit))

    async def asearch(self, words: str, limit: int = 20) -> list[SearchHit]:
        """`search` in an event loop."""
        return await arun(self._chat().search(words, limit))

    def fork(self, message: Message | int | None = None) -> PlainChat:
        """A new chat of the messages up to this one, by default the newest."""
        return self._forked(run(self._chat().fork(id_of(message))))

    async def afork(self, message: Message | int | None = None) -> PlainChat:
        """`fork` in an event loop."""
        return self._forked(await arun(self._chat().fork(id_of(message))))

    def export(self, where: str | os.PathLike[str]) -> str:
        """The chat as a text, or as a file.

        `where` is a format (`markdown`, `notebook` or `jsonl`), which gives the text, or a
        file that ends in `.md`, `.ipynb` or `.jsonl`, which is written and gives its path.

        Raises:
            ValueError: it is neither.
        """
        kind, path = target(where)
        return written(run(self._chat().export(kind)), path)

    async def aexport(self, where: str | os.PathLike[str]) -> str:
        """`export` in an event loop."""
        kind, path = target(where)
        return written(await arun(self._chat().export(kind)), path)

    def _forked(self, made: Session) -> PlainChat:
        from .chat import PlainChat  # noqa: PLC0415

        return PlainChat.of(made, self._where())


@overload
def id_of(message: Message | int) -> int: ...
@overload
def id_of(message: Message | int | None) -> int | None: ...
def id_of(message: Message | int | None) -> int | None:
    """A message's id, however it is named."""
    return message.id if isinstance(message, Message) else message
