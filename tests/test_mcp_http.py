"""An MCP server at an address, with a key that only its variable has."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from agents_running import tools
from core_running import ADA, ended
from modelchat import notices
from scriptedserver import say
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from test_mcp_servers import oracle, used
from toolserver import server

from jupyter_chatcore.api import Ask
from jupyter_chatcore.assistants.settings import McpSettings
from jupyter_chatcore.parts import TextOutput

pytestmark = pytest.mark.asyncio

KEY = "sesame-opens-the-door"


class Guard:
    """Lets in who has the key."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        if scope["type"] == "http" and headers.get(b"authorization") != f"Bearer {KEY}".encode():
            await PlainTextResponse("no key", status_code=401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


@asynccontextmanager
async def address() -> AsyncIterator[str]:
    """The server over HTTP."""
    config = uvicorn.Config(Guard(server.streamable_http_app()), log_level="critical", ws="none")
    serving = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        task = asyncio.create_task(serving.serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        finally:
            serving.should_exit = True
            await task


async def test_it_is_used_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR", KEY)
    async with address() as url:
        given = McpSettings(url=url, headers_env={"Authorization": "DOOR"})
        async with oracle(tmp_path, far=given) as (chat, model):
            [part] = tools(await used(chat, model, "far__add", '{"a": 4, "b": 5}'))
            assert (part.status, part.output) == ("done", [TextOutput(text="4 + 5 = 9")])


async def test_a_wrong_key_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR", "a-wrong-key-for-it")
    async with address() as url:
        given = McpSettings(url=url, headers_env={"Authorization": "DOOR"})
        async with oracle(tmp_path, far=given) as (chat, model):
            model.enqueue(say("Hello."))
            posted = await chat.replies.ask("chat", Ask(text="hello"), ADA)
            told = notices(await ended(chat, posted))["mcp-far"]
    assert "401" in told
    assert "a-wrong-key-for-it" not in told
