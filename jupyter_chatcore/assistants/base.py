"""What an assistant is: a class with a name, and a generator of values over a turn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..api import Choice, SearchResult
from ..errors import ChatcoreError, NotFound
from ..parts import ApprovalOption, FilePart, NoticePart, Part, TextPart, ToolKind, ToolOutput
from ..protocol import Message, Sent, Session, Usage
from .view import NoView, View

State = Literal["ready", "not_installed", "not_configured", "unreachable"]
Search = Callable[[str], Awaitable[SearchResult]]
Decision = Callable[[str], Awaitable[ApprovalOption | None]]
Read = Callable[[FilePart], Awaitable[bytes]]
Locate = Callable[[FilePart], Path | None]


class AssistantError(ChatcoreError):
    """A failure that the user should read: it becomes the message's error as it is.

    `code` is a stable name such as `bad_key`; the text says what to do. Any other
    exception out of an assistant is shown as `assistant_failed` with its type only,
    since its text may hold secrets.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ToolError(Exception):
    """Why a tool could not do it; the model and the user read the text."""


def any_arguments(arguments: dict[str, Any]) -> None:
    """The check of a tool that takes its arguments as they are."""


@dataclass(frozen=True)
class ToolInput:
    """More of the arguments of the tool call `call`, while a model still writes them."""

    call: str
    text: str


Item = str | Part | ToolInput | Usage | Sent


@dataclass(frozen=True)
class Tool:
    """Something that a model may call in a turn.

    `parameters` is the JSON Schema of an object, whose value `run` gets. `run` returns
    what the call gave, or raises a ToolError. `asks` says that each call needs the
    user's leave; `always`, where there is one, keeps that the user gives it for good.
    `preview`, where there is one, gives what a call would do, for who is asked; what it
    raises leaves them without.
    `check` raises a ToolError for arguments that cannot be used, before anybody is asked.
    """

    name: str
    description: str
    parameters: dict[str, Any]
    run: Callable[[dict[str, Any]], Awaitable[list[ToolOutput]]]
    kind: ToolKind = "read"
    title: str = ""
    asks: bool = False
    always: Callable[[], Awaitable[None]] | None = None
    preview: Callable[[dict[str, Any]], Awaitable[list[ToolOutput]]] | None = None
    check: Callable[[dict[str, Any]], None] = any_arguments


class More(NamedTuple):
    """Tools that are elsewhere, and what to tell of those that cannot be had."""

    tools: tuple[Tool, ...] = ()
    notices: tuple[NoticePart, ...] = ()


async def no_more() -> More:
    """The tools of a turn for which nothing is configured: no more than it has."""
    return More()


async def no_hits(words: str) -> SearchResult:
    """The search of a turn that stands outside any database: it finds nothing."""
    return SearchResult(hits=[])


async def no_decision(call: str) -> ApprovalOption | None:
    """The decision of a turn that nobody watches: there is none."""
    return None


async def no_file(part: FilePart) -> bytes:
    """The files of a turn that stands outside any database: there are none."""
    raise NotFound(f"The file {part.name!r} is not here.")


def nowhere(part: FilePart) -> Path | None:
    """The places of the files of a turn that stands outside any database: there are none."""
    return None


@dataclass(frozen=True)
class Turn:
    """All that an assistant is shown.

    `history` is the branch that the user sees, oldest first, without `prompt`;
    `omitted` counts older messages of the branch that are not in it. `prompt` is the
    message to answer, `reply` the id of the message being written. `settings` are those
    of the chat, overlaid with the question's. `tools` are what may be called. `folder`
    is where the chat's notebook lies, else the server's root.

    `search` finds messages by their words in the chats that the user may read, the
    best first; it raises the errors of the store.

    `decision` waits for the user: yield a tool with the status `awaiting` and an
    approval, then await `turn.decision(call)`. It gives the option that was chosen,
    None where the request expired; by then the tool's part says so.

    `read` gives the bytes of a file that a message shows; it raises NotFound where they
    are not kept any more, and the errors of the store. `locate` is the path of the file
    with them, which is called by their hash; None where they are not kept here.

    `more` gives the tools of the user's MCP servers, which are started for it. `view`
    looks at the chat's notebook and its variables; it raises NotSeen.
    """

    session: Session
    history: tuple[Message, ...]
    prompt: Message
    reply: int
    settings: dict[str, Any] = field(default_factory=dict)
    tools: tuple[Tool, ...] = ()
    folder: Path = field(default_factory=Path.cwd)
    omitted: int = 0
    search: Search = no_hits
    decision: Decision = no_decision
    read: Read = no_file
    locate: Locate = nowhere
    more: Callable[[], Awaitable[More]] = no_more
    view: View = field(default_factory=NoView)

    def with_tools(self, tools: Iterable[Tool]) -> Turn:
        """The turn with more tools; of two of one name the first stays."""
        named = {tool.name: tool for tool in (*tools, *self.tools)}
        return replace(self, tools=tuple(named.values()))

    @property
    def text(self) -> str:
        """What the prompt says in words."""
        return "\n".join(part.text for part in self.prompt.parts if isinstance(part, TextPart))

    @property
    def context(self) -> tuple[Part, ...]:
        """What the prompt shows beside its words: cells, variables, images, files."""
        return tuple(part for part in self.prompt.parts if not isinstance(part, TextPart))


@dataclass(frozen=True)
class Availability:
    """Whether an assistant can answer now, if not what to do about it, and what to choose."""

    state: State = "ready"
    reason: str = ""
    choices: tuple[Choice, ...] = ()


class Assistant(ABC):
    """Who answers. A whole plug-in is a subclass with a name and a `reply`.

    Register it in the entry point group `jupyter_chatcore.assistants`. It is loaded
    when first used, and made once with no arguments.
    """

    name: str
    title: str = ""
    description: str = ""
    configured_model: str | None = None
    """The model that its configuration names, for questions whose settings name none."""

    async def availability(self) -> Availability:
        """Whether it can answer now; asked when assistants are listed."""
        return Availability()

    @abstractmethod
    def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Yield the answer.

        A `str` grows the current text, a reasoning part grows the reasoning before it,
        any other part starts a new one. A tool whose `call` is known replaces it and
        keeps its approval, a `ToolInput` grows its arguments, a notice whose `name` is
        known replaces it. The last `Usage` and the last `Sent` are kept with the
        message. Ids, storage, stop and errors are the framework's: a stop arrives as
        `asyncio.CancelledError` at the current await.
        """

    def resume(self, turn: Turn, answer: Message) -> AsyncIterator[Item]:
        """Go on with an answer that waited for permission when its server ended.

        Override it where that can be done; without it the request is withdrawn then.
        `answer` is the message as it was left: each call that asked has the status
        `awaiting`, and `turn.decision(call)` waits for it again. What is yielded goes on
        in the same message, by the rules of `reply`; a `Usage` is what was taken since.
        What was kept nowhere but in memory is gone.
        """
        raise NotImplementedError(f"{self.name} cannot go on with an answer")

    @property
    def resumes(self) -> bool:
        """Whether it can go on with an answer."""
        return type(self).resume is not Assistant.resume

    async def headline(self, turn: Turn, answer: Message) -> str | None:
        """A title for a chat that nobody has named, asked once its first answer is whole.

        `turn` is that of the first question, `answer` what was answered. A few words on
        one line, in the language of the chat; None leaves the title that the question
        gave. It may be cancelled, and an error is of no consequence.
        """
        return None

    async def close(self) -> None:
        """Release what it holds; called once when the server stops."""
