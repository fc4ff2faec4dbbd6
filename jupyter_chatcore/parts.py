"""The typed pieces that messages are made of.

A part is a value: it knows nothing of storage, and is addressed by its index in
its message, which never changes. On the wire it is a JSON object tagged by `type`;
fields at their default are left out, unknown fields are refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec

from .marks import mark_of

ToolKind = Literal["read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"]
ToolStatus = Literal["pending", "awaiting", "running", "done", "failed", "denied", "cancelled"]
MimeBundle = dict[str, Any]
Mark = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]


class Wire(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of everything that travels: immutable, strict about its fields."""


class BasePart(Wire, frozen=True, kw_only=True, tag_field="type"):
    """What every part may carry.

    `ext` holds what a provider wants back, keyed by provider (signatures, raw ids).
    It is stored and returned to that provider, and never rendered.
    """

    ext: dict[str, Any] | None = None


class TextPart(BasePart, frozen=True, kw_only=True, tag="text"):
    """Markdown for people."""

    text: str


class ReasoningPart(BasePart, frozen=True, kw_only=True, tag="reasoning"):
    """What the model says it was thinking, as Markdown."""

    text: str


class ShownCell(Wire, frozen=True, kw_only=True, tag_field="type", tag="cell"):
    """A cell of the notebook `path` that was read; `mark` is that of its source."""

    path: str
    cell_id: str
    mark: Mark


class ShownVariable(Wire, frozen=True, kw_only=True, tag_field="type", tag="variable"):
    """A variable that was read, of the kernel whose id is `kernel`."""

    kernel: str
    name: str
    fingerprint: Mark


Shown = ShownCell | ShownVariable


class TextOutput(Wire, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """A tool's output as plain text; `shown` is what of notebooks and kernels it tells."""

    text: str
    shown: list[Shown] = []


class BundleOutput(Wire, frozen=True, kw_only=True, tag_field="type", tag="bundle"):
    """A tool's output as a Jupyter mime bundle."""

    data: MimeBundle
    metadata: dict[str, Any] = {}


class DiffOutput(Wire, frozen=True, kw_only=True, tag_field="type", tag="diff"):
    """A change to a file or cell: `old` is None where it is new, `new` where it is removed.

    Of a cell, `cell` is its id in the notebook `path` and `after` the id of the one above
    it, where it was inserted or removed; `undone` says that the change was taken back.
    """

    path: str
    old: str | None = None
    new: str | None = None
    cell: str | None = None
    cell_type: Literal["code", "markdown", "raw"] | None = None
    after: str | None = None
    undone: bool = False


class ApprovalOption(Wire, frozen=True, kw_only=True):
    """One answer that a person can give to a request for permission."""

    id: str
    label: str
    kind: Literal["allow_once", "allow_always", "reject_once", "reject_always"]


class Approval(Wire, frozen=True, kw_only=True):
    """A request for permission: `outcome` is the chosen option's id, None where nobody chose.

    `expires` is an RFC 3339 time in UTC, set by the framework; `by` names the user who
    chose. It can be answered while its tool's status is `awaiting`, and at no other time.
    """

    options: list[ApprovalOption]
    outcome: str | None = None
    expires: str | None = None
    by: str | None = None


ToolOutput = TextOutput | BundleOutput | DiffOutput


class ToolPart(BasePart, frozen=True, kw_only=True, tag="tool"):
    """A tool call from its request to its result: one part with a state.

    `call` names the call within its message. `input` is the JSON text of the
    arguments; it may grow while the model is still writing it.
    """

    call: str
    name: str
    title: str = ""
    kind: ToolKind = "other"
    status: ToolStatus = "pending"
    input: str = ""
    output: list[ToolOutput] = []
    error: str | None = None
    approval: Approval | None = None


class PlanEntry(Wire, frozen=True, kw_only=True):
    """One step of a plan."""

    content: str
    status: Literal["pending", "in_progress", "completed"] = "pending"
    priority: Literal["high", "medium", "low"] = "medium"


class PlanPart(BasePart, frozen=True, kw_only=True, tag="plan"):
    """What an agent is going to do, step by step."""

    entries: list[PlanEntry]


class OutputPart(BasePart, frozen=True, kw_only=True, tag="output"):
    """A Jupyter mime bundle: an image, a table, a plot."""

    data: MimeBundle
    metadata: dict[str, Any] = {}


class FilePart(BasePart, frozen=True, kw_only=True, tag="file"):
    """A file; its bytes live beside the database, `size` is their number."""

    name: str
    mime: str
    url: str
    size: int


class CellPart(BasePart, frozen=True, kw_only=True, tag="cell"):
    """A notebook cell as it was when it was shown to the assistant.

    `mark` is that of the whole cell's source, by which a change is noticed later; the
    server makes it from `source` where it is missing.
    """

    path: str
    cell_id: str
    cell_type: Literal["code", "markdown", "raw"]
    source: str
    execution_count: int | None = None
    outputs: list[dict[str, Any]] = []
    mark: Mark | None = None


class VariablePart(BasePart, frozen=True, kw_only=True, tag="variable"):
    """A kernel's variable as it was when it was shown to the assistant.

    `kernel` is the kernel's id, `shape` the lengths of its axes where it has any, and
    `fingerprint` tells whether its value is still the same, as far as that is cheap.
    """

    name: str
    kernel: str
    python_type: str
    shape: list[int] | None = None
    preview: MimeBundle = {}
    truncated: bool = False
    fingerprint: Mark | None = None


class NoticePart(BasePart, frozen=True, kw_only=True, tag="notice"):
    """A word of the framework or the assistant about the answer; no model is sent it.

    One of a `name` replaces the last of that name in its message, so a wait that goes
    on stays one line. `until` is an RFC 3339 time in UTC that a wait ends at.
    """

    name: str
    text: str
    level: Literal["info", "warning"] = "info"
    until: str | None = None


class CustomPart(BasePart, frozen=True, kw_only=True, tag="custom"):
    """Anything else an assistant brings: stored, passed on, shown as folded JSON."""

    kind: str
    data: Any


Part = (
    TextPart
    | ReasoningPart
    | ToolPart
    | PlanPart
    | OutputPart
    | FilePart
    | CellPart
    | VariablePart
    | NoticePart
    | CustomPart
)


def marked(parts: Sequence[Part]) -> list[Part]:
    """The parts, each cell among them with its mark."""
    return [
        msgspec.structs.replace(part, mark=mark_of(part.source))
        if isinstance(part, CellPart) and part.mark is None
        else part
        for part in parts
    ]


def settled(parts: Sequence[Part], *, whole: bool = False) -> list[Part]:
    """The parts of a message that has ended: no tool call is left open in it.

    A call that waits for permission is cancelled, so that nobody is asked in vain; so
    is any other unfinished one, unless the message came `whole` to its end.
    """
    left = ("awaiting",) if whole else ("pending", "awaiting", "running")
    return [
        msgspec.structs.replace(part, status="cancelled")
        if isinstance(part, ToolPart) and part.status in left
        else part
        for part in parts
    ]


def open_requests(parts: Iterable[Part]) -> list[ToolPart]:
    """The tool calls that wait for a person's permission."""
    return [
        part
        for part in parts
        if isinstance(part, ToolPart) and part.status == "awaiting" and part.approval is not None
    ]
