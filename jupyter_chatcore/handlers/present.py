"""What users do in a chat now, for the others who look at it."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from .base import ChatHandler, checked


class TypingHandler(ChatHandler):
    """`chat/{session}/typing`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str) -> None:
        """Tell the others that the user writes. Stored nowhere, and counted against no limit."""
        self.service.presence.typing(session, self.author)
        self.set_status(204)
        self.finish()
