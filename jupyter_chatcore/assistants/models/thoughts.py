"""The signatures that a provider puts under its model's reasoning, to be given back to it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_ai.messages import ModelResponsePart, TextPart, ThinkingPart


def signatures(parts: Sequence[ModelResponsePart]) -> list[str | None]:
    """One for each run of reasoning in an answer, in order; None where it has none.

    A run is what becomes one reasoning part. One that was signed in pieces counts as
    unsigned: its parts cannot be told apart any more.
    """
    runs: list[list[str | None]] = []
    thinking = False
    for part in parts:
        if isinstance(part, TextPart | ThinkingPart) and not part.content:
            continue
        if isinstance(part, ThinkingPart):
            runs = runs if thinking else [*runs, []]
            runs[-1].append(part.signature)
        thinking = isinstance(part, ThinkingPart)
    return [run[0] if len(run) == 1 else None for run in runs]
