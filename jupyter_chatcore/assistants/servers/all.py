"""All MCP servers of the configuration as tools. Nothing is imported before one is needed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...parts import NoticePart, ToolKind, ToolOutput
from ..base import More, Tool, ToolError
from ..settings import McpSettings
from ..threads import in_thread
from .told import Described, ServerError

if TYPE_CHECKING:
    from .server import Server

_NEEDS = ("mcp", "psutil")
_PIP = 'pip install "jupyter-chatcore[models]"'
_NAME = 64
"""Characters that a tool's name may have for every provider of models."""
_RETRY_SECONDS = 60.0
"""How long one that could not be used is not tried again."""


class Servers:
    """The servers by their names, each started when its tools are first needed.

    `folder` is where their programs run.
    """

    def __init__(self, settings: Mapping[str, McpSettings], folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._servers: dict[str, Server] = {}
        self._failed: dict[str, tuple[float, str]] = {}
        self._loading: asyncio.Future[type[Server]] | None = None

    async def more(self) -> More:
        """The tools of those that can be used, and a notice for each that cannot."""
        found = await asyncio.gather(*map(self._of, self._settings))
        tools: dict[str, Tool] = {}
        for each in found:
            for tool in each.tools:
                tools.setdefault(tool.name, tool)
        notices = tuple(notice for each in found for notice in each.notices)
        return More(tuple(tools.values()), notices)

    async def close(self) -> None:
        """End them all."""
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    async def _of(self, name: str) -> More:
        since, why = self._failed.get(name, (0.0, ""))
        if not why or time.monotonic() - since > _RETRY_SECONDS:
            try:
                server = await self._server(name)
                described = await server.tools()
            except ServerError as error:
                why = str(error)
                self._failed[name] = time.monotonic(), why
            else:
                self._failed.pop(name, None)
                return More(tuple(_tool(name, each, server) for each in described))
        text = f"The tools of the MCP server {name!r} cannot be used: {why}"
        return More(notices=(NoticePart(name=f"mcp-{name}", text=text, level="warning"),))

    async def _server(self, name: str) -> Server:
        if any(find_spec(module) is None for module in _NEEDS):
            raise ServerError(f"a library is missing. Install it with `{_PIP}`")
        if self._loading is None:
            self._loading = in_thread(_load, "load-mcp")
        kind = await asyncio.shield(self._loading)
        if name not in self._servers:
            self._servers[name] = kind(name, self._settings[name], self._folder)
        return self._servers[name]


def _load() -> type[Server]:
    # the library takes more than a second of CPU to import
    from .server import Server  # noqa: PLC0415

    return Server


def _tool(server: str, described: Described, running: Server) -> Tool:
    """It asks, whatever the server says of it: that is not ours to believe."""
    name = re.sub(r"[^\w-]", "_", f"{server}__{described.name}", flags=re.ASCII)[:_NAME]
    kind: ToolKind = "read" if described.reads else "other"
    return Tool(
        name=name,
        description=described.description,
        parameters=described.parameters,
        run=partial(_run, running, described.name),
        kind=kind,
        title=f"{described.title or described.name} ({server})",
        asks=True,
    )


async def _run(server: Server, tool: str, arguments: dict[str, Any]) -> list[ToolOutput]:
    try:
        return await server.call(tool, arguments)
    except ServerError as error:
        raise ToolError(str(error)) from None
