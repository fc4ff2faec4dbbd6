"""The tool calls of one prompt: what an agent tells of each, as one part with a state."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import msgspec
from acp.schema import (
    ContentToolCallContent,
    FileEditToolCallContent,
    ImageContentBlock,
    PermissionOption,
    TerminalToolCallContent,
    ToolCall,
    ToolCallUpdate,
)

from ...parts import (
    Approval,
    ApprovalOption,
    BundleOutput,
    DiffOutput,
    TextOutput,
    ToolKind,
    ToolOutput,
    ToolPart,
    ToolStatus,
)
from .content import text_of
from .words import shortened

Told = ToolCall | ToolCallUpdate
Content = ContentToolCallContent | FileEditToolCallContent | TerminalToolCallContent

OUTPUT_CHARS = 48_000
"""How much of a call's text is kept; more of it is cut in the middle."""

_INPUT_CHARS = 16_000
_RHYTHM = 0.5
"""Least seconds between two states of a call of which only the output has grown."""

# what the protocol knows beyond ours, such as a change of mode, is shown as anything else
_KINDS: Mapping[str, ToolKind] = {kind: kind for kind in get_args(ToolKind)}
_STATUS: Mapping[str, ToolStatus] = {
    "pending": "pending",
    "in_progress": "running",
    "completed": "done",
    "failed": "failed",
}
_ENDED = ("done", "failed", "denied", "cancelled")


class Tools:
    """The calls of one prompt, by the agent's own names for them.

    Agents tell of a call first in a `tool_call`, in an update or in a request for
    permission: whichever comes first makes the part.
    """

    def __init__(self) -> None:
        self._parts: dict[str, ToolPart] = {}
        self._shown: dict[str, tuple[ToolPart, float]] = {}
        self._asked: dict[str, int] = {}

    def update(self, told: Told) -> Iterator[ToolPart]:
        """The call as it is now, where that is worth telling.

        A call that waits for the user is told of again when they have answered; one that
        was denied has nothing more to tell.
        """
        part = self._merged(told)
        self._parts[part.call] = part
        if part.status not in ("awaiting", "denied") and self._is_news(part):
            yield self._show(part)

    def ask(self, told: ToolCallUpdate, options: list[PermissionOption]) -> ToolPart:
        """The call with a request for permission; a second request is a part of its own."""
        part = self._merged(told)
        self._asked[told.tool_call_id] = self._asked.get(told.tool_call_id, 0) + 1
        asking = msgspec.structs.replace(
            part, call=self.part_of(told), status="awaiting", error=None
        )
        self._parts[asking.call] = self._show(asking)
        approval = Approval(options=[_option(each) for each in options])
        return msgspec.structs.replace(asking, approval=approval)

    def part_of(self, told: Told) -> str:
        """What the part is called that shows the agent's call now."""
        times = self._asked.get(told.tool_call_id, 1)
        return told.tool_call_id if times == 1 else f"{told.tool_call_id} ({times})"

    def decided(self, call: str, allowed: bool) -> Iterator[ToolPart]:
        """What the agent has told of the call while it waited for the user.

        The part itself has the user's answer already.
        """
        part, (shown, _) = self._parts[call], self._shown[call]
        status: ToolStatus = "running" if allowed else "denied"
        self._parts[call] = msgspec.structs.replace(part, status=status)
        if allowed and part != shown:
            yield self._show(self._parts[call])

    def close(self, ended: bool) -> Iterator[ToolPart]:
        """The calls that the agent has left open: done where the prompt has ended well."""
        status: ToolStatus = "done" if ended else "cancelled"
        for part in list(self._parts.values()):
            if part.status == "awaiting":
                yield msgspec.structs.replace(part, status="cancelled")
            elif part.status not in _ENDED:
                yield msgspec.structs.replace(part, status=status)

    def _merged(self, told: Told) -> ToolPart:
        call = self.part_of(told)
        part = self._parts.get(call) or ToolPart(call=call, name=name_of(told))
        status = _next_status(part.status, told.status)
        output = _outputs(told.content) if told.content else part.output
        if status in ("done", "failed") and not output:
            output = _raw(told.raw_output)
        error = _error(output) if status == "failed" else part.error
        return msgspec.structs.replace(
            part,
            title=told.title or part.title,
            kind=part.kind if told.kind is None else _KINDS.get(told.kind, "other"),
            input=_input(told.raw_input) if told.raw_input else part.input,
            output=[] if error and output == [TextOutput(text=error)] else output,
            status=status,
            error=error,
        )

    def _is_news(self, part: ToolPart) -> bool:
        shown, when = self._shown.get(part.call, (None, 0.0))
        if part == shown:
            return False
        grown = shown is not None and msgspec.structs.replace(part, output=shown.output) == shown
        return not grown or time.monotonic() - when >= _RHYTHM

    def _show(self, part: ToolPart) -> ToolPart:
        self._shown[part.call] = part, time.monotonic()
        return part


def _next_status(now: ToolStatus, told: str | None) -> ToolStatus:
    """A call that waits for the user, or was denied, stays so whatever the agent says."""
    if told is None or now in ("awaiting", "denied"):
        return now
    return _STATUS[told] if not (now == "running" and told == "pending") else now


def name_of(told: Told) -> str:
    """What the agent calls the tool, where it tells; else its kind."""
    meta = told.field_meta or {}
    own = meta.get("claudeCode")
    named = meta.get("toolName") or (own.get("toolName") if isinstance(own, dict) else None)
    return str(named or told.kind or "tool")


def _option(option: PermissionOption) -> ApprovalOption:
    return ApprovalOption(id=option.option_id, label=option.name, kind=option.kind)


def _input(raw: Any) -> str:
    """The arguments as JSON, their long texts cut."""
    if isinstance(raw, dict):
        raw = {name: _cut(value) for name, value in raw.items()}
    return msgspec.json.encode(_cut(raw)).decode(errors="replace")


def _cut(value: Any) -> Any:
    return shortened(value, _INPUT_CHARS) if isinstance(value, str) else value


def _outputs(content: list[Content]) -> list[ToolOutput]:
    return [output for each in content if (output := _output(each)) is not None]


def _output(content: Content) -> ToolOutput | None:
    match content:
        case FileEditToolCallContent():
            old, new = content.old_text, content.new_text
            return DiffOutput(
                path=content.path,
                old=None if old is None else shortened(old, OUTPUT_CHARS),
                new=shortened(new, OUTPUT_CHARS),
            )
        case ContentToolCallContent(content=ImageContentBlock() as image):
            return BundleOutput(data={image.mime_type: image.data})
        case ContentToolCallContent():
            text = text_of(content.content)
            return TextOutput(text=shortened(text, OUTPUT_CHARS)) if text else None
    return None  # a terminal of ours, which no agent was offered


def _raw(raw: Any) -> list[ToolOutput]:
    """The output of agents that tell it in their own shape only."""
    if isinstance(raw, dict):
        raw = raw.get("error") or raw.get("output") or raw
    if not raw:
        return []
    text = raw if isinstance(raw, str) else msgspec.json.encode(raw).decode(errors="replace")
    return [TextOutput(text=shortened(text, OUTPUT_CHARS))]


def _error(outputs: list[ToolOutput]) -> str | None:
    texts = [output.text for output in outputs if isinstance(output, TextOutput)]
    return shortened(" ".join(texts), 1000) or None
