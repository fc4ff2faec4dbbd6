"""What can be looked up: assistants, texts, and this API itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..api import AssistantList, SearchResult
from .base import ChatHandler, checked
from .query import SearchQuery

if TYPE_CHECKING:
    from ..store import Store


class AssistantsHandler(ChatHandler):
    """`assistants`"""

    @authenticated
    @authorized
    @checked
    async def get(self) -> None:
        """Who can answer, and whether they can now."""
        core = await self.core()
        self.respond(AssistantList(assistants=await core.assistants.list()))


class SearchHandler(ChatHandler):
    """`search`"""

    @authenticated
    @authorized
    @checked
    async def get(self) -> None:
        """Messages that have these words."""
        q = self.query(SearchQuery)
        core = await self.core()
        self.respond(await core.feed.read(lambda store: self._search(store, q)))

    def _search(self, store: Store, q: SearchQuery) -> SearchResult:
        found = store.search(q.q, q.limit, q.session)
        if q.session is not None:
            return found
        titles = store.named_like(q.q, q.limit, self.author.username)
        return msgspec.structs.replace(found, sessions=titles)


class OpenApiHandler(ChatHandler):
    """`openapi.json`"""

    @authenticated
    @authorized
    @checked
    async def get(self) -> None:
        """The description of all this, for tools."""
        # Neither is needed before somebody asks, and the table needs this module.
        from ..openapi import describe  # noqa: PLC0415
        from .table import ROUTES  # noqa: PLC0415

        self.respond(describe(ROUTES, str(self.request.path).removesuffix("openapi.json")))
