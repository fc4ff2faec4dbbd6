"""What an assistant is shown of a chat when it is asked."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from .assistants.base import Decision, Turn
from .errors import NotFound
from .feed import Feed
from .files import Files
from .filetypes import digest_of
from .parts import FilePart
from .protocol import Message, Session
from .store import Store
from .toolset import Toolset


class Turns:
    """Makes turns from the branch that is shown.

    `root` is the server's folder, `limit` how many messages of the branch an assistant
    is shown at most.
    """

    def __init__(self, feed: Feed, files: Files, toolset: Toolset, root: Path, limit: int) -> None:
        self._feed = feed
        self._files = files
        self._toolset = toolset
        self._root = root
        self._limit = limit

    async def turn(self, reply: Message, settings: dict[str, Any], decision: Decision) -> Turn:
        """The turn that `reply` is the answer of.

        Raises:
            NotFound: the chat was deleted.
        """
        chat, branch, omitted = await self._feed.read(lambda store: self._read(store, reply))
        return Turn(
            session=chat,
            history=tuple(branch[:-1]),
            prompt=branch[-1],
            reply=reply.id,
            settings={**chat.settings, **settings},
            tools=self._toolset.tools(chat),
            folder=await asyncio.to_thread(folder_of, self._root, chat.notebook),
            omitted=omitted,
            search=self._toolset.search,
            decision=decision,
            read=self._read_file,
            locate=self._locate,
            more=partial(self._toolset.more, chat),
            view=self._toolset.view(chat),
        )

    def _read(self, store: Store, reply: Message) -> tuple[Session, list[Message], int]:
        chat = store.get_session(reply.session)
        branch = store.get_branch(chat.id, reply.parent, self._limit + 1)
        return chat, branch, store.get_depth(chat.id, branch[-1].id) - len(branch)

    async def _read_file(self, part: FilePart) -> bytes:
        return await asyncio.to_thread(self._files.read, _digest(part))

    def _locate(self, part: FilePart) -> Path | None:
        digest = digest_of(part.url)
        return self._files.path(digest).resolve() if digest else None


def _digest(part: FilePart) -> str:
    """The digest of a file that is kept here.

    Raises:
        NotFound: it is somewhere else, where nobody is sent.
    """
    if (digest := digest_of(part.url)) is None:
        raise NotFound(f"The file {part.name!r} is not kept with the chats.")
    return digest


def folder_of(root: Path, notebook: str | None) -> Path:
    """The folder of a notebook below the server's root; the root where there is none."""
    root = root.resolve()
    folder = (root / (notebook or "")).parent.resolve() if notebook else root
    return folder if folder.is_relative_to(root) and folder.is_dir() else root
