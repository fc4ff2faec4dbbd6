"""How a branch is fitted to a model's context window. The rule:

1. The window is the first of: the chat's setting `window`, the server's configured
   `window`, what the price list knows of the model, what the server says, 8192 tokens.
2. A part of it is kept free for the answer: the answer's `max_tokens` where that is set,
   else a quarter of the window, at most 16384 tokens; never more than half of it.
3. Sizes are estimated on the safe side: a token for every 3 bytes of text, 1600 tokens a
   picture, 8 more for each message and call.
4. The instructions, the tools and the newest prompt go whole. Only a prompt that is too
   large by itself is shortened, each of its long texts in the middle.
5. If the older messages do not all fit beside it, the long outputs of their tool calls
   are shortened in the middle, the oldest first, as far as is needed.
6. If that is not enough, whole messages are left out, the oldest first. What is left
   starts with a user's message. If there is room again, tool outputs go whole, the newest
   first.

Nothing is ever reordered. What was left out or shortened is told to the user.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from ..telling import Image, Text
from .said import Call, Piece, Said, Thought

DEFAULT_WINDOW = 8192
_BYTES_A_TOKEN = 3
_PICTURE = 1600
_FRAME = 8
_MOST_RESERVED = 16384
_LONG_OUTPUT = 600
"""Tokens that the output of an older tool call is shortened to."""
_SHORTEST = 100


class TooLong(Exception):
    """The prompt cannot be made to fit, however short it is cut."""


@dataclass(frozen=True)
class Fitted:
    """What is sent, oldest first, with the prompt at its end.

    `omitted` counts the messages that were left out, `shortened` are the ids of those
    that were cut, `size` is the estimate of it all in tokens.
    """

    said: tuple[Said, ...]
    omitted: int
    shortened: tuple[int, ...]
    size: int


def budget(window: int, max_tokens: int | None) -> int:
    """The tokens of a window that are left for what is sent."""
    wanted = max_tokens if max_tokens is not None else min(window // 4, _MOST_RESERVED)
    return window - min(wanted, window // 2)


def tokens(text: str) -> int:
    """The estimate of a text's size."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // _BYTES_A_TOKEN)


def size(said: Said) -> int:
    """The estimate of a message's size in tokens."""
    return _FRAME + sum(_size(piece) for piece in said.pieces)


def fit(history: Sequence[Said], prompt: Said, room: int) -> Fitted:
    """The branch within `room` tokens, by the rule above.

    Raises:
        TooLong: not even the shortened prompt fits.
    """
    asked = _fit_prompt(prompt, room)
    whole = list(history)
    left = room - size(asked)
    chosen = _shorten_outputs(whole, left)
    first = _first_that_fits(chosen, left)
    kept = _restore(whole[first:], chosen[first:], left)
    said = (*kept, asked)
    cut = [
        new.message for old, new in zip((*whole[first:], prompt), said, strict=True) if old != new
    ]
    return Fitted(said, first, tuple(cut), sum(map(size, said)))


def shortened(text: str, limit: int) -> str:
    """The text, with its middle left out where it is over `limit` tokens."""
    if tokens(text) <= limit:
        return text
    # a character has a byte at least, so more of them cannot be kept
    low, high = 0, min(len(text), limit * _BYTES_A_TOKEN)
    while low < high:
        keep = (low + high + 1) // 2
        low, high = (keep, high) if tokens(_cut(text, keep)) <= limit else (low, keep - 1)
    return _cut(text, low)


def _cut(text: str, keep: int) -> str:
    head = -(-keep // 2)
    tail = text[len(text) - (keep - head) :]
    return f"{text[:head]}\n[... {len(text) - keep} characters left out ...]\n{tail}"


def _size(piece: Piece) -> int:
    match piece:
        case Text() | Thought():
            return tokens(piece.text)
        case Image():
            return _PICTURE
        case Call():
            return _FRAME + sum(map(tokens, (piece.name, piece.arguments, piece.result)))


def _fit_prompt(prompt: Said, room: int) -> Said:
    if size(prompt) <= room:
        return prompt
    limit = max((_size(piece) for piece in prompt.pieces), default=0)
    while limit > _SHORTEST:
        limit = max(limit * 3 // 4, _SHORTEST)
        cut = _with_texts(prompt, limit)
        if size(cut) <= room:
            return cut
    raise TooLong


def _with_texts(said: Said, limit: int) -> Said:
    cut = tuple(
        Text(shortened(piece.text, limit)) if isinstance(piece, Text) else piece
        for piece in said.pieces
    )
    return dataclasses.replace(said, pieces=cut)


def _with_outputs(said: Said) -> Said:
    cut = tuple(
        dataclasses.replace(piece, result=shortened(piece.result, _LONG_OUTPUT))
        if isinstance(piece, Call)
        else piece
        for piece in said.pieces
    )
    return said if cut == said.pieces else dataclasses.replace(said, pieces=cut)


def _shorten_outputs(history: Sequence[Said], room: int) -> list[Said]:
    chosen = list(history)
    total = sum(map(size, chosen))
    for index, said in enumerate(chosen):
        if total <= room:
            break
        chosen[index] = _with_outputs(said)
        total -= size(said) - size(chosen[index])
    return chosen


def _first_that_fits(history: Sequence[Said], room: int) -> int:
    """Where the newest run of messages begins that fits and starts with no answer."""
    first = len(history)
    while first and (room := room - size(history[first - 1])) >= 0:
        first -= 1
    while first < len(history) and history[first].role == "assistant":
        first += 1
    return first


def _restore(whole: Sequence[Said], chosen: Sequence[Said], room: int) -> list[Said]:
    """Messages that were shortened as a whole again, where there is room for them."""
    kept = list(chosen)
    room -= sum(map(size, kept))
    for index in reversed(range(len(kept))):
        more = size(whole[index]) - size(kept[index])
        if more <= room:
            kept[index] = whole[index]
            room -= more
    return kept
