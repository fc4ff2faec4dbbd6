"""Who is typing: told to the others who look at the chat now, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from serving import PATIENCE, Served, Socket
from test_auth import browser
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect


@asynccontextmanager
async def user(served: Served, session: str = "chat") -> AsyncIterator[tuple[Any, Socket]]:
    """A user of their own browser, with a tab of the chat."""
    async with browser(served) as client:
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        address = f"ws{served.url.removeprefix('http')}chat/{session}/ws"
        request = HTTPRequest(address, headers={"Cookie": cookies})
        tab = Socket(await websocket_connect(request))
        yield client, tab
        tab.close()


async def types(client: httpx.AsyncClient, session: str = "chat") -> str:
    """The user types; their name."""
    headers = {"X-XSRFToken": client.cookies["_xsrf"]}
    answer = await client.post(f"chatcore/chat/{session}/typing", headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    me = (await client.get("api/me")).json()["identity"]
    return str(me["username"])


async def frame(tab: Socket) -> Any:
    """The next thing that a tab is told."""
    async with asyncio.timeout(PATIENCE):
        told = await tab.connection.read_message()
    return msgspec.json.decode(told) if told is not None else None


async def told(tab: Socket) -> list[Any]:
    """All that comes before the next message."""
    found = []
    while not isinstance(news := await frame(tab), list) or not news:
        found.append(news)
    return found


async def watching(served: Served, count: int) -> None:
    """Wait until so many tabs are there."""
    presence = served.app.service.presence
    async with asyncio.timeout(PATIENCE):
        while len(presence._readers.get("chat", ())) < count:
            await asyncio.sleep(0.01)


@pytest.mark.settings(max_posts_per_minute=3)
async def test_the_others_see_it(served: Served) -> None:
    await served.chat()
    before = served.dump()
    async with user(served) as (ada, adas), user(served) as (_, bobs):
        second = await served.socket("chat/chat/ws")
        await watching(served, 3)
        for _ in range(5):
            name = await types(ada)
        assert served.dump() == before
        news = [await frame(bobs) for _ in range(5)]
        assert {one["typing"]["username"] for one in news} == {name}
        assert [list(one) for one in news] == [["typing"]] * 5
        await served.ask("POST", "chat/chat/messages", {"text": "Hi"})
        assert await told(adas) == []
        assert len(await told(second)) == 5


async def test_other_chats_see_nothing(served: Served) -> None:
    await served.chat()
    await served.chat("other")
    async with user(served) as (ada, _), user(served) as (_, bobs):
        await watching(served, 2)
        await types(ada, "other")
        await served.ask("POST", "chat/chat/messages", {"text": "Hi"})
        assert await told(bobs) == []
    async with asyncio.timeout(PATIENCE):
        while served.app.service.presence._readers:
            await asyncio.sleep(0.01)
