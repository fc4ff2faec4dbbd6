"""The bridge of an agent, driven by a real MCP client: what gets through, and what does not."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import ImageContent, TextContent, ToolListChangedNotification

from jupyter_chatcore.assistants.agents import bridge
from jupyter_chatcore.assistants.agents.calls import Calls
from jupyter_chatcore.assistants.agents.channel import Channel
from jupyter_chatcore.assistants.agents.offer import Call, Offer
from jupyter_chatcore.assistants.base import Tool, no_decision
from jupyter_chatcore.assistants.toolbox import Toolbox
from jupyter_chatcore.parts import BundleOutput, TextOutput, ToolOutput, ToolPart

pytestmark = pytest.mark.asyncio

PICTURE = "iVBORw0KGgo="


class Answering:
    """What an agent's answer does with calls, without an agent: `parts` are what it shows."""

    def __init__(self, *tools: Tool) -> None:
        self.parts: list[ToolPart] = []
        self.calls = Calls(Toolbox(tools, no_decision), self.parts.append)
        self.offer = Offer(self._called, beat=0.05)
        self.tools = tools

    def _called(self, call: Call) -> None:
        self.parts.append(self.calls.begin(call))
        self.calls.run(call)


def looks() -> Tool:
    """A tool that gives a text and a picture."""

    async def run(arguments: dict[str, Any]) -> list[ToolOutput]:
        return [TextOutput(text=f"seen {arguments}"), BundleOutput(data={"image/png": PICTURE})]

    parameters = {"type": "object", "properties": {"what": {"type": "string"}}}
    return Tool("look", "Looks at it.", parameters, run, title="Look")


def waits(left: asyncio.Event) -> Tool:
    """A tool that never ends; `left` is set when it is ended."""

    async def run(arguments: dict[str, Any]) -> list[ToolOutput]:
        try:
            await asyncio.Event().wait()
        finally:
            left.set()
        return []

    return Tool("wait", "Waits.", {"type": "object"}, run)


@asynccontextmanager
async def listening(answering: Answering, ports: bool = False) -> AsyncIterator[Channel]:
    await answering.offer.put(answering.tools)
    channel = Channel(answering.offer.serve)
    await channel.open(**({"ports": True} if ports else {}))
    try:
        yield channel
    finally:
        await channel.close()


def started(channel: Channel) -> StdioServerParameters:
    """How the bridge is started, with nothing secret where others see it."""
    return StdioServerParameters(
        command=sys.executable, args=["-I", bridge.__file__], env=channel.environment
    )


@pytest.mark.parametrize("ports", [False, True])
async def test_a_client_lists_and_calls(ports: bool) -> None:
    answering = Answering(looks())
    async with listening(answering, ports) as channel, Client(started(channel)) as client:
        assert channel.address.isdecimal() is ports
        [tool] = (await client.list_tools()).tools
        assert (tool.name, tool.title, tool.description) == ("look", "Look", "Looks at it.")
        assert tool.input_schema["properties"] == {"what": {"type": "string"}}
        result = await client.call_tool("look", {"what": "it"})
        text, image = result.content
        assert isinstance(text, TextContent)
        assert isinstance(image, ImageContent)
        assert (text.text, image.data, image.mime_type) == (
            "seen {'what': 'it'}\n\n[Output: image/png]",
            PICTURE,
            "image/png",
        )
        assert (await client.call_tool("other", {})).is_error
    assert [part.status for part in answering.parts] == [
        *("pending", "running", "done"),
        *("pending", "failed"),
    ]


async def test_many_clients_and_large_calls() -> None:
    answering = Answering(looks())
    async with (
        listening(answering) as channel,
        Client(started(channel)) as one,
        Client(started(channel)) as other,
    ):
        words = "x" * 3_000_000
        results = await asyncio.gather(
            one.call_tool("look", {"what": words}), other.call_tool("look", {"what": "y"})
        )
    assert [result.is_error for result in results] == [False, False]


async def test_one_who_waits_hears_that_it_goes_on_and_may_leave() -> None:
    left = asyncio.Event()
    beats: asyncio.Queue[float] = asyncio.Queue()
    answering = Answering(waits(left))

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        beats.put_nowait(progress)

    async with listening(answering) as channel, Client(started(channel)) as client:
        calling = asyncio.create_task(client.call_tool("wait", {}, progress_callback=heard))
        async with asyncio.timeout(10):
            assert [await beats.get() for _ in range(3)] == [1, 2, 3]
        assert [part.status for part in answering.parts] == ["pending", "running"]
        calling.cancel()
        async with asyncio.timeout(10):
            await left.wait()
            while answering.parts[-1].status != "cancelled":
                await asyncio.sleep(0.01)


async def test_a_client_hears_that_the_tools_are_others() -> None:
    news: asyncio.Queue[object] = asyncio.Queue()
    answering = Answering(looks())

    async def heard(message: object) -> None:
        news.put_nowait(message)

    async with listening(answering) as channel:
        for mode in ("legacy", "auto"):
            client = Client(started(channel), mode=mode, message_handler=heard)
            async with client:
                assert [tool.name for tool in (await client.list_tools()).tools] == ["look"]
                await answering.offer.put([looks()])
                assert news.empty()
                await answering.offer.put([])
                if mode == "legacy":
                    async with asyncio.timeout(10):
                        assert isinstance(await news.get(), ToolListChangedNotification)
                    assert (await client.list_tools()).tools == []
                await answering.offer.put([looks()])


async def test_who_does_not_know_the_secret_is_not_heard() -> None:
    answering = Answering(looks())
    async with listening(answering) as channel:
        for wrong in ("", "x" * 43, channel.secret[:-1]):
            code, said = await spoken({**channel.environment, bridge.SECRET: wrong})
            assert (code, said) == (0, b"")
    assert not answering.parts


async def test_without_a_channel_the_bridge_says_so() -> None:
    answering = Answering(looks())
    async with listening(answering) as channel:
        environment = channel.environment
    code, said = await spoken(environment)
    assert code == 1
    assert b"cannot be reached" in said
    code, said = await spoken({})
    assert code == 1


async def spoken(environment: dict[str, str]) -> tuple[int | None, bytes]:
    """How a bridge ends that is sent a request at once, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", bridge.__file__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, **environment},
    )
    asked = b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}\n'
    async with asyncio.timeout(20):
        said, _ = await process.communicate(asked)
    return process.returncode, said
