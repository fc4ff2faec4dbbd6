"""The bodies of requests and answers over HTTP; the stream's own types are in `protocol`."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from .parts import Part, TextPart, VariablePart, Wire, marked
from .protocol import Role, Session, SessionId

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Seq = Annotated[
    int,
    msgspec.Meta(ge=0, le=2**63 - 1, description="A number of the counter: a message or a cursor"),
]


Settings = dict[str, Any]
_SECRET = re.compile(
    r"(?i)(api_?key|secret|passw(or)?d|credentials?|authorization|(^|_)(token|key))$"
)


def check_settings(settings: Settings) -> None:
    """Raises ValueError where a name says that its value is secret: settings are stored."""
    for name in settings:
        if _SECRET.search(name.replace("-", "_")):
            raise ValueError(
                f"`{name[:40]}` looks like a secret, and settings are stored with the chat:"
                " put keys into the server's environment or configuration"
            )


class Content(Wire, frozen=True, kw_only=True):
    """What a message says: either `text`, or `parts`."""

    text: str | None = None
    parts: list[Part] | None = None

    def __post_init__(self) -> None:
        if (self.text is None) == (self.parts is None):
            raise ValueError("send either `text` or `parts`")

    def as_parts(self) -> list[Part]:
        """The content as parts, whichever way it was sent; cells have their marks."""
        return [TextPart(text=self.text)] if self.text is not None else marked(self.parts or [])


class Ask(Content, frozen=True, kw_only=True):
    """`POST chat/{id}`: a user's message that wants a reply.

    `parent` is the message it continues, by default the newest of the branch shown; 0
    begins a branch of its own. `replay` answers it with the earlier answer to the same
    question where there is one: `only` fails where there is none, true asks then. What is
    not said is as the server's setting has it.
    """

    key: Key | None = None
    parent: Seq | None = None
    assistant: str | None = None
    settings: Settings = {}
    replay: bool | Literal["only"] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_settings(self.settings)


class Note(Content, frozen=True, kw_only=True):
    """`POST chat/{id}/messages`: a message that wants no reply; `parent` is as in `Ask`."""

    key: Key | None = None
    parent: Seq | None = None
    role: Role = "user"


class Edit(Content, frozen=True, kw_only=True):
    """`PATCH chat/{id}/messages/{mid}`: another version of a message, beside it.

    An edited user's message is answered anew unless `reply` is false.
    """

    key: Key | None = None
    assistant: str | None = None
    settings: Settings = {}
    reply: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_settings(self.settings)


class Regenerate(Wire, frozen=True, kw_only=True):
    """`POST chat/{id}/messages/{mid}/regenerate`: another answer, beside the first."""

    key: Key | None = None
    assistant: str | None = None
    settings: Settings = {}

    def __post_init__(self) -> None:
        check_settings(self.settings)


class NewSession(Wire, frozen=True, kw_only=True):
    """`POST sessions` and `PUT sessions/{id}`: what a new chat starts with.

    `key` makes a repeated POST find its session. The chat that belongs to a notebook
    has the key `notebook:<path>`; the server keeps it right when the file is renamed.
    """

    title: Title | None = None
    assistant: str | None = None
    notebook: str | None = None
    settings: Settings = {}
    key: Key | None = None

    def __post_init__(self) -> None:
        check_settings(self.settings)


class SessionPatch(Wire, frozen=True, kw_only=True):
    """`PATCH sessions/{id}`: what is left out stays.

    `head` shows the branch that ends at this message, `branch` the newest one that goes
    through it. A `title` given here is the user's, and stays.
    """

    title: Title | UnsetType = UNSET
    assistant: str | UnsetType | None = UNSET
    notebook: str | UnsetType | None = UNSET
    settings: Settings | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    head: Seq | UnsetType = UNSET
    branch: Seq | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.settings is not UNSET:
            check_settings(self.settings)


class Posted(Wire, frozen=True, kw_only=True):
    """A message that is stored: its id, its reply's, and where to watch from to see both."""

    message: int
    cursor: int
    reply: int | None = None


class Fork(Wire, frozen=True, kw_only=True):
    """`POST chat/{id}/fork`: a new chat with the messages up to `message`, this one included.

    A repeated request with the same `key` finds the chat that the first one made.
    """

    message: Seq
    key: Key | None = None


class Seen(Wire, frozen=True, kw_only=True):
    """`POST chat/{id}/seen`: the user has read up to this message."""

    message: Seq


class ChatUsage(Wire, frozen=True, kw_only=True):
    """`GET chat/{id}/usage`: what all answers of a chat took, every branch included.

    `answers` counts those that tell; `cost` is None where no price is known, and
    `unpriced` counts the answers that it lacks.
    """

    answers: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None
    unpriced: int = 0


ExportFormat = Literal["markdown", "notebook", "jsonl"]


class ImportResult(Wire, frozen=True, kw_only=True):
    """`POST import`: what became of a file's chats.

    `made` of them are new here, `known` were imported before, `messages` were added to
    either. `sessions` are those that got something, in the order of the file.
    """

    sessions: list[Session]
    made: int
    known: int
    messages: int


class SessionPage(Wire, frozen=True, kw_only=True):
    """Chats, the most recently used first; `before` asks for the next page.

    `cursor` is where to watch all chats from.
    """

    sessions: list[Session]
    cursor: int = 0
    before: int | None = None


class Approve(Wire, frozen=True, kw_only=True):
    """`POST chat/{id}/messages/{mid}/parts/{index}/approval`: the id of the option chosen."""

    option: str


class Undone(Wire, frozen=True, kw_only=True):
    """What became of taking back an answer's changes: how many were, and what stays and why."""

    undone: int
    conflicts: list[str] = []


class VariableList(Wire, frozen=True, kw_only=True):
    """`GET kernels/{kernel}/variables`: those that may be shown, with previews where named."""

    variables: list[VariablePart]


class Choice(Wire, frozen=True, kw_only=True):
    """A setting of an assistant that a user may choose.

    `name` is its key in `settings`, `values` are what is known that it may be, `value`
    what it is where nothing is chosen.
    """

    name: str
    title: str = ""
    values: list[str] = []
    value: str | None = None


class AssistantInfo(Wire, frozen=True, kw_only=True):
    """Who can answer, and whether they can now; `reason` says what to do if not."""

    name: str
    title: str
    description: str = ""
    state: Literal["ready", "not_installed", "not_configured", "unreachable", "broken"] = "ready"
    reason: str = ""
    default: bool = False
    choices: list[Choice] = []


class AssistantList(Wire, frozen=True, kw_only=True):
    """`GET assistants`."""

    assistants: list[AssistantInfo]


class SnippetPiece(Wire, frozen=True, kw_only=True):
    """A run of a snippet's text, and whether it is what was searched for."""

    text: str
    match: bool = False


class SearchHit(Wire, frozen=True, kw_only=True):
    """A message that was found, with the text around the first match."""

    session: SessionId
    title: str
    message: int
    role: Role
    created: str
    snippet: list[SnippetPiece]


class SearchResult(Wire, frozen=True, kw_only=True):
    """`GET search?q=`: the best hits first, and the chats whose titles match."""

    hits: list[SearchHit]
    sessions: list[Session] = []


class ErrorBody(Wire, frozen=True, kw_only=True):
    """Every HTTP error, and the data of an `error` event: a stable code, a text for people.

    `id` is the message that an error in a stream is about.
    """

    code: str
    message: str
    id: int | None = None
