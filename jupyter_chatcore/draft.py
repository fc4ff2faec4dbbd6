"""The answer as an assistant writes it: parts as a whole, and how they grew."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from .assistants.base import AssistantError, Item, ToolInput
from .parts import NoticePart, Part, PlanPart, ReasoningPart, TextPart, ToolPart
from .protocol import Delta, PartPut, Sent, TextAppend, Usage, grow
from .wellformed import well_formed, well_formed_value


class Draft:
    """Collects what an assistant yields as an answer of `limit` bytes at most.

    `begun` is what the answer goes on from. Growing text is kept in pieces and joined
    once, so a token costs the same however long the answer is.
    """

    def __init__(self, limit: int, begun: Sequence[Part] = ()) -> None:
        self.usage: Usage | None = None
        self.sent: Sent | None = None
        self._limit = limit
        self._size = sum(len(msgspec.json.encode(part)) for part in begun)
        self._parts = list(begun)
        self._grown: dict[int, list[str]] = {}
        self._places = {
            (type(part), name): index
            for index, part in enumerate(begun)
            if (name := _name(part)) is not None
        }
        self._pending: list[tuple[int, Part | None, list[str]]] = []

    def add(self, item: Item) -> None:
        """Take the next value.

        Raises:
            AssistantError: the answer is too large.
            TypeError: the value is nothing that an assistant may yield.
        """
        match item:
            case str():
                self._add_text(well_formed(item), TextPart)
            case ReasoningPart(ext=None):
                self._add_text(well_formed(item.text), ReasoningPart)
            case ToolInput():
                self._grow_tool(item.call, well_formed(item.text))
            case Usage():
                self.usage = item
            case Sent():
                self.sent = item
            case msgspec.Struct():
                self._add_part(item)
            case _:
                raise TypeError(f"an assistant cannot yield a {type(item).__name__}")

    def take(self) -> list[Delta]:
        """How the answer has grown since the last call; the store says of which message."""
        taken, self._pending = self._pending, []
        return [self._delta(index, part, "".join(texts)) for index, part, texts in taken]

    def parts(self) -> list[Part]:
        """The answer so far."""
        for index, texts in self._grown.items():
            self._parts[index] = grow(self._parts[index], "".join(texts))
        self._grown.clear()
        return list(self._parts)

    def tool(self, call: str) -> ToolPart | None:
        """The tool call of this name as it is so far."""
        index = self._places.get((ToolPart, call))
        part = None if index is None else self.parts()[index]
        return part if isinstance(part, ToolPart) else None

    def call_at(self, index: int) -> str | None:
        """The name of the tool call that is the part at `index`, if it is one."""
        part = self._parts[index] if index < len(self._parts) else None
        return part.call if isinstance(part, ToolPart) else None

    def _add_text(self, text: str, kind: type[TextPart] | type[ReasoningPart]) -> None:
        if not text:
            return
        last = len(self._parts) - 1
        if last < 0 or type(self._parts[last]) is not kind:
            self._put(last + 1, kind(text=text))
        else:
            self._grow(last, text)

    def _grow_tool(self, call: str, text: str) -> None:
        index = self._places.get((ToolPart, call))
        if index is None:
            raise ValueError("a ToolInput grows a tool call that was yielded before it")
        if text:
            self._grow(index, text)

    def _grow(self, index: int, text: str) -> None:
        self._weigh(len(text))
        self._grown.setdefault(index, []).append(text)
        if self._pending and self._pending[-1][0] == index:
            self._pending[-1][2].append(text)
        else:
            self._pending.append((index, None, [text]))

    def _add_part(self, item: Part) -> None:
        part, index = _clean(item), len(self._parts)
        if isinstance(part, ToolPart) and (known := self.tool(part.call)):
            part = _with_approval(part, known)
        if (name := _name(part)) is not None:
            index = self._places.setdefault((type(part), name), index)
        self._put(index, part)

    def _put(self, index: int, part: Part) -> None:
        self._weigh(len(msgspec.json.encode(part)))
        self._parts[index : index + 1] = [part]
        self._grown.pop(index, None)
        self._pending.append((index, part, []))

    def _delta(self, index: int, part: Part | None, text: str) -> Delta:
        if part is None:
            return TextAppend(message=0, base=0, index=index, text=text)
        whole = grow(part, text) if text else part
        return PartPut(message=0, base=0, index=index, part=whole)

    def _weigh(self, size: int) -> None:
        self._size += size
        if self._size > self._limit:
            raise AssistantError(
                "too_large",
                f"The answer grew over {self._limit // 2**20} MiB and was stopped there."
                " Ask for less at once, or raise the server's max_reply_bytes.",
            )


def added(earlier: Usage, later: Usage) -> Usage:
    """What both took together; where only one tells of something, that is the sum."""
    told = {
        name: [n for n in (getattr(earlier, name), getattr(later, name)) if n is not None]
        for name in Usage.__struct_fields__
        if name != "model"
    }
    sums = {name: sum(numbers) for name, numbers in told.items() if numbers}
    return Usage(model=later.model or earlier.model, **sums)


def _name(part: Part) -> str | None:
    """What a later part replaces this one by; None where it stands for itself."""
    match part:
        case ToolPart():
            return part.call
        case NoticePart():
            return part.name
        case PlanPart():
            return ""
    return None


def _with_approval(part: ToolPart, known: ToolPart) -> ToolPart:
    """The call as it is now, with the permission that was asked for it before."""
    asked = known.approval
    if asked is None or (part.approval is not None and asked.outcome is None):
        return part
    return msgspec.structs.replace(part, approval=asked)


def _clean(part: Part) -> Part:
    try:
        msgspec.json.encode(part)
    except UnicodeEncodeError:
        return msgspec.convert(well_formed_value(msgspec.to_builtins(part)), type=type(part))
    return part
