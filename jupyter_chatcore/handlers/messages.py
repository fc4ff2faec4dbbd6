"""The messages of a chat."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..api import Approve, Edit, Note, Seen
from ..bodies import under
from .base import ChatHandler, checked
from .query import PageQuery


class MessagesHandler(ChatHandler):
    """`chat/{session}/messages`"""

    @authenticated
    @authorized
    @checked
    async def get(self, session: str) -> None:
        """A page of the branch shown."""
        q = self.query(PageQuery)
        core = await self.core()
        page = await core.feed.read(
            lambda store: store.get_messages(
                session, q.before, q.limit, after=q.after, around=q.around
            )
        )
        self.respond(page)

    @authenticated
    @authorized
    @checked
    async def post(self, session: str) -> None:
        """Store a message that wants no reply."""
        note, author = self.body(Note), self.author
        core = await self.core()
        message, made = await core.feed.write(
            lambda store: store.persist_message(
                session,
                core.shown(note),
                role=note.role,
                author=author,
                parent=under(note.parent),
                key=note.key,
            )
        )
        self.respond(message, 201 if made else 200)


class MessageHandler(ChatHandler):
    """`chat/{session}/messages/{mid}`"""

    @authenticated
    @authorized
    @checked
    async def get(self, session: str, mid: int) -> None:
        """One message."""
        core = await self.core()
        self.respond(await core.feed.read(lambda store: store.get_message(session, mid)))

    @authenticated
    @authorized
    @checked
    async def patch(self, session: str, mid: int) -> None:
        """Another version of a message, beside it."""
        edit = self.body(Edit)
        core = await self.core()
        self.respond(await core.replies.edit(session, mid, edit, self.author))

    @authenticated
    @authorized
    @checked
    async def delete(self, session: str, mid: int) -> None:
        """Delete what a message says; one that is being written is stopped first."""
        core = await self.core()
        await core.replies.stop(session, mid)
        self.respond(await core.feed.write(lambda store: store.delete_message(session, mid)))


class SeenHandler(ChatHandler):
    """`chat/{session}/seen`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str) -> None:
        """The user has read up to a message."""
        seen, user = self.body(Seen), self.author.username
        core = await self.core()
        await core.feed.write(
            lambda store: store.mark_seen(session, seen.message, user), durable=False
        )
        self.set_status(204)
        self.finish()


class StopHandler(ChatHandler):
    """`chat/{session}/messages/{mid}/stop`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str, mid: int) -> None:
        """Stop a reply, or the replies to a message. Never counted against a limit."""
        core = await self.core()
        self.respond(await core.replies.stop(session, mid))


class ApprovalHandler(ChatHandler):
    """`chat/{session}/messages/{mid}/parts/{part}/approval`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str, mid: int, part: int) -> None:
        """Answer a tool call's request for permission: the first answer stands."""
        body, author = self.body(Approve), self.author
        core = await self.core()
        self.respond(await core.replies.decide(session, mid, part, body, author))
