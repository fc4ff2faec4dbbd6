"""An answer: while it is written, and afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Sequence
from types import TracebackType
from typing import Any

from ..api import Posted
from ..errors import Invalid
from ..fences import blocks
from ..parts import Part
from ..protocol import Message, Status, Usage
from .cells import asked
from .conversation import Conversation
from .display import PACE, Screen, cell_number, in_notebook, show
from .errors import ReplyFailed
from .following import follow
from .portal import arun, portal, run
from .structured import AnswerError, Wanted
from .watched import Watched

_STOP_SECONDS = 5.0
_WHY = {
    "cancelled": "The answer was stopped.",
    "interrupted": "The answer was cut off: the server that wrote it ended.",
    "deleted": "The answer was deleted.",
}

Post = Callable[[Conversation], Awaitable[Posted]]


class Code(str):
    """A code block of an answer; `language` is what its fence names, "" for none."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str = "") -> Code:
        """A text with the name of its language."""
        made = super().__new__(cls, text)
        made.language = language
        return made


class Reply(Watched):
    """An answer of an assistant. It belongs to the chat: it goes on if nobody waits for it.

    Iterating over it, with `for` or `async for`, gives the pieces of its text as they
    come, from the first one on. `wait()` or `await` wait for its end. The rest tells how
    it is at the moment.
    """

    def __init__(self, chat: Conversation, post: Post, wanted: Wanted | None = None) -> None:
        super().__init__()
        self._wanted = wanted
        self._value: Any = None
        self._read = False
        self._chat = chat
        self._post = post
        self._posted: Posted | None = None
        self._sent = asyncio.Event()
        self._error: Exception | None = None
        self._begun = False
        self._unwanted = False
        self._drawn_in: int | None = None

    def begin(self) -> Reply:
        """Post the question and follow the answer, in the portal's loop; once."""
        if not self._begun:
            self._begun = True
            asked(self)
            portal().begin(self._run())
        return self

    async def _run(self) -> None:
        try:
            await self._follow()
        except Exception as error:
            self._error = error
        finally:
            self._sent.set()
            self._end()

    async def _follow(self) -> None:
        if self._unwanted:
            return
        posted = self._posted = await self._post(self._chat)
        self._sent.set()
        server, session = await self._chat.opened()
        async for message in follow(server, session.id, _followed(posted), posted.cursor):
            self._changed(message)

    @property
    def message(self) -> Message | None:
        """The message as it is so far, None while the question is on its way."""
        return self._message

    @property
    def parts(self) -> Sequence[Part]:
        """Its parts so far: text, thoughts, tool calls, outputs."""
        return self._message.parts if self._message else []

    @property
    def text(self) -> str:
        """Its text so far, as Markdown."""
        return self._message.text if self._message else ""

    @property
    def code(self) -> list[Code]:
        """The code blocks of its text: each a str with a `language`."""
        return [
            Code(block.text, block.language)
            for block in blocks(self.text)
            if block.language is not None
        ]

    @property
    def value(self) -> Any:
        """What it says as a value of the `type` that was asked for; waits for its end.

        Raises:
            AnswerError: it does not fit the type.
            ReplyFailed: it failed or was cut off.
            Invalid: no type was asked for.
        """
        if self._wanted is None:
            raise Invalid('No type was asked for: ask("...", type=...) gives a value.')
        if not self._read:
            self.wait()
            self._value, self._read = self._fitting(self._wanted), True
        return self._value

    def _fitting(self, wanted: Wanted) -> Any:
        try:
            return wanted.read(self.text)
        except AnswerError as error:
            error.reply = self
            raise

    @property
    def usage(self) -> Usage | None:
        """What it took, where the assistant tells."""
        return self._message.usage if self._message else None

    @property
    def status(self) -> Status:
        """`streaming` until it has ended, then how it did."""
        if self._error is not None:
            return "failed"
        if self._message is None:
            return "cancelled" if self._ended else "streaming"
        return self._message.status

    @property
    def ok(self) -> bool:
        """Whether it has come to its end as a whole."""
        return self.status == "done"

    @property
    def error(self) -> Exception | None:
        """Why it is not whole; None while it is written, and when it is."""
        if self._error is not None or self._message is None or self.status in ("streaming", "done"):
            return self._error
        why = self._message.error
        said = f"The answer failed: {why.message}" if why else "The answer failed."
        return ReplyFailed(_WHY.get(self.status, said), self)

    def wait(self, timeout: float | None = None) -> Reply:
        """Wait for the end, at most `timeout` seconds. An interrupt stops it on the server.

        Raises:
            ReplyFailed: it failed, was cut off, or somebody else stopped it.
            ChatcoreError: the question could not be asked.
            TimeoutError: it has not ended yet; it goes on.
        """
        with Held(self):
            for _ in self.changes(timeout):
                continue
        return self._outcome()

    def __iter__(self) -> Iterator[str]:
        told = ""
        with Held(self):
            for _ in self.changes():
                text = self.text
                piece, told = text[len(told) :], text
                if piece:
                    yield piece
        self._outcome()

    async def __aiter__(self) -> AsyncIterator[str]:
        told = ""
        with Held(self):
            async for _ in self.achanges():
                text = self.text
                piece, told = text[len(told) :], text
                if piece:
                    yield piece
        self._outcome()

    def __await__(self) -> Generator[object, None, Reply]:
        return self._awaited().__await__()

    async def _awaited(self) -> Reply:
        with Held(self):
            async for _ in self.achanges():
                continue
        return self._outcome()

    def _outcome(self) -> Reply:
        """It, if it is whole, or its user has stopped it."""
        error = self.error
        if self._error is not None:
            raise self._error
        if error is not None and not self._unwanted:
            raise error
        return self

    def stop(self) -> None:
        """Stop it on the server, and wait until it has. What had come stays."""
        self._unwanted = True
        run(self._stop())
        self._await_end(_STOP_SECONDS)

    async def astop(self) -> None:
        """`stop` in an event loop."""
        self._unwanted = True
        await arun(self._stop())

    async def _stop(self) -> None:
        await self._sent.wait()
        if self._posted is not None and not self._ended:
            await self._chat.stop(_followed(self._posted))

    def take_back(self) -> None:
        """Have it stopped, and wait for nothing."""
        self._unwanted = True
        portal().begin(self._stop())

    def draw(self) -> Reply:
        """Show it in the cell's output while it comes, and wait for its end. See `wait`."""
        screen = Screen()
        with Held(self):
            for _ in self.changes(pace=PACE):
                self._drawn_in = screen.draw(self.text)
        return self._outcome()

    async def adraw(self) -> Reply:
        """`draw` in an event loop."""
        screen = Screen()
        with Held(self):
            async for _ in self.achanges(pace=PACE):
                self._drawn_in = screen.draw(self.text)
        return self._outcome()

    def _ipython_display_(self) -> None:
        # the cell that it was shown in while it came shows it once
        if not in_notebook():
            print(self)
        elif self._drawn_in is None or self._drawn_in != cell_number():
            show(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 60 else f"{self.text[:59]}…"
        return f"<Reply {self.status}: {text!r}>"


class Held:
    """While somebody waits for a reply: an interrupt, or a cancelled task, stops it."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def __enter__(self) -> None:
        self._reply.begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if isinstance(error, (KeyboardInterrupt, asyncio.CancelledError)):
            self._reply.take_back()
        if isinstance(error, KeyboardInterrupt):
            self._reply._await_end(_STOP_SECONDS)


def _followed(posted: Posted) -> int:
    """The message that is followed: the answer, or what was edited and wants none."""
    return posted.message if posted.reply is None else posted.reply
