"""Asks assistants, and stops them: a reply is the server's task, not the request's."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple, TypeVar

from .api import Approve, Ask, Edit, Posted, Regenerate
from .assistants.base import Assistant
from .assistants.registry import Registry
from .bodies import under
from .errors import Conflict, NotFound
from .feed import Feed
from .permissions import shown
from .protocol import Author, Message
from .redaction import shown_parts
from .replaying import Missing, Mode, mode_of
from .store import Store
from .titles import entitle
from .writing import Writing

T = TypeVar("T")


class _Whom(NamedTuple):
    """Who is asked, and the settings that the question came with."""

    assistant: Assistant
    settings: dict[str, Any]


class Replies:
    """What people ask of assistants and of their replies, wherever these are written."""

    def __init__(self, feed: Feed, registry: Registry, writing: Writing) -> None:
        self._feed = feed
        self._registry = registry
        self._writing = writing
        self._steps: set[asyncio.Task[Any]] = set()

    async def ask(self, session: str, ask: Ask, author: Author | None) -> Posted:
        """Store a user's message and start its reply; a known `key` finds both.

        Raises:
            NotFound: there is no such chat or assistant.
            Invalid: `parent` is no message of the chat.
        """
        return await self._whole(self._ask(session, ask, author))

    async def regenerate(
        self, session: str, message: int, body: Regenerate, author: Author | None
    ) -> Posted:
        """Start another answer beside the one in `message`, or to the user's `message`.

        Raises:
            NotFound: there is no such chat, message or assistant.
            Conflict: the message is an answer to nothing, or to what was deleted.
        """
        return await self._whole(self._regenerate(session, message, body))

    async def edit(self, session: str, message: int, edit: Edit, author: Author | None) -> Posted:
        """Store another version of a message beside it, and answer it if it is a user's.

        Raises:
            NotFound: there is no such chat, message or assistant.
            Conflict: the message is still being written, or was deleted.
        """
        return await self._whole(self._edit(session, message, edit, author))

    async def stop(self, session: str, message: int) -> Message:
        """Stop a reply, or all replies to a user's message; returns the message after it.

        One that has ended stays as it is. A reply that another server writes is
        stopped by that server, soon after.

        Raises:
            NotFound: there is no such message.
        """
        # First what runs here: to look into the store may take its time while a reply grows.
        await self._writing.stop(session, message)
        elsewhere = await self._feed.read(lambda store: _streaming(store, session, message))
        if elsewhere:
            await self._feed.write(lambda store: store.ask_to_stop(session, elsewhere))
            # One that was left may have been taken up here before it could read that word.
            await self._writing.stop(session, message)
        return await self._feed.read(lambda store: store.get_message(session, message))

    async def decide(
        self, session: str, message: int, part: int, body: Approve, author: Author | None
    ) -> Message:
        """Answer a reply's request for permission; returns the message after it.

        One that another server writes is answered by that server, soon after.

        Raises:
            NotFound: there is no such message or part.
            Invalid: the part asks for nothing, or has no such option.
            Conflict: it has been answered otherwise, has expired, or its reply has ended.
        """
        decision = await self._feed.write(
            lambda store: store.decide(session, message, part, body.option, author)
        )
        self._writing.take(decision)
        return await shown(self._feed, session, decision, self._writing.options.stop_seconds)

    async def end(self, session: str) -> None:
        """Stop every reply of a chat."""
        await self._writing.stop(session)

    async def _ask(self, session: str, ask: Ask, author: Author | None) -> Posted:
        replay = mode_of(ask, self._writing.options.replay)
        whom = await self._whom(session, ask.assistant, ask.settings, replay)

        def work(store: Store) -> tuple[Message, Message, bool]:
            message, made = store.persist_message(
                session,
                shown_parts(ask.as_parts(), self._writing.redaction()),
                author=author,
                parent=under(ask.parent),
                key=ask.key,
            )
            if made:
                entitle(store, message)
            return message, *self._answer(store, message, whom)

        message, reply, new = await self._feed.write(work)
        if new:
            self._writing.start(reply, whom.assistant, whom.settings, replay)
        return Posted(message=message.id, reply=reply.id, cursor=message.id - 1)

    async def _regenerate(self, session: str, message: int, body: Regenerate) -> Posted:
        whom = await self._whom(session, body.assistant, body.settings)

        def work(store: Store) -> tuple[int, Message, bool]:
            target = store.get_message(session, message)
            asked = target.parent if target.role == "assistant" else target.id
            if asked is None:
                raise Conflict(f"Message {message} answers nothing, so nothing can be asked again.")
            if store.get_message(session, asked).status == "deleted":
                raise Conflict(f"Message {asked} was deleted, so it cannot be asked again.")
            return asked, *self._born(store, session, asked, whom, body.key)

        asked, reply, new = await self._feed.write(work)
        if new:
            self._writing.start(reply, whom.assistant, whom.settings)
        return Posted(message=asked, reply=reply.id, cursor=reply.id - 1)

    async def _edit(self, session: str, message: int, edit: Edit, author: Author | None) -> Posted:
        whom = await self._whom(session, edit.assistant, edit.settings)

        def work(store: Store) -> tuple[Message, Message | None, bool]:
            was = store.get_message(session, message)
            if was.status in ("streaming", "deleted"):
                raise Conflict(f"Message {message} is {was.status} and cannot be edited.")
            edited, made = store.persist_message(
                session,
                shown_parts(edit.as_parts(), self._writing.redaction()),
                role=was.role,
                author=author,
                parent=was.parent,
                key=edit.key,
            )
            if was.role != "user" or not edit.reply:
                return edited, None, False
            if made:
                entitle(store, edited)
            return edited, *self._answer(store, edited, whom)

        edited, reply, new = await self._feed.write(work)
        if new and reply is not None:
            self._writing.start(reply, whom.assistant, whom.settings)
        return Posted(message=edited.id, reply=reply.id if reply else None, cursor=edited.id - 1)

    async def _whom(
        self, session: str, name: str | None, settings: dict[str, Any], replay: Mode = "off"
    ) -> _Whom:
        chat = await self._feed.read(lambda store: store.get_session(session))
        wanted = name or chat.assistant
        try:
            return _Whom(await self._registry.get(wanted), settings)
        except NotFound as error:
            if replay == "off":
                raise
            return _Whom(Missing(wanted or self._registry.default, error.message), settings)

    def _answer(self, store: Store, message: Message, whom: _Whom) -> tuple[Message, bool]:
        """The newest reply to a message, made if there is none; and whether it was made now."""
        known = store.get_replies(message.session, message.id)
        if known:
            return known[-1], False
        return self._born(store, message.session, message.id, whom, None)

    def _born(
        self, store: Store, session: str, asked: int, whom: _Whom, key: str | None
    ) -> tuple[Message, bool]:
        """An empty reply, unfinished until something ends it."""
        assistant = whom.assistant
        return store.persist_message(
            session,
            [],
            role="assistant",
            status="streaming",
            author=Author(username=assistant.name, name=assistant.title or assistant.name),
            parent=asked,
            key=key,
            owner=self._writing.owner,
            settings=whom.settings,
        )

    async def _whole(self, step: Coroutine[Any, Any, T]) -> T:
        """The step's result; it is done as a whole, whether or not the caller stays."""
        task = asyncio.create_task(step)
        self._steps.add(task)
        task.add_done_callback(self._steps.discard)
        return await asyncio.shield(task)


def _streaming(store: Store, session: str, message: int) -> list[int]:
    found = store.get_message(session, message)
    answers = [found] if found.role == "assistant" else store.get_replies(session, message)
    return [reply.id for reply in answers if reply.status == "streaming"]
