"""What is sent in each round of a turn: the branch fitted to the window, then the rounds so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import msgspec
from pydantic_ai.messages import InstructionPart, ModelMessage, ModelRequest, ModelResponse
from pydantic_ai.models import ModelRequestParameters

from ...parts import NoticePart, ToolPart
from ...protocol import Message, Sent
from ..attached import Attached, attached
from ..base import AssistantError, Turn
from ..pictures import Pictures
from ..telling import Image, Text
from ..toolbox import ended_result
from . import convert
from .fit import Fitted, TooLong, budget, fit, shortened, size, tokens
from .history import Reader, said
from .instructions import instructions
from .said import Call, Piece, Said
from .setup import Setup
from .stream import Ask

_LEAST_RESULT = 200
"""Tokens that a tool's result is given at least."""


class Composer:
    """Composes the requests of one turn; `provider` is who reads them.

    `tools` says whether tools are offered, and may be switched off on the way.
    """

    def __init__(self, setup: Setup, turn: Turn, provider: str) -> None:
        self.tools = setup.settings.tools and bool(turn.tools)
        self._setup = setup
        self._turn = turn
        self._provider = provider
        self._parameters = setup.options.parameters(setup.settings)
        own = (setup.options.system, setup.settings.system, instructions(turn, self.tools))
        self._system = next(text for text in own if text is not None)
        self._steps: list[ModelMessage] = []
        self._steps_size = 0
        self._cut = False
        self._fitted = Fitted((), 0, (), 0)
        self._files = Attached()
        self._long_files: set[int] = set()
        self._pictures = Pictures()
        self._reduced: set[int] = set()

    async def attach(self) -> None:
        """Read the files that the messages show."""
        self._files = await attached(self._turn)

    def compose(self) -> Ask:
        """The next request.

        Raises:
            AssistantError: `context_too_long`, `empty` or `bad_settings`.
        """
        reader = self._reader()
        prompt = self._prompt(reader)
        told = (self._said(message, reader) for message in self._turn.history)
        try:
            self._fitted = fit([one for one in told if one], prompt, self._room())
        except TooLong:
            raise self._too_long() from None
        self._long_files = self._with_long_files()
        return Ask(
            [*convert.messages(self._fitted.said, self._provider), *self._steps],
            convert.request(self._parameters, self._setup.settings),
            self._request(),
        )

    def add(self, response: ModelResponse, ended: list[tuple[ToolPart, str]]) -> None:
        """Count in a round: what the model said, and the ended calls with their ids there."""
        share = self._share(size(self._fitted.said[-1]) + _size(response), len(ended))
        results = [self._result(part, call, share) for part, call in ended]
        self._steps += [response, ModelRequest(parts=[convert.result(one) for one in results])]
        self._steps_size += _size(response) + sum(tokens(one.result) for one in results)

    def go_on(self, answer: Message) -> None:
        """Count in what was answered before, whose calls have ended since."""
        reader = self._reader()
        told = said(answer, reader)
        if told is None:
            return
        calls = sum(isinstance(piece, Call) for piece in told.pieces)
        share = self._share(size(self._prompt(reader)), calls)
        pieces = tuple(
            dataclasses.replace(piece, result=self._within(piece.result, share))
            if isinstance(piece, Call)
            else piece
            for piece in _calls_last(told.pieces)
        )
        step = dataclasses.replace(told, pieces=pieces)
        self._steps += convert.messages([step], self._provider)
        self._steps_size += size(step)

    def sent(self, digest: str | None, signatures: list[str | None]) -> Sent:
        """What the last request was."""
        kept = {"model": self._setup.model, "signatures": signatures}
        cut = [self._turn.reply] if self._cut else []
        return Sent(
            digest=digest,
            model=self._setup.model,
            parameters=self._parameters,
            messages=len(self._fitted.said),
            omitted=self._omitted,
            shortened=[*sorted({*self._fitted.shortened, *self._long_files}), *cut],
            reduced=[one.message for one in self._fitted.said if one.message in self._reduced],
            window=self._setup.window,
            ext={self._provider: kept} if any(signatures) else None,
        )

    def notice(self) -> NoticePart | None:
        """What of the chat was not sent, in words; None where all was."""
        told = [
            f"{_messages(self._omitted)} left out" if self._omitted else "",
            f"{_messages(len(self._fitted.shortened))} shortened" if self._fitted.shortened else "",
            "long results of tools were shortened" if self._cut else "",
            "long files were shortened" if self._long_files else "",
        ]
        if not any(told):
            return None
        window = f"{self._setup.window:,} tokens"
        text = f"To fit the model's window of {window}: {', '.join(filter(None, told))}."
        return NoticePart(name="context", text=text)

    @property
    def _omitted(self) -> int:
        return self._turn.omitted + self._fitted.omitted

    def _with_long_files(self) -> set[int]:
        """The messages that are sent with less than all of a file."""
        sent = {one.message for one in self._fitted.said}
        shown = (*self._turn.history, self._turn.prompt)
        return {m.id for m in shown if m.id in sent and self._files.shortens(m)}

    def _reader(self) -> Reader:
        return Reader(self._provider, self._setup.model, self.tools)

    def _prompt(self, reader: Reader) -> Said:
        prompt = self._said(self._turn.prompt, reader)
        if prompt is None or not any(_says(piece) for piece in prompt.pieces):
            raise AssistantError("empty", "There is nothing to answer: the question is empty.")
        return prompt

    def _said(self, message: Message, reader: Reader) -> Said | None:
        """What the message says, with pictures as they are sent."""
        whole = said(message, reader, self._files)
        if whole is None:
            return None
        small = tuple(
            self._pictures.small(piece) if isinstance(piece, Image) else piece
            for piece in whole.pieces
        )
        if small == whole.pieces:
            return whole
        self._reduced.add(message.id)
        return Said(whole.message, whole.role, small)

    def _room(self) -> int:
        """Tokens that are left for the branch."""
        asked = self._parameters.get("max_tokens")
        whole = budget(self._setup.window, asked if isinstance(asked, int) else None)
        return whole - tokens(self._system) - self._tools_size() - self._steps_size

    def _tools_size(self) -> int:
        offered = [[t.name, t.description, t.parameters] for t in self._turn.tools]
        return tokens(msgspec.json.encode(offered).decode()) if self.tools else 0

    def _request(self) -> ModelRequestParameters:
        tools = self._turn.tools if self.tools else ()
        parts = [InstructionPart(content=self._system)] if self._system else []
        return ModelRequestParameters(
            function_tools=[convert.definition(tool) for tool in tools], instruction_parts=parts
        )

    def _result(self, part: ToolPart, call: str, share: int) -> Call:
        text = self._within(ended_result(part), share)
        return Call(call, part.name, part.input, text, failed=part.status != "done")

    def _share(self, taken: int, calls: int) -> int:
        """Tokens for each of so many results, where so many are taken beside them."""
        return max((self._room() - taken) // (2 * max(calls, 1)), _LEAST_RESULT)

    def _within(self, text: str, share: int) -> str:
        short = shortened(text, share)
        self._cut = self._cut or short != text
        return short

    def _too_long(self) -> AssistantError:
        what = "the tools' results" if self._steps else "the question with what it shows"
        return AssistantError(
            "context_too_long",
            f"The model's window of {self._setup.window:,} tokens is too small for {what}."
            " Show less, set `window` in the chat's settings if the model takes more,"
            " or choose another model.",
        )


def _size(response: ModelResponse) -> int:
    return tokens("".join(str(getattr(part, "content", "")) for part in response.parts)) + tokens(
        "".join(str(getattr(part, "args", "")) for part in response.parts)
    )


def _calls_last(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """What a round says after its calls goes before them: a model goes on from results."""
    last = max((n for n, piece in enumerate(pieces) if isinstance(piece, Call)), default=-1)
    first = last
    while first > 0 and isinstance(pieces[first - 1], Call):
        first -= 1
    return [*pieces[: max(first, 0)], *pieces[last + 1 :], *pieces[max(first, 0) : last + 1]]


def _says(piece: Any) -> bool:
    return not isinstance(piece, Text) or bool(piece.text.strip())


def _messages(count: int) -> str:
    return f"{count:,} older message was" if count == 1 else f"{count:,} older messages were"
