"""What a question is made of: its words, and whatever else is sent with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from ..api import Ask, Posted
from ..parts import Part, TextPart
from .conversation import Conversation, nonce
from .names import callers
from .naming import kernel_id
from .objects import Attachment, Piece, pieces
from .replaying import Replay
from .structured import AnswerError, Wanted, again, wanted

Expected = tuple[Any, int]
"""The type that an answer shall have, and how often it is asked again where it has not."""
FREE: Expected = (None, 0)


@dataclass(frozen=True)
class Question:
    """A question before it is sent.

    `parent` is what it continues, 0 nothing at all. `wanted` is what the answer shall be,
    and `retries` how often it is asked again where it is not. `replay` is whether it is
    answered from the store.
    """

    pieces: list[Piece]
    assistant: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    key: str = field(default_factory=nonce)
    parent: int | None = None
    wanted: Wanted | None = None
    retries: int = 0
    replay: Replay = None

    async def post(self, chat: Conversation) -> Posted:
        """Keep its files, then post it."""
        return await chat.ask(
            Ask(
                parts=await kept(chat, self.pieces),
                assistant=self.assistant,
                settings=dict(self.settings),
                key=self.key,
                parent=self.parent,
                replay=self.replay,
            )
        )

    def again(self, reply: int, error: AnswerError) -> Self:
        """The same once more, with what is wrong with the reply that it got."""
        return replace(
            self,
            pieces=[TextPart(text=again(error))],
            parent=reply,
            key=f"{self.key}:{reply}",
            retries=self.retries - 1,
        )


async def kept(chat: Conversation, pieces: Sequence[Piece]) -> list[Part]:
    """The pieces as parts; files are kept on the server."""
    return [
        await chat.keep(each.name, each.data) if isinstance(each, Attachment) else each
        for each in pieces
    ]


def question(
    prompt: object,
    values: Sequence[object],
    context: object,
    assistant: str | None,
    settings: Mapping[str, Any],
    answer: Expected = FREE,
    replay: Replay = None,
) -> Question:
    """The question, made in the caller's thread: whatever looks at `values` runs there.

    Raises:
        Invalid: a value may be a secret or cannot be sent, or the type has no schema.
        TooLarge: a picture is too large.
    """
    sent = pieces_of(prompt, *values, context=context)
    return expecting(Question(sent, assistant, settings, replay=replay), answer)


def expecting(asked: Question, answer: Expected) -> Question:
    """The question, with what its answer shall be."""
    kind, retries = answer
    if kind is None:
        return asked
    want = wanted(kind)
    told = [*asked.pieces, TextPart(text=want.instruction())]
    return replace(asked, pieces=told, wanted=want, retries=retries)


def pieces_of(*values: object, context: object = ()) -> list[Piece]:
    """What is sent for values of the caller's. Raises Invalid and TooLarge, as `question`."""
    return pieces(values, context, spaces=callers(), kernel=kernel_id())


def chosen(model: str | None, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of a question, the model among them."""
    return {**(settings or {}), **({"model": model} if model else {})}
