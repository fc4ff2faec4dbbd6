"""Takes secrets out of what an assistant says and is shown, before anybody sees or stores it.

A model server may repeat its key, and a tool or a cell may print the environment. What
grows comes in pieces, and so may a secret: the end of a text that may be the beginning of
one waits for the next piece.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from .assistants.base import Item, Tool, ToolError, ToolInput
from .assistants.secrets import HIDDEN
from .parts import Part, ReasoningPart, ToolOutput

Secrets = Callable[[], Sequence[str]]
Run = Callable[[dict[str, Any]], Awaitable[list[ToolOutput]]]
S = TypeVar("S", bound=msgspec.Struct)


class Redaction:
    """Hides `secrets`, the longest first, in the items of one reply."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets
        self._starts = frozenset(secret[0] for secret in secrets)
        self._longest = max(map(len, secrets), default=0)
        self._any = re.compile("|".join(map(re.escape, secrets)))
        self._escaped = [msgspec.json.encode(secret)[1:-1] for secret in secrets]
        self._growing: Item | None = None
        self._held = ""

    def text(self, text: str) -> str:
        """A whole text without secrets."""
        return self._any.sub(HIDDEN, text) if self._secrets else text

    def items(self, item: Item) -> Iterator[Item]:
        """What can be shown of an item now, and of what was held back before it."""
        if not self._secrets:
            yield item
            return
        text = _text(item)
        if text is None or self._growing is None or not _continues(item, self._growing):
            yield from self.rest()
        if text is None:
            yield self.whole(item) if isinstance(item, msgspec.Struct) else item
            return
        self._growing = item
        if safe := self._release(self._held + text):
            yield _with_text(item, safe)

    def rest(self) -> Iterator[Item]:
        """What was held back, as nothing continues it."""
        if self._held and self._growing is not None:
            yield _with_text(self._growing, self._held)
        self._growing, self._held = None, ""

    def _release(self, text: str) -> str:
        """The text without secrets up to where one may begin, which is held."""
        told, done, hold = list[str](), 0, self._opening(text, 0)
        for match in self._any.finditer(text):
            if match.start() >= hold:
                break
            told += (text[done : match.start()], HIDDEN)
            done = match.end()
            if done > hold:
                hold = self._opening(text, done)
        self._held = text[hold:]
        return "".join((*told, text[done:hold]))

    def _opening(self, text: str, after: int) -> int:
        """Where the end of the text begins that may be a secret's beginning."""
        for index in range(max(after, len(text) - self._longest + 1), len(text)):
            if text[index] in self._starts and self._begins(text[index:]):
                return index
        return len(text)

    def _begins(self, end: str) -> bool:
        return any(len(end) < len(each) and each.startswith(end) for each in self._secrets)

    def whole(self, item: S) -> S:
        """A whole part or output without secrets."""
        if not self._secrets:
            return item
        try:
            data = msgspec.json.encode(item)
        except UnicodeEncodeError:  # half a character: the draft mends it
            data = None
        if data is not None and not any(secret in data for secret in self._escaped):
            return item
        return msgspec.convert(self._clean(msgspec.to_builtins(item)), type(item))

    def _clean(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case list():
                return [self._clean(inner) for inner in value]
            case dict():
                return {self.text(key): self._clean(inner) for key, inner in value.items()}
        return value


def shown_parts(parts: Iterable[Part], redaction: Redaction) -> list[Part]:
    """The parts of a question as they may be stored, and sent to whoever answers."""
    return [redaction.whole(part) for part in parts]


def discreet(tool: Tool, secrets: Secrets) -> Tool:
    """The tool, which gives no secrets away: what it gives goes to models and agents."""
    preview = tool.preview and _discreet(tool.preview, secrets)
    return replace(tool, run=_discreet(tool.run, secrets), preview=preview)


def _discreet(run: Run, secrets: Secrets) -> Run:
    async def discreetly(arguments: dict[str, Any]) -> list[ToolOutput]:
        try:
            outputs = await run(arguments)
        except ToolError as error:
            raise ToolError(Redaction(secrets()).text(str(error))) from error
        redaction = Redaction(secrets())
        return [redaction.whole(output) for output in outputs]

    return discreetly


def _text(item: Item) -> str | None:
    """The text by which an item grows what was said before it; None where it stands alone."""
    match item:
        case str():
            return item
        case ToolInput() | ReasoningPart(ext=None):
            return item.text
    return None


def _with_text(item: Item, text: str) -> Item:
    match item:
        case ToolInput():
            return ToolInput(item.call, text)
        case ReasoningPart():
            return ReasoningPart(text=text)
    return text


def _continues(item: Item, before: Item) -> bool:
    """Whether two growing items grow the same text."""
    if isinstance(item, ToolInput) and isinstance(before, ToolInput):
        return item.call == before.call
    return type(item) is type(before)
