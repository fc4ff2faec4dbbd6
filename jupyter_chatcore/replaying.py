"""Answers out of the store: what was answered once is not asked, paid or waited for again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from .api import Ask
from .assistants.base import Assistant, AssistantError, Item, Turn
from .feed import Feed
from .likeness import likeness
from .parts import DiffOutput, NoticePart, Part, ToolPart
from .protocol import Message, Usage

Mode = Literal["off", "on", "only"]
REPLAYED = "replayed"
"""The name of the notice on an answer that is a copy of an earlier one."""
NOT_REPLAYED = "not_replayed"
"""The name of the notice on an answer that should have been one."""


class Recalled(NamedTuple):
    """What there is to say before an assistant is asked; `whole` says that it need not be."""

    items: list[Item]
    whole: bool


class Missing(Assistant):
    """Stands for an assistant that cannot be had any more: its earlier answers can."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self._why = why

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Fail with what there is to say of it."""
        raise AssistantError("not_found", self._why)
        yield  # every `reply` is a generator


def mode_of(ask: Ask, default: Mode) -> Mode:
    """Whether a question is answered from the store: as it says, else as the server does."""
    if ask.replay is None or ask.replay == "only":
        return ask.replay or default
    return "on" if ask.replay else "off"


def likeness_of(assistant: Assistant, turn: Turn) -> str:
    """What the question of a turn is like."""
    return likeness(assistant.name, turn.settings, turn.history, turn.prompt)


def is_replayed(answer: Message) -> bool:
    """Whether it is a copy of an earlier one."""
    return any(isinstance(part, NoticePart) and part.name == REPLAYED for part in answer.parts)


async def recall(feed: Feed, assistant: Assistant, turn: Turn, like: str, mode: Mode) -> Recalled:
    """The earlier answer to the same question, or word that there is none.

    Raises:
        AssistantError: there is none, and the assistant may not be asked.
    """
    model = None if turn.settings.get("model") else assistant.configured_model
    found = await feed.read(lambda store: store.recorded(like, model))
    if found is not None:
        return Recalled(list(_copy(found)), True)
    if mode == "only":
        raise AssistantError(
            "replay_missed",
            "There is no earlier answer to this question in this place, and the assistant was"
            " not asked, as `replay` is 'only'. Run it once with `replay` true to have one.",
        )
    text = "There was no earlier answer: the assistant was asked."
    return Recalled([NoticePart(name=NOT_REPLAYED, text=text)], False)


def _copy(answer: Message) -> Iterator[Item]:
    """What an answer says, as one that took nothing."""
    yield NoticePart(name=REPLAYED, text="From an earlier answer: the assistant was not asked.")
    yield from _said(answer.parts)
    asked = answer.sent.model if answer.sent else None
    yield Usage(model=asked or answer.model, input_tokens=0, output_tokens=0, cost=0.0)


def _said(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, NoticePart) and part.name in (REPLAYED, NOT_REPLAYED):
            continue
        yield _told(part) if isinstance(part, ToolPart) else part


def _told(part: ToolPart) -> ToolPart:
    """What a tool did for the earlier answer: a copy has changed nothing to be taken back."""
    output = [
        msgspec.structs.replace(each, cell=None, after=None)
        if isinstance(each, DiffOutput)
        else each
        for each in part.output
    ]
    return msgspec.structs.replace(part, output=output)
