"""What a model may call or look at in a chat, by the rules as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from .api import SearchResult, SessionPatch
from .assistants.base import More, Tool
from .assistants.chattools import search_tool
from .assistants.servers.all import Servers
from .assistants.view import NoView, View
from .context.datatools import DataTools
from .context.notebooktools import NotebookTools
from .context.rules import Rule, ruled, rules_in
from .context.view import NotebookView
from .context.workspace import Workspace
from .feed import Feed
from .protocol import Session
from .redaction import Redaction, Secrets, discreet
from .store import Store


class Toolset:
    """The tools over the chats, over a workspace where there is one, and of MCP servers.

    `rules` are the server's, which stand above a chat's own; what `secrets` gives is never
    shown.
    """

    def __init__(
        self,
        feed: Feed,
        workspace: Workspace | None,
        servers: Servers,
        rules: Mapping[str, Rule],
        secrets: Secrets,
    ) -> None:
        self._feed = feed
        self._workspace = workspace
        self._servers = servers
        self._rules = rules
        self._secrets = secrets

    def tools(self, chat: Session) -> tuple[Tool, ...]:
        """Those of a chat."""
        tools = [search_tool(self.search)]
        if self._workspace is not None:
            tools += NotebookTools(self._workspace, chat.notebook).tools()
            tools += DataTools(self._workspace, chat.notebook).tools()
        return self._ruled(tools, chat)

    def view(self, chat: Session) -> View:
        """What may be looked at without tools."""
        if self._workspace is None:
            return NoView()
        return NotebookView(
            self._workspace,
            chat.notebook,
            {**rules_in(chat.settings), **self._rules},
            Redaction(self._secrets()),
        )

    async def more(self, chat: Session) -> More:
        """Those of the user's MCP servers, which are started where they do not run."""
        found = await self._servers.more()
        return More(self._ruled(found.tools, chat), found.notices)

    async def search(self, q: str) -> SearchResult:
        """Messages by their words, in all chats."""
        return await self._feed.read(lambda store: store.search(q))

    def _ruled(self, tools: Iterable[Tool], chat: Session) -> tuple[Tool, ...]:
        allow = partial(self._allow, chat.id)
        discreet_ones = (discreet(tool, self._secrets) for tool in tools)
        return tuple(ruled(discreet_ones, self._rules, rules_in(chat.settings), allow))

    async def _allow(self, session: str, tool: str) -> None:
        """The user has allowed a tool for good in a chat."""

        def work(store: Store) -> None:
            settings = store.get_session(session).settings
            tools = {**rules_in(settings), tool: "always"}
            store.patch_session(session, SessionPatch(settings={**settings, "tools": tools}))

        await self._feed.write(work)
