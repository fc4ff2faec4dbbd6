"""One agent's process, for one chat: started, asked, cancelled, ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from acp import PROTOCOL_VERSION, RequestError
from acp.schema import InitializeResponse, SessionNotification
from pydantic import ValidationError

from ... import __version__
from ..base import AssistantError, Tool
from ..process import OwnProcess
from ..secrets import known_secrets
from ..settings import AgentSettings
from ..threads import in_thread
from . import bridge
from .bounds import Bounds
from .channel import Channel
from .failures import Scene, explain, not_started
from .launch import environment, program
from .lines import Lines
from .link import Link, Question
from .offer import SERVER, Call, Offer
from .stream import End, Stream

# Agents read and write files and run commands with their own tools: none of ours is offered.
_HELLO = {
    "protocolVersion": PROTOCOL_VERSION,
    "clientCapabilities": {
        "fs": {"readTextFile": False, "writeTextFile": False},
        "terminal": False,
    },
    "clientInfo": {"name": "jupyter-chatcore", "version": __version__},
}


class Agent:
    """A process that begins to start at once, and answers one prompt at a time.

    `heard` is called with all that it tells by itself.
    """

    def __init__(
        self,
        settings: AgentSettings,
        title: str,
        folder: Path,
        bounds: Bounds,
        heard: Callable[[SessionNotification], None],
    ) -> None:
        self.folder = folder
        self.title = title
        self.hello = InitializeResponse(protocol_version=PROTOCOL_VERSION)
        self._settings = settings
        self._bounds = bounds
        self._heard = heard
        self._process: OwnProcess | None = None
        self._lines: Lines | None = None
        self._link: Link | None = None
        self._stream: Stream | None = None
        self._settling: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None
        self._offer = Offer(self._called)
        self._channel = Channel(self._offer.serve)
        self._starting = asyncio.create_task(self._start())
        self._starting.add_done_callback(_noticed)

    @property
    def alive(self) -> bool:
        """Whether it can be asked, or will be able to."""
        if not self._starting.done():
            return True
        if self._starting.cancelled() or self._starting.exception() is not None:
            return False
        if self._clearing is not None or self._lines is None or self._lines.over:
            return False
        return self._process is not None and self._process.status is None

    async def ready(self) -> None:
        """Wait until it has started.

        Raises:
            AssistantError: it cannot be started.
        """
        await asyncio.shield(self._starting)

    async def settled(self) -> None:
        """Wait for the end of a cancelled prompt; an agent that does not end it is ended."""
        if self._settling is not None:
            await asyncio.shield(self._settling)

    @property
    def servers(self) -> list[dict[str, Any]]:
        """The MCP servers that its sessions are to have: the one with the chat's tools."""
        env = [{"name": name, "value": it} for name, it in self._channel.environment.items()]
        command = {"command": sys.executable, "args": ["-I", bridge.__file__]}
        return [{"name": SERVER, **command, "env": env}]

    async def offer(self, tools: Iterable[Tool]) -> None:
        """Let it call these tools while it answers."""
        await self._offer.put(tools)

    async def request(
        self, doing: str, method: str, params: dict[str, Any], seconds: float
    ) -> dict[str, Any]:
        """The answer to a request other than a prompt; `doing` says what it is for.

        Raises:
            AssistantError: there is none.
        """
        assert self._link is not None
        try:
            return await self._link.request(method, params, seconds)
        except (RequestError, OSError) as error:
            raise await self.explained(error, doing) from None

    def prompt(self, session: str, blocks: list[dict[str, Any]]) -> Stream:
        """Ask in one of its sessions; what it says goes to the stream, until `leave`."""
        assert self._link is not None
        stream = self._stream = Stream(session)
        params = {"sessionId": session, "prompt": blocks}
        stream.prompt = asyncio.create_task(self._link.request("session/prompt", params))
        stream.prompt.add_done_callback(lambda prompt: self._answered(stream, prompt))
        return stream

    def leave(self, stream: Stream) -> None:
        """Listen no longer. A prompt that has not ended is cancelled, without a wait."""
        for question in stream.questions if self._stream is not stream else ():
            question.answer(None)
        for call in stream.calls:
            call.refuse()
        if self._stream is stream:
            self._stream = None
            self._settling = asyncio.create_task(self._settle(stream))

    async def explained(self, error: BaseException, doing: str) -> AssistantError:
        """The failure that the user reads; an agent that cannot go on is cleared away."""
        ended = isinstance(error, OSError) and not isinstance(error, TimeoutError)
        if ended and self._process is not None:
            await self._process.wait(1.0)
        failure = explain(error, self.scene(), doing)
        # agents read their logins when they start
        if isinstance(error, OSError) or failure.code == "not_logged_in":
            await self._clear()
        return failure

    async def end(self) -> None:
        """End it with all that it started, whatever it is doing."""
        self._starting.cancel()
        await asyncio.wait({self._starting})
        await self._clear()

    async def _start(self) -> None:
        try:
            await self._begin()
        except BaseException:
            await self._clear()
            raise

    async def _begin(self) -> None:
        path = await in_thread(lambda: program(self._settings), "chatcore-agent-find")
        if path is None:
            raise AssistantError(
                "not_installed",
                f"The program `{self._settings.command[0]}` is not found. {_how(self._settings)}",
            )
        await self._listen()
        command, env = [path, *self._settings.command[1:]], environment(self._settings)
        try:
            self._process = await OwnProcess.start(command, env, self.folder)
        except OSError as error:
            raise not_started(error, self.scene()) from None
        self._lines = Lines(self._process.reader, self._process.writer, self._channel.shut)
        self._link = Link(self._lines, self._updated, self._asked)
        self._greet(await self.request("start", "initialize", _HELLO, self._bounds.start))

    async def _listen(self) -> None:
        try:
            await self._channel.open()
        except OSError as error:
            raise not_started(error, self.scene()) from None

    def _greet(self, answer: dict[str, Any]) -> None:
        with contextlib.suppress(ValidationError):
            self.hello = InitializeResponse.model_validate(answer)
            if self.hello.protocol_version == PROTOCOL_VERSION:
                return
        raise AssistantError(
            "agent_protocol",
            f"{self.title} does not speak version {PROTOCOL_VERSION} of the Agent Client Protocol."
            " Install a version of it that does.",
        )

    def _updated(self, told: SessionNotification) -> None:
        self._heard(told)
        if self._stream is not None and self._stream.session == told.session_id:
            self._stream.put(told.update)

    def _asked(self, question: Question) -> None:
        """Pass a question on; where nobody can answer, the agent must not wait for ever."""
        asked = question.request
        if self._stream and self._stream.session == asked.session_id and asked.options:
            self._stream.put(question)
        else:
            question.answer(None)

    def _called(self, call: Call) -> None:
        """Pass a call of the chat's tools on; where nothing is answered, nothing is done."""
        if self._stream:
            self._stream.put(call)
        else:
            call.refuse()

    def _answered(self, stream: Stream, prompt: asyncio.Task[dict[str, Any]]) -> None:
        if self._stream is stream:
            self._stream = None
        error = None if prompt.cancelled() else prompt.exception()
        stream.put(End({} if error or prompt.cancelled() else prompt.result(), error))

    async def _settle(self, stream: Stream) -> None:
        """See to it that a cancelled prompt ends: the next one would be mixed with it."""
        assert self._link is not None
        assert stream.prompt is not None
        try:
            async with asyncio.timeout(self._bounds.cancel):
                await self._link.notify("session/cancel", {"sessionId": stream.session})
                for question in stream.questions:
                    question.answer(None)
                await asyncio.wait({stream.prompt})
        except OSError:
            await self._clear()

    async def _clear(self) -> None:
        """Close the link and end the process, once."""
        if self._clearing is None:
            self._clearing = asyncio.create_task(self._close())
        await asyncio.shield(self._clearing)

    async def _close(self) -> None:
        if self._link is not None:
            with contextlib.suppress(OSError):
                await self._link.close()
        await self._channel.close()
        if self._process is not None:
            await self._process.end()

    def scene(self) -> Scene:
        """What there is to tell of it when something goes wrong."""
        process, lines = self._process, self._lines
        said = (process.last_words if process else "") or (lines.strange if lines else "")
        methods = self.hello.auth_methods or []
        return Scene(
            title=self.title,
            command=" ".join(self._settings.command),
            status=process.status if process else None,
            said=said,
            logins=tuple(method.description or method.name for method in methods),
            secrets=known_secrets(os.environ, (*self._settings.env.values(), self._channel.secret)),
        )


def _how(settings: AgentSettings) -> str:
    """How to get the program."""
    if settings.install:
        return f"Install it where the Jupyter server runs: `{settings.install}`"
    return "Install it where the Jupyter server runs, or correct `command` in its configuration."


def _noticed(task: asyncio.Task[None]) -> None:
    """Take notice of a failure that nobody waits for any more."""
    if not task.cancelled():
        task.exception()
