"""Titles that chats get by themselves, until somebody names them.

The first question gives one, out of its words. Once it is answered, the assistant may
give a better one: in the background, when the answer is whole, and once. A title that
somebody chose is never touched.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from .assistants.base import Assistant, no_decision
from .feed import Feed
from .parts import Part, TextPart
from .protocol import Message
from .redaction import Redaction
from .replaying import is_replayed
from .store import Store
from .titletext import as_title, title_of
from .turns import Turns

_FIRST = 4
"""How long a branch may be at most that a first question stands in: notes may come before it."""
_LEAVE_SECONDS = 1.0


def entitle(store: Store, question: Message) -> None:
    """Call the chat by its first question, in the transaction that stores it."""
    if not _is_first(store, question):
        return
    if title := title_of(_words(question.parts)):
        store.entitle(question.session, title)


class Titles:
    """Asks assistants for titles, each of them for `seconds` at most; 0 is never."""

    def __init__(
        self,
        feed: Feed,
        turns: Turns,
        secrets: Callable[[], tuple[str, ...]],
        seconds: float,
        log: logging.Logger,
    ) -> None:
        self._feed = feed
        self._turns = turns
        self._secrets = secrets
        self._seconds = seconds
        self._log = log
        self._open = seconds > 0
        self._asking: set[asyncio.Task[None]] = set()

    def refine(self, reply: Message, assistant: Assistant, settings: dict[str, Any]) -> None:
        """A reply has ended: if it is a chat's first, ask for a better title."""
        if not self._open or type(assistant).headline is Assistant.headline:
            return
        task = asyncio.create_task(self._refine(reply, assistant, settings))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def close(self) -> None:
        """Ask for no more titles, and for none of those that are being asked for."""
        self._open = False
        for task in self._asking:
            task.cancel()
        if self._asking:
            await asyncio.wait(self._asking, timeout=_LEAVE_SECONDS)

    async def _refine(self, reply: Message, assistant: Assistant, settings: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                title = await self._headline(reply, assistant, settings)
            if title:
                await self._feed.write(
                    lambda store: store.entitle(reply.session, title), durable=False
                )
        except Exception as error:  # the chat has a title, and nobody has asked for another
            # its text may hold a secret
            self._log.debug("%r gave no title: %s", assistant.name, type(error).__name__)

    async def _headline(
        self, reply: Message, assistant: Assistant, settings: dict[str, Any]
    ) -> str | None:
        answer = await self._feed.read(lambda store: _first_answer(store, reply))
        if answer is None:
            return None
        turn = await self._turns.turn(answer, settings, no_decision)
        said = await assistant.headline(turn, answer)
        return None if said is None else as_title(Redaction(self._secrets()).text(said))


def _first_answer(store: Store, reply: Message) -> Message | None:
    """The reply as it ended, where it is the one answer to a chat's first question."""
    answer = store.get_message(reply.session, reply.id)
    said = answer.status == "done" and _words(answer.parts).strip()
    if answer.parent is None or not said or is_replayed(answer):
        return None
    question = store.get_message(reply.session, answer.parent)
    alone = [each.id for each in store.get_replies(reply.session, question.id)] == [reply.id]
    return answer if alone and _is_first(store, question) else None


def _is_first(store: Store, question: Message) -> bool:
    """Whether nothing was answered before it, in a chat that nobody has named."""
    if store.get_session(question.session).named:
        return False
    branch = store.get_branch(question.session, question.id, _FIRST + 1)
    return len(branch) <= _FIRST and all(above.role != "assistant" for above in branch)


def _words(parts: Iterable[Part]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, TextPart))
