"""What an assistant is shown of a chat when it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from .api import SearchResult, SessionPatch
from .assistants.base import Decision, Tool, Turn
from .assistants.chattools import search_tool
from .context.datatools import DataTools
from .context.notebooktools import NotebookTools
from .context.rules import Rule, ruled, rules_in
from .context.workspace import Workspace
from .feed import Feed
from .protocol import Message, Session
from .store import Store


class Turns:
    """Makes turns from the branch that is shown.

    `root` is the server's folder, `limit` how many messages of the branch an assistant
    is shown at most, `rules` are the server's for the tools on `workspace`.
    """

    def __init__(
        self,
        feed: Feed,
        root: Path,
        limit: int,
        workspace: Workspace | None = None,
        rules: Mapping[str, Rule] | None = None,
    ) -> None:
        self._feed = feed
        self._root = root
        self._limit = limit
        self._workspace = workspace
        self._rules = rules or {}

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
            tools=tuple(self._tools(chat)),
            folder=await asyncio.to_thread(folder_of, self._root, chat.notebook),
            omitted=omitted,
            search=self._search,
            decision=decision,
        )

    def _tools(self, chat: Session) -> list[Tool]:
        """What may be called in a chat, by the rules as they are now."""
        tools = [search_tool(self._search)]
        if self._workspace is not None:
            tools += NotebookTools(self._workspace, chat.notebook).tools()
            tools += DataTools(self._workspace, chat.notebook).tools()
        allow = partial(self._allow, chat.id)
        return ruled(tools, self._rules, rules_in(chat.settings), allow)

    async def _allow(self, session: str, tool: str) -> None:
        """The user has allowed a tool for good in a chat."""

        def work(store: Store) -> None:
            settings = store.get_session(session).settings
            tools = {**rules_in(settings), tool: "always"}
            store.patch_session(session, SessionPatch(settings={**settings, "tools": tools}))

        await self._feed.write(work)

    def _read(self, store: Store, reply: Message) -> tuple[Session, list[Message], int]:
        chat = store.get_session(reply.session)
        branch = store.get_branch(chat.id, reply.parent, self._limit + 1)
        return chat, branch, store.get_depth(chat.id, branch[-1].id) - len(branch)

    async def _search(self, q: str) -> SearchResult:
        return await self._feed.read(lambda store: store.search(q))


def folder_of(root: Path, notebook: str | None) -> Path:
    """The folder of a notebook below the server's root; the root where there is none."""
    root = root.resolve()
    folder = (root / (notebook or "")).parent.resolve() if notebook else root
    return folder if folder.is_relative_to(root) and folder.is_dir() else root
