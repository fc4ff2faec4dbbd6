"""The replies that a server is writing: each is a task of the server's, not of a request."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .assistants.base import Assistant
from .decisions import Decision
from .feed import Feed
from .protocol import Message
from .redaction import Redaction
from .replaying import Mode
from .reply import Reply, ReplyOptions
from .titles import Titles
from .turns import Turns

_SHUT_DOWN_SECONDS = 5.0


class _Running(NamedTuple):
    reply: Reply
    task: asyncio.Task[None]


class Writing:
    """Starts the replies of this server, as `owner`, and ends them.

    What other servers ask of them is done soon after. `secrets` gives what none of them
    may say.
    """

    def __init__(
        self,
        feed: Feed,
        turns: Turns,
        owner: str,
        secrets: Callable[[], tuple[str, ...]],
        options: ReplyOptions,
        log: logging.Logger,
    ) -> None:
        self.owner = owner
        self.options = options
        self._feed = feed
        self._turns = turns
        self._secrets = secrets
        self._log = log
        self._titles = Titles(feed, turns, secrets, options.headline_seconds, log)
        self._running: dict[int, _Running] = {}
        self._looking: set[asyncio.Task[None]] = set()
        feed.on_foreign_change(self._look_for_word)

    def __len__(self) -> int:
        """How many are being written or wait their turn."""
        return len(self._running)

    @property
    def ids(self) -> set[int]:
        """The messages of these."""
        return set(self._running)

    def redaction(self) -> Redaction:
        """What hides the secrets as they are now."""
        return Redaction(self._secrets())

    def start(
        self,
        message: Message,
        assistant: Assistant,
        settings: dict[str, Any],
        replay: Mode = "off",
        *,
        begun: bool = False,
    ) -> None:
        """Let an assistant write the message, which was born streaming, or go on with it."""
        reply = Reply(
            self._feed,
            self._turns,
            message,
            assistant,
            settings,
            replay,
            self.redaction(),
            self.options,
            self._log,
            begun,
        )
        task = asyncio.create_task(reply.run())
        self._running[message.id] = _Running(reply, task)
        task.add_done_callback(lambda _: self._ended(message, assistant, settings))

    async def stop(self, session: str, message: int | None = None) -> None:
        """Stop a reply, all replies to a user's message, or all of a chat."""
        found = [each for each in self._running.values() if _concerns(each, session, message)]
        await self._halt(found)

    def take(self, decision: Decision) -> None:
        """Tell a reply what a user has decided, if it is written here."""
        if running := self._running.get(decision.message):
            running.reply.permissions.decide(decision.part, decision.option, decision.by)

    async def take_word(self) -> None:
        """Do what another server was asked: stop replies, give permissions."""
        owner = self.owner
        asked, decided = await self._feed.read(
            lambda store: (store.asked_to_stop(owner), store.decisions(owner))
        )
        for decision in decided:
            self.take(decision)
        await self._halt([self._running[mid] for mid in asked if mid in self._running])

    async def close(self) -> None:
        """Interrupt what is running; what an assistant had said by then is kept.

        A reply that asks for permission is left for whoever can go on with it.
        """
        await self._titles.close()
        for running in self._running.values():
            running.reply.shut_down()
        tasks = [running.task for running in self._running.values()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=_SHUT_DOWN_SECONDS)
            for task in late:
                task.cancel()

    def _ended(self, message: Message, assistant: Assistant, settings: dict[str, Any]) -> None:
        self._running.pop(message.id, None)
        self._titles.refine(message, assistant, settings)

    async def _halt(self, running: Iterable[_Running]) -> None:
        tasks = []
        for each in running:
            each.reply.stop()
            tasks.append(each.task)
        if tasks:
            # One that the store cannot take now ends later; nobody need wait for that.
            await asyncio.wait(tasks, timeout=self.options.stop_seconds)

    def _look_for_word(self) -> None:
        if self._running:
            task = asyncio.create_task(self.take_word())
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)


def _concerns(running: _Running, session: str, message: int | None) -> bool:
    """Whether it is this reply, one to this message, or one of the chat where none is given."""
    written = running.reply.message
    return written.session == session and message in (None, written.id, written.parent)
