"""The assistant that runs a model file on the user's own machine: no key, no network."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from importlib.util import find_spec

from ...api import Choice
from ...parts import NoticePart
from ...protocol import Message
from ..base import Assistant, AssistantError, Availability, Item, Turn
from ..models.assistant import ModelAssistant
from ..settings import LocalSettings, ModelSettings
from ..threads import in_thread
from .child import Child
from .keeper import Keeper
from .modelfile import ModelFile

INSTALL = 'pip install "jupyter-chatcore[local]"'
HOW = (
    "Name a model file (GGUF) in jupyter_server_config.py, and start Jupyter again:"
    ' `c.ChatcoreApp.local_model = {"model": "~/models/name-of-the-file.gguf"}`'
)
SILENCE = 300.0
"""Seconds without a sign of the model after which it is taken for hung."""
_GONE_SECONDS = 1.0
"""How long after its connections a process that dies may take to be seen as dead."""
_BROKEN = ("unreachable", "cut_off", "bad_answer")
"""The errors that a process which dies may end an answer with."""
_LOADING = "loading"


class LocalAssistant(Assistant):
    """Answers with the model file that `settings` name; they are None where none is named.

    The model is loaded with the first question, in a process of its own, and unloaded
    when nobody asks any more. What it is sent, and how its failures are told, is as with
    any model server.
    """

    name = "local"
    title = "Local model"
    description = "Runs a model file on the machine of the Jupyter server, and sends nothing away."

    def __init__(self, settings: LocalSettings | None, silence: float = SILENCE) -> None:
        self._file = ModelFile(settings.model) if settings is not None else None
        self._silence = silence
        self._keeper = Keeper(self._file, settings) if settings is not None and self._file else None

    @property
    def pid(self) -> int | None:
        """The number of the model's process, None while none is loaded."""
        return self._keeper.pid if self._keeper is not None else None

    async def availability(self) -> Availability:
        """Whether the packages and the file are there. Nothing is loaded."""
        try:
            file = await in_thread(self._ensure, "local-model")
        except AssistantError as error:
            if error.code == "not_installed":
                return Availability("not_installed", f"`{INSTALL}`")
            return Availability("not_configured", error.message)
        choice = Choice(name="model", title="Model", values=[file.model], value=file.model)
        return Availability(choices=(choice,))

    def reply(self, turn: Turn) -> AsyncGenerator[Item, None]:
        """The model's answer; that it must be loaded first is told while it is."""
        return self._items(turn)

    def resume(self, turn: Turn, answer: Message) -> AsyncGenerator[Item, None]:
        """As a model server's: what was answered becomes the model's history."""
        return self._items(turn, answer)

    async def close(self) -> None:
        """End the model's process."""
        if self._keeper is not None:
            await self._keeper.close()

    async def _items(self, turn: Turn, left: Message | None = None) -> AsyncGenerator[Item, None]:
        file = await in_thread(self._ensure, "local-model")
        assert self._keeper is not None
        async with self._keeper.using():
            begun = None if self._keeper.loaded else time.monotonic()
            if begun is not None:
                yield NoticePart(name=_LOADING, text=f"{file.name} is being loaded.")
            child, address = await self._keeper.load()
            if begun is not None:
                seconds = time.monotonic() - begun
                yield NoticePart(name=_LOADING, text=f"{file.name} was loaded in {seconds:.1f} s.")
            async with aclosing(self._answer(turn, left, file, child, address)) as items:
                async for item in items:
                    yield item

    async def _answer(
        self, turn: Turn, left: Message | None, file: ModelFile, child: Child, address: str
    ) -> AsyncGenerator[Item, None]:
        server = ModelSettings(
            title=self.title,
            base_url=f"{address}/v1",
            key=child.key,
            model=file.model,
            timeout=self._silence,
        )
        # another model that the chat has chosen is another assistant's
        own = replace(turn, settings={**turn.settings, "model": file.model})
        model = ModelAssistant(self.name, server)
        try:
            answer = model.reply(own) if left is None else model.resume(own, left)
            async with aclosing(answer) as items:
                async for item in items:
                    yield item
        except AssistantError as error:
            raise await self._told(error, child, file) from None

    async def _told(self, error: AssistantError, child: Child, file: ModelFile) -> AssistantError:
        """The failure in the words for a server that is ours to start."""
        seconds = _GONE_SECONDS if error.code in _BROKEN else 0
        if await in_thread(lambda: child.has_ended(seconds), "local-model"):
            return child.died()
        if error.code != "timeout":
            return error
        assert self._keeper is not None
        self._keeper.drop(child)
        return AssistantError(
            "timeout",
            f"{file.name} gave no sign for {self._silence:g} s, and was ended."
            " Ask again, and it is loaded anew.",
        )

    def _ensure(self) -> ModelFile:
        """The model file, where all is there to run it. It reads from the disk.

        Raises:
            AssistantError: `not_installed` or `not_configured`, with what to do.
        """
        if not all(find_spec(name) for name in ("xllamacpp", "pydantic_ai", "openai")):
            raise AssistantError("not_installed", f"Install it with `{INSTALL}`")
        if self._file is None:
            raise AssistantError("not_configured", HOW)
        self._file.check()
        return self._file
