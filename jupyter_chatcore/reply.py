"""One reply: an assistant's task, whoever still listens.

However it ends, one final put ends the message. What an assistant does after it was
stopped is not waited for and changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from .assistants.base import Assistant, Item, Turn
from .draft import Draft, added
from .errors import ChatcoreError, Conflict, NotFound, StoreError
from .feed import Feed
from .parts import settled
from .permissions import Permissions
from .protocol import Message, MessageError, Status, Usage
from .queueing import turn_comes
from .redaction import Redaction
from .replaying import Mode, likeness_of, recall
from .store import Store
from .turns import Turns

# How long an assistant that never waits may hold the event loop, in seconds.
_BREATH = 0.001
_RETRY_FIRST, _RETRY_LAST = 0.5, 30.0
_SHUT_DOWN = MessageError(
    code="interrupted",
    message="The server stopped while this was being written. Ask again to get the whole answer.",
)
# The loop itself holds tasks only weakly.
_abandoned: set[asyncio.Task[Any]] = set()


class ReplyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How replies are written.

    `coalesce_seconds` is the least time between two writes of growing text,
    `max_reply_bytes` the size at which an answer is stopped, `history_messages` how
    many messages of the branch an assistant is shown at most, `stop_seconds` how long
    a stop waits for the store to take the end, `approval_seconds` how long a request
    for permission stands open, `headline_seconds` how long an assistant
    may take to find a title for a chat (0: none is asked), `replay` whether questions are
    answered from the store where they do not say.
    """

    coalesce_seconds: float = 0.04
    max_reply_bytes: int = 16 * 2**20
    history_messages: int = 200
    stop_seconds: float = 5.0
    approval_seconds: float = 600.0
    headline_seconds: float = 20.0
    replay: Mode = "off"


class Outcome(NamedTuple):
    """How a reply ended; as `streaming` it is left, for whoever goes on with it."""

    status: Status
    error: MessageError | None = None


class Reply:
    """The answer that `assistant` gives in `message`, which was born streaming.

    `begun` says that another server has left it, so the assistant goes on with it.
    """

    def __init__(
        self,
        feed: Feed,
        turns: Turns,
        message: Message,
        assistant: Assistant,
        settings: dict[str, Any],
        replay: Mode,
        redaction: Redaction,
        options: ReplyOptions,
        log: logging.Logger,
        begun: bool = False,
    ) -> None:
        self.message = message
        self._begun = begun
        self._feed = feed
        self._turns = turns
        self._assistant = assistant
        self._settings = settings
        self._replay = replay
        self._likeness: str | None = None
        self._options = options
        self._log = log
        self._redaction = redaction
        self._draft = Draft(options.max_reply_bytes, message.parts)
        self._seq = message.seq
        self._grew = asyncio.Event()
        self.permissions = Permissions(self._draft, options.approval_seconds, self._grew.set)
        self._halted: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._started = time.monotonic()

    def stop(self) -> None:
        """End it now, with what it has."""
        self._halt(Outcome("cancelled"))

    def shut_down(self) -> None:
        """End it because the server stops; one that can go on after it is left as it is."""
        asks = self.permissions.open
        if asks and self._assistant.resumes:
            self._halt(Outcome("streaming"))
        else:
            self._halt(Outcome("interrupted", withdrawn(self.message) if asks else _SHUT_DOWN))

    async def run(self) -> None:
        """Write the reply to its end."""
        with self._feed.attention():
            writing = asyncio.create_task(self._write())
            flushing = asyncio.create_task(self._flush())
            await asyncio.wait((writing, self._halted), return_when=asyncio.FIRST_COMPLETED)
            _abandon(writing)
            _abandon(flushing)
            self.permissions.close()
            self._add_rest()
            outcome = self._halted.result() if self._halted.done() else writing.result()
            await self._end(outcome)

    def _add_rest(self) -> None:
        """Nothing more comes, so what was held back is no secret."""
        with suppress(ChatcoreError):
            for item in self._redaction.rest():
                self._draft.add(item)

    def _halt(self, outcome: Outcome) -> None:
        if not self._halted.done():
            self._halted.set_result(outcome)

    async def _write(self) -> Outcome:
        try:
            await turn_comes(self._feed, self.message)
            self._started = time.monotonic()
            decision = self.permissions.decision
            await self._answer(await self._turns.turn(self.message, self._settings, decision))
        except ChatcoreError as error:
            return Outcome("failed", MessageError(code=error.code, message=error.message))
        except Exception as error:
            return Outcome("failed", self._crash(error))
        return Outcome("done")

    async def _answer(self, turn: Turn) -> None:
        """With the earlier answer where that is wanted and there is one, else the assistant's."""
        self._likeness = await asyncio.to_thread(likeness_of, self._assistant, turn)
        if self._replay != "off":
            found = await recall(self._feed, self._assistant, turn, self._likeness, self._replay)
            for item in found.items:
                self._say(item)
            if found.whole:
                return
        await self._consume(turn)

    async def _consume(self, turn: Turn) -> None:
        assistant, answer = self._assistant, self.message
        items = assistant.resume(turn, answer) if self._begun else assistant.reply(turn)
        try:
            await self._collect(items)
        finally:
            if close := getattr(items, "aclose", None):
                await close()

    async def _collect(self, items: AsyncIterator[Item]) -> None:
        breathed = time.monotonic()
        async for item in items:
            self._say(item)
            if time.monotonic() - breathed > _BREATH:
                await asyncio.sleep(0)
                breathed = time.monotonic()

    def _say(self, item: Item) -> None:
        for shown in self._redaction.items(item):
            self._draft.add(self.permissions.opened(shown))
        self._grew.set()

    async def _flush(self) -> None:
        """Store what has grown: the first piece at once, then all that came meanwhile."""
        while True:
            await self._grew.wait()
            self._grew.clear()
            try:
                await self._append()
            except ChatcoreError as error:
                self._halt(Outcome("failed", MessageError(code=error.code, message=error.message)))
            await asyncio.sleep(self._options.coalesce_seconds)

    async def _append(self) -> None:
        """Store how it has grown. What concerns permissions is stored as a whole, to last."""
        asked = self.permissions.take()
        deltas = self._draft.take()
        if asked:
            self._seq = (await self._put(Outcome("streaming"))).seq
            self.permissions.stored(asked)
            return
        message, base = self.message, self._seq
        self._seq = await self._feed.write(
            lambda store: store.append_deltas(message.session, message.id, base, deltas),
            durable=False,
        )

    async def _end(self, outcome: Outcome) -> None:
        """The final put; a store that refuses is told to watchers and tried again."""
        delay = _RETRY_FIRST
        while True:
            try:
                await self._put(outcome)
            except (NotFound, Conflict):
                return  # deleted meanwhile, or ended by a server that took this one for dead
            except StoreError as error:
                self._log.error("Reply %d cannot be stored yet: %s", self.message.id, error)
                self._feed.fail(self.message.session, error)
                await asyncio.sleep(delay)
                delay = min(delay * 2, _RETRY_LAST)
            else:
                return

    async def _put(self, outcome: Outcome) -> Message:
        message, parts, usage = self.message, self._draft.parts(), self._usage()
        if outcome.status != "streaming":
            parts = settled(parts, whole=outcome.status == "done")
        error = outcome.error and msgspec.structs.replace(
            outcome.error, message=self._redaction.text(outcome.error.message)
        )

        def work(store: Store) -> Message:
            put = store.update_message_parts(
                message.session,
                message.id,
                parts,
                status=outcome.status,
                error=error,
                usage=usage,
                sent=self._draft.sent,
            )
            if self._likeness is not None and outcome.status == "done":
                store.record(message.session, message.id, self._likeness)
            return put

        return await self._feed.write(work)

    def _usage(self) -> Usage:
        """What it took so far, with what it had taken before this server went on with it."""
        seconds = round(time.monotonic() - self._started, 3)
        now = msgspec.structs.replace(self._draft.usage or Usage(), seconds=seconds)
        return now if self.message.usage is None else added(self.message.usage, now)

    def _crash(self, error: Exception) -> MessageError:
        """What the user reads; the exception's text may hold a secret, so it goes nowhere."""
        name, kind = self._assistant.name, type(error).__name__
        where = "".join(traceback.format_tb(error.__traceback__))
        self._log.error("The assistant %r failed with %s at\n%s", name, kind, where)
        return MessageError(
            code="assistant_failed",
            message=f"The assistant {name!r} failed ({kind}). The server's log says where."
            " Ask again, or choose another assistant.",
        )


def withdrawn(message: Message) -> MessageError:
    """Why the request for permission in a message has ended with the server that asked it."""
    who = message.author.name if message.author else "the assistant"
    return MessageError(
        code="interrupted",
        message="The server was started again while this waited for your permission, and"
        f" {who} cannot go on from there. Ask again.",
    )


def _abandon(task: asyncio.Task[Any]) -> None:
    """Cancel without waiting: an assistant may take its time, the user's stop may not."""
    task.cancel()
    _abandoned.add(task)
    task.add_done_callback(_abandoned.discard)
