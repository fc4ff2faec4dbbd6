"""Many questions at once, each asked for itself: `chat.map(prompts)`.

A question knows neither the history of the chat nor the other questions. As the replies
of one chat run one after another, they are asked in chats beside this one, which lie in
the archive ("NAME, map 3"), each as a branch of its own. A question's key tells which,
so the same map again finds what was answered and asks only for the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from ..errors import ChatcoreError
from ..protocol import Message
from .asking import Question
from .conversation import Conversation
from .errors import NoServer, Refused, Unreachable
from .lanes import Lane, keyed, lane_of
from .portal import arun, portal, soon
from .progress import Progress, State
from .reply import Reply
from .tries import tries

_STOP_SECONDS = 5.0
_LOOK_SECONDS = 1.0
_HOPELESS = (NoServer, Refused, Unreachable)

Tell = Callable[[State], object]
News = SimpleQueue["State | asyncio.Task[Answers]"]


@dataclass(frozen=True)
class Answer:
    """What became of a prompt: its `reply`, its `value` where a type was asked for, its `error`.

    `reply` is None where the question could not be asked.
    """

    prompt: Any
    reply: Reply | None = None
    error: Exception | None = None
    value: Any = None

    @property
    def ok(self) -> bool:
        """Whether it was answered as it was asked for."""
        return self.error is None

    @property
    def message(self) -> Message | None:
        """The message of the answer, None where the question could not be asked."""
        return self.reply.message if self.reply else None

    @property
    def text(self) -> str:
        """What was answered, as far as it came."""
        return self.reply.text if self.reply else ""


class Answers(list[Answer]):
    """The answers of a map, in the order of its prompts."""

    @property
    def ok(self) -> list[Answer]:
        """Those that came as they were asked for."""
        return [answer for answer in self if answer.ok]

    @property
    def failed(self) -> list[Answer]:
        """The others; the same map again asks for these once more."""
        return [answer for answer in self if not answer.ok]

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        return f"<{len(self)} answers{failed}>"


class Map:
    """A map before it runs: its prompts, a question each, and how many are asked at once.

    Raises:
        ValueError: `concurrency` is less than 1.
    """

    def __init__(
        self,
        chat: Conversation,
        prompts: Sequence[Any],
        questions: Sequence[Question],
        concurrency: int,
    ) -> None:
        if concurrency < 1:
            raise ValueError(f"concurrency is at least 1, not {concurrency}")
        self._chat = chat
        self._prompts = prompts
        self._questions = questions
        self._concurrency = concurrency
        self._running: set[Reply] = set()
        self._state = State(len(prompts))

    async def run(self, tell: Tell) -> Answers:
        """All answers; `tell` hears how far it is. Who cancels it stops what is being written.

        Raises:
            NoServer, Refused, Unreachable: nothing can be asked any more.
        """
        tell(self._state)
        session = await self._chat.info()
        questions = list(keyed(session, self._questions))
        where = self._chat.where
        lanes = {n: Lane(where, session, n) for n in {lane_of(each) for each in questions}}
        gate = asyncio.Semaphore(self._concurrency)

        async def one(prompt: Any, question: Question) -> Answer:
            lane = lanes[lane_of(question)]
            async with lane.turn, gate:
                answer = await self._answer(lane, prompt, question)
            self._note(answer, tell)
            return answer

        pairs = zip(self._prompts, questions, strict=True)
        tasks = [asyncio.create_task(one(*pair)) for pair in pairs]
        try:
            return Answers(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop()

    async def _answer(self, lane: Lane, prompt: Any, question: Question) -> Answer:
        reply: Reply | None = None
        try:
            for reply in tries(lane.chat, await lane.kept(question)):
                self._running.add(reply)
                await reply
                self._running.discard(reply)
        except _HOPELESS:
            raise
        except ChatcoreError as error:
            return Answer(prompt, reply, error)
        if question.wanted is None or reply is None:
            return Answer(prompt, reply)
        return Answer(prompt, reply, value=reply.value)

    def _note(self, answer: Answer, tell: Tell) -> None:
        known = self._state
        failed = known.failed + (not answer.ok)
        self._state = replace(known, done=known.done + 1, failed=failed)
        tell(self._state)

    async def _stop(self) -> None:
        """Wait until what was given up has been stopped on the server."""
        stops = [reply.astop() for reply in self._running if reply.status == "streaming"]
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*stops, return_exceptions=True), _STOP_SECONDS)


def answers(work: Map, bar: Progress) -> Answers:
    """Run a map, and show how far it is. An interrupt stops all of it."""
    news: News = SimpleQueue()
    cancel = portal().begin(work.run(news.put), news.put)
    try:
        return _ended(news, bar, None).result()
    except KeyboardInterrupt:
        cancel()
        with suppress(TimeoutError):
            _ended(news, bar, monotonic() + _STOP_SECONDS)
        raise
    finally:
        bar.close()


async def aanswers(work: Map, bar: Progress) -> Answers:
    """`answers` in an event loop; who cancels it stops all of it."""
    loop = asyncio.get_running_loop()
    try:
        return await arun(work.run(lambda state: soon(loop, bar.tell, state)))
    finally:
        bar.close()


def _ended(news: News, bar: Progress, until: float | None) -> asyncio.Task[Answers]:
    """The task, once it has ended; until then the bar hears how far it is."""
    while until is None or monotonic() < until:
        with suppress(Empty):
            item = news.get(timeout=_LOOK_SECONDS)
            if not isinstance(item, State):
                return item
            bar.tell(item)
    raise TimeoutError
