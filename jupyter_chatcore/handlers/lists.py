"""What can be looked up: assistants, texts, and this API itself."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..api import AssistantList
from .base import ChatHandler, checked
from .query import SearchQuery


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
        self.respond(await core.feed.read(lambda store: store.search(q.q, q.limit, q.session)))


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
