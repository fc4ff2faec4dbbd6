"""Asks assistants, and stops them: a reply is the server's task, not the request's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from .api import Approve, Ask, Edit, Posted, Regenerate
from .assistants.base import Assistant
from .assistants.registry import Registry
from .bodies import under
from .decisions import Decision
from .errors import Conflict
from .feed import Feed
from .permissions import shown
from .protocol import Author, Message
from .redaction import Redaction
from .reply import Reply, ReplyOptions
from .store import Store
from .titles import Titles, entitle
from .turns import Turns

T = TypeVar("T")
_SHUT_DOWN_SECONDS = 5.0


class Replies:
    """The replies that this server, as `owner`, is writing.

    `secrets` gives what none of them may say.
    """

    def __init__(
        self,
        feed: Feed,
        turns: Turns,
        registry: Registry,
        owner: str,
        secrets: Callable[[], tuple[str, ...]],
        options: ReplyOptions,
        log: logging.Logger,
    ) -> None:
        self._feed = feed
        self._turns = turns
        self._registry = registry
        self._owner = owner
        self._secrets = secrets
        self._options = options
        self._log = log
        self._titles = Titles(feed, turns, secrets, options.headline_seconds, log)
        self._running: dict[int, tuple[Reply, asyncio.Task[None]]] = {}
        self._steps: set[asyncio.Task[Any]] = set()
        feed.on_foreign_change(self._look_for_word)

    @property
    def running(self) -> int:
        """How many replies are being written or wait their turn."""
        return len(self._running)

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
        await self._halt([r for r in self._running.values() if _concerns(r[0], session, message)])
        elsewhere = await self._feed.read(lambda store: _streaming(store, session, message))
        if elsewhere:
            await self._feed.write(lambda store: store.ask_to_stop(session, elsewhere))
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
        self._take(decision)
        return await shown(self._feed, session, decision, self._options.stop_seconds)

    async def end(self, session: str) -> None:
        """Stop every reply of a chat."""
        await self._halt([r for r in self._running.values() if r[0].message.session == session])

    async def close(self) -> None:
        """Interrupt what is running; what an assistant had said by then is kept."""
        await self._titles.close()
        for reply, _ in self._running.values():
            reply.shut_down()
        tasks = [task for _, task in self._running.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_SHUT_DOWN_SECONDS)
            for task in late:
                task.cancel()

    async def _ask(self, session: str, ask: Ask, author: Author | None) -> Posted:
        assistant = await self._assistant(session, ask.assistant)

        def work(store: Store) -> tuple[Message, Message, bool]:
            message, made = store.persist_message(
                session,
                ask.as_parts(),
                author=author,
                parent=under(ask.parent),
                key=ask.key,
            )
            if made:
                entitle(store, message)
            return message, *self._answer(store, message, assistant)

        message, reply, new = await self._feed.write(work)
        if new:
            self._start(reply, assistant, ask.settings)
        return Posted(message=message.id, reply=reply.id, cursor=message.id - 1)

    async def _regenerate(self, session: str, message: int, body: Regenerate) -> Posted:
        assistant = await self._assistant(session, body.assistant)

        def work(store: Store) -> tuple[int, Message, bool]:
            target = store.get_message(session, message)
            asked = target.parent if target.role == "assistant" else target.id
            if asked is None:
                raise Conflict(f"Message {message} answers nothing, so nothing can be asked again.")
            if store.get_message(session, asked).status == "deleted":
                raise Conflict(f"Message {asked} was deleted, so it cannot be asked again.")
            return asked, *self._born(store, session, asked, assistant, body.key)

        asked, reply, new = await self._feed.write(work)
        if new:
            self._start(reply, assistant, body.settings)
        return Posted(message=asked, reply=reply.id, cursor=reply.id - 1)

    async def _edit(self, session: str, message: int, edit: Edit, author: Author | None) -> Posted:
        assistant = await self._assistant(session, edit.assistant)

        def work(store: Store) -> tuple[Message, Message | None, bool]:
            was = store.get_message(session, message)
            if was.status in ("streaming", "deleted"):
                raise Conflict(f"Message {message} is {was.status} and cannot be edited.")
            edited, made = store.persist_message(
                session,
                edit.as_parts(),
                role=was.role,
                author=author,
                parent=was.parent,
                key=edit.key,
            )
            if was.role != "user" or not edit.reply:
                return edited, None, False
            if made:
                entitle(store, edited)
            return edited, *self._answer(store, edited, assistant)

        edited, reply, new = await self._feed.write(work)
        if new and reply is not None:
            self._start(reply, assistant, edit.settings)
        return Posted(message=edited.id, reply=reply.id if reply else None, cursor=edited.id - 1)

    async def _assistant(self, session: str, name: str | None) -> Assistant:
        chat = await self._feed.read(lambda store: store.get_session(session))
        return await self._registry.get(name or chat.assistant)

    def _answer(self, store: Store, message: Message, assistant: Assistant) -> tuple[Message, bool]:
        """The newest reply to a message, made if there is none; and whether it was made now."""
        known = store.get_replies(message.session, message.id)
        if known:
            return known[-1], False
        return self._born(store, message.session, message.id, assistant, None)

    def _born(
        self, store: Store, session: str, asked: int, assistant: Assistant, key: str | None
    ) -> tuple[Message, bool]:
        """An empty reply, unfinished until something ends it."""
        return store.persist_message(
            session,
            [],
            role="assistant",
            status="streaming",
            author=Author(username=assistant.name, name=assistant.title or assistant.name),
            parent=asked,
            key=key,
            owner=self._owner,
        )

    def _start(self, message: Message, assistant: Assistant, settings: dict[str, Any]) -> None:
        reply = Reply(
            self._feed,
            self._turns,
            message,
            assistant,
            settings,
            Redaction(self._secrets()),
            self._options,
            self._log,
        )
        task = asyncio.create_task(reply.run())
        self._running[message.id] = (reply, task)
        task.add_done_callback(lambda _: self._ended(message, assistant, settings))

    def _ended(self, message: Message, assistant: Assistant, settings: dict[str, Any]) -> None:
        self._running.pop(message.id, None)
        self._titles.refine(message, assistant, settings)

    async def _halt(self, running: list[tuple[Reply, asyncio.Task[None]]]) -> None:
        for reply, _ in running:
            reply.stop()
        if running:
            # One that the store cannot take now ends later; nobody need wait for that.
            await asyncio.wait([task for _, task in running], timeout=self._options.stop_seconds)

    def _look_for_word(self) -> None:
        if self._running:
            self._spawn(self._take_word())

    async def _take_word(self) -> None:
        """Do what another server was asked: stop replies, give permissions."""
        owner = self._owner
        asked, decided = await self._feed.read(
            lambda store: (store.asked_to_stop(owner), store.decisions(owner))
        )
        for decision in decided:
            self._take(decision)
        await self._halt([self._running[mid] for mid in asked if mid in self._running])

    def _take(self, decision: Decision) -> None:
        if running := self._running.get(decision.message):
            running[0].permissions.decide(decision.part, decision.option, decision.by)

    async def _whole(self, step: Coroutine[Any, Any, T]) -> T:
        """The step's result; it is done as a whole, whether or not the caller stays."""
        return await asyncio.shield(self._spawn(step))

    def _spawn(self, step: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(step)
        self._steps.add(task)
        task.add_done_callback(self._steps.discard)
        return task


def _concerns(reply: Reply, session: str, message: int) -> bool:
    """Whether it is this reply, or one to this message."""
    written = reply.message
    return written.session == session and message in (written.id, written.parent)


def _streaming(store: Store, session: str, message: int) -> list[int]:
    found = store.get_message(session, message)
    answers = [found] if found.role == "assistant" else store.get_replies(session, message)
    return [reply.id for reply in answers if reply.status == "streaming"]
