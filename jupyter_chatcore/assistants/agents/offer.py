"""The tools of a chat as an MCP server, which its agent alone is offered."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

import anyio
import msgspec
from mcp.server.context import ServerRequestContext as Context
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.session import ServerSession
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ImageContent,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from mcp_types import Tool as Described

from ... import __version__
from ...parts import BundleOutput, ToolOutput, ToolPart
from ..base import Tool
from ..mcpstreams import streams
from ..pictures import reduced
from ..telling import Image, Text, picture_of
from ..threads import in_thread
from ..toolbox import ended_result

SERVER = "jupyter_chat"
"""What agents call the server: their names of its tools have it as their beginning."""

_NOTHING_ASKED = "The question was stopped, or has been answered, so nothing is done."
_BEAT_SECONDS = 10.0
_NEWS_SECONDS = 2.0


class Call:
    """A call of one of the tools, which waits for its end."""

    def __init__(self, name: str, arguments: Mapping[str, Any]) -> None:
        self.name = name
        self.input = msgspec.json.encode(arguments).decode(errors="replace")
        self._ended: asyncio.Future[ToolPart] = asyncio.get_running_loop().create_future()

    def on_left(self, leave: Callable[[], object]) -> None:
        """Call `leave` when the agent waits no longer."""
        self._ended.add_done_callback(lambda ended: leave() if ended.cancelled() else None)

    def end(self, part: ToolPart) -> None:
        """What became of it; only the first word counts."""
        if not self._ended.done():
            self._ended.set_result(part)

    def refuse(self) -> None:
        """There is no answer that it could be a part of."""
        self.end(ToolPart(call="", name=self.name, status="failed", error=_NOTHING_ASKED))

    async def outcome(self, beat: Callable[[int], Awaitable[None]], seconds: float) -> ToolPart:
        """The call when it has ended; one who leaves takes the call back.

        `beat` is called every so many seconds meanwhile, with a number that grows.
        """
        beats = count(1)
        try:
            while not (await asyncio.wait({self._ended}, timeout=seconds))[0]:
                await beat(next(beats))
        except asyncio.CancelledError:
            self._ended.cancel()
            raise
        return self._ended.result()


class Offer:
    """Speaks MCP with the bridges of one agent; `called` takes each call.

    `beat` is how many seconds lie between two signs of life of a call that goes on.
    """

    def __init__(self, called: Callable[[Call], None], beat: float = _BEAT_SECONDS) -> None:
        self._called = called
        self._beat = beat
        self._tools: dict[str, Tool] = {}
        self._listeners: dict[object, ServerSession] = {}

    async def put(self, tools: Iterable[Tool]) -> None:
        """Offer these from now on; who has been told of others is told that they changed."""
        known, self._tools = self._tools.keys(), {tool.name: tool for tool in tools}
        if known == self._tools.keys():
            return
        with suppress(TimeoutError, OSError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            async with asyncio.timeout(_NEWS_SECONDS):
                for session in list(self._listeners.values()):
                    await session.send_tool_list_changed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk until the other side ends."""
        talk = object()

        async def listed(
            context: Context, params: PaginatedRequestParams | None
        ) -> ListToolsResult:
            self._listeners[talk] = context.session
            return ListToolsResult(tools=[_described(tool) for tool in self._tools.values()])

        server: Server[Any] = Server(
            SERVER, version=__version__, on_list_tools=listed, on_call_tool=self._call
        )
        options = server.create_initialization_options(NotificationOptions(tools_changed=True))
        try:
            async with streams(reader, writer) as (reads, writes):
                await server.run(reads, writes, options)
        finally:
            self._listeners.pop(talk, None)

    async def _call(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        """Have it done; an agent that wants signs of life gets them while the user thinks."""
        token = (context.meta or {}).get("progress_token")

        async def beat(number: int) -> None:
            if token is not None:
                await context.session.send_progress_notification(token, number)

        call = Call(params.name, params.arguments or {})
        self._called(call)
        part = await call.outcome(beat, self._beat)
        return await in_thread(lambda: _result(part), "agents-pictures")


def _described(tool: Tool) -> Described:
    return Described(
        name=tool.name,
        title=tool.title or None,
        description=tool.description,
        input_schema=tool.parameters,
    )


def _result(part: ToolPart) -> CallToolResult:
    pictures = [picture for output in part.output if (picture := _picture(output))]
    told = [Text(ended_result(part)), *map(reduced, pictures)]
    return CallToolResult(content=list(map(_content, told)), is_error=part.status != "done")


def _picture(output: ToolOutput) -> Image | None:
    return picture_of(output.data) if isinstance(output, BundleOutput) else None


def _content(piece: Text | Image) -> TextContent | ImageContent:
    if isinstance(piece, Text):
        return TextContent(type="text", text=piece.text)
    data = base64.b64encode(piece.data).decode()
    return ImageContent(type="image", data=data, mime_type=piece.mime)
