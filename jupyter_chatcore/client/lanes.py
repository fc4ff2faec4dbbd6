"""The chats beside a chat that a map asks in, and the keys of its questions."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import msgspec

from ..api import Posted, Regenerate, SessionPatch
from ..errors import TooManyRequests
from ..parts import VariablePart
from ..protocol import Message, Session
from .asking import Question
from .conversation import Conversation, Where, nonce
from .objects import Attachment, Piece
from .structured import AnswerError

T = TypeVar("T")

LANES = 16
"""The most chats that a map asks in, and so the most answers that are written at once."""
_PAUSE = 1.0
_ID_LENGTH, _TITLE_LENGTH = 110, 280


@dataclass(frozen=True)
class Kept(Question):
    """A question whose answer of an earlier run is kept, unless it is none.

    What was answered up to the cursor `since` is from an earlier run.
    """

    since: int = 0

    async def post(self, chat: Conversation) -> Posted:
        """Post it, and have it answered once more if what is there is no answer."""
        return await patiently(lambda: self._post(chat))

    async def _post(self, chat: Conversation) -> Posted:
        posted = await super().post(chat)
        if posted.reply is None or posted.reply > self.since:
            return posted
        if self._is_answer(await chat.message(posted.reply)):
            return posted
        again = Regenerate(assistant=self.assistant, settings=dict(self.settings), key=nonce())
        return await chat.regenerate(posted.message, again)

    def _is_answer(self, reply: Message) -> bool:
        if reply.status != "done" or self.wanted is None or self.retries:
            return reply.status in ("done", "streaming")
        with suppress(AnswerError):
            self.wanted.read(reply.text)
            return True
        return False


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """What the work gives, as soon as the server lets it: a map asks for a long time."""
    while True:
        try:
            return await work()
        except TooManyRequests as error:
            await asyncio.sleep(error.retry_after or _PAUSE)


class Lane:
    """One of the chats; `turn` is held while something is asked in it."""

    def __init__(self, where: Where, session: Session, number: int) -> None:
        self.turn = asyncio.Lock()
        self._since: int | None = None
        self.chat = Conversation(
            replace(
                where,
                session=f"{session.id[:_ID_LENGTH]}.map-{number + 1}",
                title=f"{session.title[:_TITLE_LENGTH]}, map {number + 1}",
                assistant=session.assistant or "",
                model="",
                assign=False,
            )
        )

    async def kept(self, question: Question) -> Kept:
        """The question as it is asked here; the chat is made with the first one."""
        if self._since is None:
            self._since = await patiently(self._opened)
        known = {each.name: getattr(question, each.name) for each in fields(question)}
        return Kept(**known, since=self._since)

    async def _opened(self) -> int:
        server, session = await self.chat.opened()
        page = await self.chat.page(limit=1)
        if not page.total and not session.archived:
            away = SessionPatch(archived=True)
            await server.ask("PATCH", f"sessions/{session.id}", Session, away)
        return page.cursor


def lane_of(question: Question) -> int:
    """The number of the chat that a question is asked in: always the same one."""
    return int(question.key[:8], 16) % LANES


def keyed(session: Session, questions: Sequence[Question]) -> Iterator[Question]:
    """The questions as they are asked: whole without this chat, and with keys.

    A key is a digest of the chat, of what is asked and of who is asked. The same question
    for the second time has another.
    """
    seen: Counter[str] = Counter()
    for question in questions:
        whole = replace(
            question,
            assistant=question.assistant or session.assistant,
            settings={**session.settings, **question.settings},
            parent=0,
        )
        digest = _digest(session.id, whole)
        seen[digest] += 1
        yield replace(whole, key=_sha(f"{digest}:{seen[digest]}".encode()))


def _digest(session: str, question: Question) -> str:
    asked = [session, question.assistant, dict(question.settings), question.retries]
    lasting = [_lasting(piece) for piece in question.pieces]
    return _sha(msgspec.json.encode([asked, lasting], order="deterministic"))


def _lasting(piece: Piece) -> object:
    """What a piece says, whichever kernel it was in."""
    if isinstance(piece, Attachment):
        return [piece.name, hashlib.sha256(piece.data).hexdigest()]
    return msgspec.structs.replace(piece, kernel="") if isinstance(piece, VariablePart) else piece


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
