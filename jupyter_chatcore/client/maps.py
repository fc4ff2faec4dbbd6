"""`chat.map`, as users call it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .asking import Expected, Question, chosen, expecting, pieces_of
from .mapping import Answers, Map, aanswers, answers
from .progress import Progress, progress
from .reading import Readable


class Maps(Readable):
    """A chat that can be asked much at once."""

    def map(
        self,
        prompts: Iterable[Any],
        *,
        context: object = (),
        type: Any = None,
        retries: int = 0,
        assistant: str | None = None,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        concurrency: int = 4,
        show: bool = True,
    ) -> Answers:
        """Ask each of the prompts for itself, up to `concurrency` (at most 16) at once.

        A prompt is a text, or a tuple of a text and values; all else is as in `ask`. They
        are asked in chats beside this one, which lie in the archive: a prompt knows neither
        this chat's history nor the others. What fails is told in its answer, and the rest
        goes on. The same map again, after an interrupt or a restart too, finds what was
        answered and asks for the rest. An interrupt stops all. `show` shows how far it is.

        Raises:
            Invalid: a value may be a secret or cannot be sent, or the type has no schema.
            ChatcoreError: no server is found, or it goes away for good.
        """
        asked = self._map(prompts, context, (type, retries), assistant, chosen(model, settings))
        work = Map(self._chat(), *asked, concurrency)
        return answers(work, progress() if show else Progress(None))

    async def amap(
        self,
        prompts: Iterable[Any],
        *,
        context: object = (),
        type: Any = None,
        retries: int = 0,
        assistant: str | None = None,
        model: str | None = None,
        settings: Mapping[str, Any] | None = None,
        concurrency: int = 4,
        show: bool = True,
    ) -> Answers:
        """`map` in an event loop; a task that is cancelled stops all."""
        asked = self._map(prompts, context, (type, retries), assistant, chosen(model, settings))
        work = Map(self._chat(), *asked, concurrency)
        return await aanswers(work, progress() if show else Progress(None))

    def _map(
        self,
        prompts: Iterable[Any],
        context: object,
        answer: Expected,
        assistant: str | None,
        settings: dict[str, Any],
    ) -> tuple[list[Any], list[Question]]:
        """The prompts and their questions, made in the caller's thread."""
        shared, known = pieces_of(context=context), list(prompts)
        rows = [prompt if isinstance(prompt, tuple) else (prompt,) for prompt in known]
        common = expecting(Question(shared, assistant, settings), answer)
        return known, [replace(common, pieces=[*pieces_of(*row), *common.pieces]) for row in rows]
