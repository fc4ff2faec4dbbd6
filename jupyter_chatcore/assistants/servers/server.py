"""One MCP server: started when it is needed, asked, and ended when it is idle."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mcp import Client, MCPError
from mcp_types import CONNECTION_CLOSED, Implementation
from mcp_types import Tool as Told

from ... import __version__
from ...parts import ToolOutput
from ..secrets import describe, known_secrets, without, without_secrets
from ..settings import McpSettings
from .results import outputs
from .told import Described, ServerError
from .ways import Address, Program, way

_US = Implementation(name="jupyter-chatcore", version=__version__)
_MOST_TOOLS = 200
_DESCRIPTION = 4000
_CLOSE_SECONDS = 5.0
_SHOWN, _HEAD = 600, 200
"""How much of a failure is shown, and how much of that is its beginning."""


class Run:
    """The server while it runs: its client, and the task that holds it open."""

    def __init__(self, way: Program | Address) -> None:
        self.way = way
        self.ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self.enough = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether it can be asked no more."""
        return self.task is None or self.task.done() or self.enough.is_set() or self.way.over


class Server:
    """The server `name`; its program runs in `folder`."""

    def __init__(self, name: str, settings: McpSettings, folder: Path) -> None:
        self._name = name
        self._settings = settings
        self._folder = folder
        self._run: Run | None = None
        self._runs: set[asyncio.Task[None]] = set()
        self._tools: list[Described] | None = None
        self._busy = 0
        self._timer: asyncio.TimerHandle | None = None

    async def tools(self) -> list[Described]:
        """Its tools. One that was ended for idleness is not started for it again.

        Raises:
            ServerError: it cannot be used.
        """
        if self._tools is None:
            async with self._client():
                assert self._tools is not None
        return self._tools

    async def call(self, tool: str, arguments: dict[str, Any]) -> list[ToolOutput]:
        """What a call gave.

        Raises:
            ServerError: it failed; the text says why.
        """
        async with self._client() as client:
            try:
                result = await client.call_tool(
                    tool, arguments, read_timeout_seconds=self._settings.timeout
                )
            except Exception as error:
                raise await self._failed(error) from None
            return outputs(result)

    async def close(self) -> None:
        """End it; one at an address that does not answer is not waited for."""
        self._end()
        if self._runs:
            _, late = await asyncio.wait(self._runs, timeout=_CLOSE_SECONDS)
            for run in late:
                run.cancel()

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        """The running server, which is not idle meanwhile."""
        self._busy += 1
        try:
            yield await self._ready()
        finally:
            self._busy -= 1
            self._rest()

    async def _ready(self) -> Client:
        if self._run is None or self._run.over:
            self._end()
            self._run = self._start()
        return await asyncio.shield(self._run.ready)

    def _start(self) -> Run:
        run = Run(way(self._settings, self._folder))
        run.task = asyncio.create_task(self._hold(run))
        run.ready.add_done_callback(_noticed)
        self._runs.add(run.task)
        run.task.add_done_callback(self._runs.discard)
        return run

    async def _hold(self, run: Run) -> None:
        """Hold the server open until it is enough; the library wants one task for all of it."""
        try:
            async with asyncio.timeout(self._settings.start) as starting:
                async with Client(run.way.opened(), client_info=_US, cache=None) as client:
                    self._tools = await _listed(client)
                    starting.reschedule(None)
                    run.ready.set_result(client)
                    await run.enough.wait()
        except Exception as error:
            if not run.ready.done():
                run.ready.set_exception(await self._explained(error, run))
        finally:
            if not run.ready.done():
                run.ready.set_exception(ServerError("it was ended while it started."))

    async def _failed(self, error: Exception) -> ServerError:
        """Why a call failed; a server that is gone is started again with the next one."""
        run = self._run
        said = isinstance(error, MCPError) and error.code != CONNECTION_CLOSED
        if run is None or (said and not run.over):
            return ServerError(self._shown(f"The server refuses: {error}"))
        failure = await self._explained(error, run)
        self._end()
        return failure

    async def _explained(self, error: BaseException, run: Run) -> ServerError:
        cause = _cause(error)
        if isinstance(cause, ServerError):
            return cause
        if isinstance(cause, TimeoutError):
            what = f"it did not tell its tools within {self._settings.start:g} s."
        else:
            what = f"{describe(cause)}."
        where = self._settings.url or " ".join((self._settings.command, *self._settings.args))
        return ServerError(self._shown(f"{what}{await run.way.left()} Try `{where}` by itself."))

    def _shown(self, text: str) -> str:
        own = (os.environ.get(name, "") for name in self._settings.variables())
        shown = without_secrets(without(text, known_secrets(os.environ, own)), len(text))
        return shown if len(shown) <= _SHOWN else f"{shown[:_HEAD]} … {shown[_HEAD - _SHOWN :]}"

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._settings.idle, self._expire)

    def _expire(self) -> None:
        if not self._busy:
            self._end()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._run is not None:
            self._run.enough.set()
            if not self._run.ready.done() and self._run.task is not None:
                self._run.task.cancel()
            self._run = None


async def _listed(client: Client) -> list[Described]:
    """All its tools, page by page, as far as they are few enough for any model."""
    found: list[Described] = []
    cursor: str | None = None
    while len(found) < _MOST_TOOLS:
        page = await client.list_tools(cursor=cursor)
        found += map(_described, page.tools)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found[:_MOST_TOOLS]


def _described(tool: Told) -> Described:
    hints = tool.annotations
    return Described(
        name=tool.name,
        title=tool.title or (hints.title if hints else None) or "",
        description=(tool.description or "")[:_DESCRIPTION],
        parameters=tool.input_schema,
        reads=bool(hints and hints.read_only_hint),
    )


def _cause(error: BaseException) -> BaseException:
    """What lies in a group of errors, which the library raises for one."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _noticed(ready: asyncio.Future[Client]) -> None:
    """Take notice of a failure that nobody waits for any more."""
    if not ready.cancelled():
        ready.exception()
