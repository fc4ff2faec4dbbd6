"""The chats themselves."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..api import Fork, NewSession, SessionPatch
from .base import ChatHandler, checked
from .query import SessionsQuery


class SessionsHandler(ChatHandler):
    """`sessions`"""

    @authenticated
    @authorized
    @checked
    async def get(self) -> None:
        """A page of chats."""
        q = self.query(SessionsQuery)
        core = await self.core()
        user = self.author.username
        page = await core.feed.read(
            lambda store: store.sessions(q.before, q.limit, q.notebook, show=q.show, user=user)
        )
        self.respond(page)

    @authenticated
    @authorized
    @checked
    async def post(self) -> None:
        """Make a chat, or find it by its key."""
        new = self.body(NewSession)
        core = await self.core()
        session, made = await core.feed.write(lambda store: store.create_session(new))
        self.respond(session, 201 if made else 200)


class SessionHandler(ChatHandler):
    """`sessions/{session}`"""

    @authenticated
    @authorized
    @checked
    async def get(self, session: str) -> None:
        """One chat."""
        core = await self.core()
        self.respond(await core.feed.read(lambda store: store.get_session(session)))

    @authenticated
    @authorized
    @checked
    async def put(self, session: str) -> None:
        """Make a chat with this id, if there is none."""
        new = self.body(NewSession)
        core = await self.core()
        found, made = await core.feed.write(lambda store: store.create_session(new, session))
        self.respond(found, 201 if made else 200)

    @authenticated
    @authorized
    @checked
    async def patch(self, session: str) -> None:
        """Rename it, change its settings, show another branch."""
        patch = self.body(SessionPatch)
        core = await self.core()
        self.respond(await core.feed.write(lambda store: store.patch_session(session, patch)))

    @authenticated
    @authorized
    @checked
    async def delete(self, session: str) -> None:
        """Stop its replies and delete it with all its messages."""
        core = await self.core()
        await core.feed.read(lambda store: store.get_session(session))
        await core.replies.end(session)
        await core.feed.write(lambda store: store.delete_session(session))
        self.set_status(204)
        self.finish()


class ForkHandler(ChatHandler):
    """`chat/{session}/fork`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str) -> None:
        """Make a chat of the messages up to one, or find it by its key."""
        fork = self.body(Fork)
        core = await self.core()
        made, new = await core.forks.fork(session, fork)
        self.respond(made, 201 if new else 200)


class UsageHandler(ChatHandler):
    """`chat/{session}/usage`"""

    @authenticated
    @authorized
    @checked
    async def get(self, session: str) -> None:
        """What the answers of a chat took."""
        core = await self.core()
        self.respond(await core.feed.read(lambda store: store.get_usage(session)))
