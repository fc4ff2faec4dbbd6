"""The assistant that is a model server: listed, asked and stopped like any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, NamedTuple

from ...api import Choice
from ...protocol import Message
from ..base import Assistant, AssistantError, Availability, Item, More, State, Turn
from ..settings import ModelSettings
from ..threads import in_thread
from .access import ensure, is_own, lacking
from .fit import DEFAULT_WINDOW
from .options import Options, options_of
from .retry import Retry
from .served import Served, first_choice
from .setup import Setup

if TYPE_CHECKING:
    from .connection import Connection
    from .engine import Conversation

_WINDOW_SECONDS = 3.0
_STATES: dict[str, State] = {"unreachable": "unreachable", "not_configured": "not_configured"}


class _Ready(NamedTuple):
    """What is made in a thread, since it imports the library: the way there, the window."""

    connection: Connection
    window: int | None
    conversation: type[Conversation]
    headline: Callable[[Setup, Turn, Message, Connection], Awaitable[str]]


class ModelAssistant(Assistant):
    """Answers with the model server called `name`.

    Making and listing it imports no model library. `retry` is how a busy server is asked
    again.
    """

    def __init__(self, name: str, settings: ModelSettings, retry: Retry | None = None) -> None:
        self.name = name
        self.title = settings.title or name
        self.description = f"Answers with a model of {self.title}."
        self.configured_model = settings.model
        self._settings = settings
        self._served = Served(name, settings)
        self._retry = retry or Retry()

    async def availability(self) -> Availability:
        """Whether it can be asked; a server of one's own is asked what it serves."""
        if (lack := lacking(self._settings)) is not None:
            return lack
        if not is_own(self._settings) or self._settings.kind == "google":
            return Availability(choices=self._choices([]))
        try:
            return Availability(choices=self._choices(await self._served.models()))
        except AssistantError as error:
            return Availability(_STATES.get(error.code, "unreachable"), error.message)

    def reply(self, turn: Turn) -> AsyncGenerator[Item, None]:
        """The model's answer, with the tool calls that it makes on the way."""
        return self._items(turn)

    def resume(self, turn: Turn, answer: Message) -> AsyncGenerator[Item, None]:
        """What was answered becomes the model's history; the calls left open are done first."""
        return self._items(turn, answer)

    async def _items(self, turn: Turn, begun: Message | None = None) -> AsyncGenerator[Item, None]:
        ensure(self._settings)
        more = await turn.more() if self._settings.tools else More()
        for notice in more.notices:
            yield notice
        turn = turn.with_tools(more.tools)
        options = options_of(turn.settings)
        model = _asked(begun) or await self._model(options)
        ready = await in_thread(lambda: _ready(self._settings, model), "models-connect")
        try:
            setup = self._setup(options, model, await self._window(options, model, ready.window))
            conversation = ready.conversation(setup, turn, ready.connection, begun)
            async with aclosing(conversation.items()) as items:
                async for item in items:
                    yield item
        finally:
            await ready.connection.close()

    def _setup(self, options: Options, model: str, window: int) -> Setup:
        return Setup(
            name=self.name,
            settings=self._settings,
            options=options,
            model=model,
            window=window,
            retry=self._retry,
        )

    async def headline(self, turn: Turn, answer: Message) -> str | None:
        """A title for the chat, in a short question beside it: without tools or history."""
        if lacking(self._settings) is not None:
            return None
        options = Options(model=options_of(turn.settings).model)
        model = await self._model(options)
        ready = await in_thread(lambda: _ready(self._settings, model), "models-connect")
        try:
            setup = self._setup(options, model, DEFAULT_WINDOW)
            return await ready.headline(setup, turn, answer, ready.connection)
        finally:
            await ready.connection.close()

    def _choices(self, served: list[str]) -> tuple[Choice, ...]:
        value = self._settings.model or (first_choice(served) if served else None)
        values = served or ([value] if value else [])
        return (Choice(name="model", title="Model", values=values, value=value),)

    async def _model(self, options: Options) -> str:
        """The model to ask: the chat's, else the configured one, else the first served."""
        if (chosen := options.model or self._settings.model) is not None:
            return chosen
        if is_own(self._settings) and self._settings.kind != "google":
            return first_choice(await self._served.models())
        raise AssistantError(
            "not_configured",
            f"Choose a model of {self.title}, or set `model` in its configuration.",
        )

    async def _window(self, options: Options, model: str, known: int | None) -> int:
        """The window in tokens, by the rule in `fit`."""
        if (said := options.window or self._settings.window) is not None:
            return said
        if known is None and self._settings.kind == "openai" and self._settings.base_url:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WINDOW_SECONDS):
                    known = await self._served.window(model)
        return known or DEFAULT_WINDOW


def _asked(begun: Message | None) -> str | None:
    """The model that was asked for what is there of an answer."""
    return begun.sent.model if begun is not None and begun.sent is not None else None


def _ready(settings: ModelSettings, model: str) -> _Ready:
    from .connection import connect  # noqa: PLC0415  (imports the model library)
    from .engine import Conversation  # noqa: PLC0415
    from .headline import headline  # noqa: PLC0415
    from .usage import known_window  # noqa: PLC0415

    connection = connect(settings, model)
    return _Ready(connection, known_window(connection.url, model), Conversation, headline)
