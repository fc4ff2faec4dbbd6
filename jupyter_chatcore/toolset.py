"""What a model may call in a chat: the tools there are, by the rules as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from .api import SearchResult, SessionPatch
from .assistants.base import More, Tool
from .assistants.chattools import search_tool
from .assistants.servers.all import Servers
from .context.datatools import DataTools
from .context.notebooktools import NotebookTools
from .context.rules import Rule, ruled, rules_in
from .context.workspace import Workspace
from .feed import Feed
from .protocol import Session
from .store import Store


class Toolset:
    """The tools over the chats, over a workspace where there is one, and of MCP servers.

    `rules` are the server's, which stand above a chat's own.
    """

    def __init__(
        self,
        feed: Feed,
        workspace: Workspace | None,
        servers: Servers,
        rules: Mapping[str, Rule],
    ) -> None:
        self._feed = feed
        self._workspace = workspace
        self._servers = servers
        self._rules = rules

    def tools(self, chat: Session) -> tuple[Tool, ...]:
        """Those of a chat."""
        tools = [search_tool(self.search)]
        if self._workspace is not None:
            tools += NotebookTools(self._workspace, chat.notebook).tools()
            tools += DataTools(self._workspace, chat.notebook).tools()
        return self._ruled(tools, chat)

    async def more(self, chat: Session) -> More:
        """Those of the user's MCP servers, which are started where they do not run."""
        found = await self._servers.more()
        return More(self._ruled(found.tools, chat), found.notices)

    async def search(self, q: str) -> SearchResult:
        """Messages by their words, in all chats."""
        return await self._feed.read(lambda store: store.search(q))

    def _ruled(self, tools: Iterable[Tool], chat: Session) -> tuple[Tool, ...]:
        allow = partial(self._allow, chat.id)
        return tuple(ruled(tools, self._rules, rules_in(chat.settings), allow))

    async def _allow(self, session: str, tool: str) -> None:
        """The user has allowed a tool for good in a chat."""

        def work(store: Store) -> None:
            settings = store.get_session(session).settings
            tools = {**rules_in(settings), tool: "always"}
            store.patch_session(session, SessionPatch(settings={**settings, "tools": tools}))

        await self._feed.write(work)
