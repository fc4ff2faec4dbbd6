"""What an assistant is: a class with a name, and a generator of values over a turn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..api import SearchResult
from ..errors import ChatcoreError
from ..parts import Part
from ..protocol import Message, Session, Usage

Item = str | Part | Usage
State = Literal["ready", "not_installed", "not_configured", "unreachable"]
Search = Callable[[str], Awaitable[SearchResult]]


class AssistantError(ChatcoreError):
    """A failure that the user should read: it becomes the message's error as it is.

    `code` is a stable name such as `bad_key`; the text says what to do. Any other
    exception out of an assistant is shown as `assistant_failed` with its type only,
    since its text may hold secrets.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def no_hits(words: str) -> SearchResult:
    """The search of a turn that stands outside any database: it finds nothing."""
    return SearchResult(hits=[])


@dataclass(frozen=True)
class Turn:
    """All that an assistant is shown.

    `history` is the branch that the user sees, oldest first, without `prompt`;
    `prompt` is the message to answer, `reply` the id of the message being written.
    `search` finds messages by their words in the chats that the user may read, the
    best first; it raises the errors of the store.
    """

    session: Session
    history: tuple[Message, ...]
    prompt: Message
    reply: int
    settings: dict[str, Any] = field(default_factory=dict)
    search: Search = no_hits


@dataclass(frozen=True)
class Availability:
    """Whether an assistant can answer now, and if not, what to do about it."""

    state: State = "ready"
    reason: str = ""


class Assistant(ABC):
    """Who answers. A whole plug-in is a subclass with a name and a `reply`.

    Register it in the entry point group `jupyter_chatcore.assistants`. It is loaded
    when first used, and made once with no arguments.
    """

    name: ClassVar[str]
    title: ClassVar[str] = ""
    description: ClassVar[str] = ""

    async def availability(self) -> Availability:
        """Whether it can answer now; asked when assistants are listed."""
        return Availability()

    @abstractmethod
    def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Yield the answer.

        A `str` grows the current text, a reasoning part grows the reasoning before
        it, any other part starts a new one, a tool whose `call` is known replaces
        it, a `Usage` is kept with the message. Ids, storage, stop and errors are the
        framework's: a stop arrives as `asyncio.CancelledError` at the current await.
        """

    async def close(self) -> None:
        """Release what it holds; called once when the server stops."""
