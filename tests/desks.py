"""A page at a kernel's desk, without a kernel: what it asks, and what it hears."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from core_running import ADA, core

from jupyter_chatcore.assistants.base import Assistant
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.desk import Desk
from jupyter_chatcore.protocol import Event

PATIENCE = 15.0


class Page:
    """Asks, and keeps what it is answered; `beside` goes with each request."""

    def __init__(self, take: Callable[..., None]) -> None:
        self.take = take
        self._names = count(1)
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.answers: list[dict[str, Any]] = []
        self.beside: list[bytes] = []

    def send(self, content: dict[str, Any]) -> None:
        """What the desk answers by; also from another thread."""
        self._loop.call_soon_threadsafe(self._hear, json.loads(json.dumps(content)))

    def _hear(self, content: dict[str, Any]) -> None:
        assert content["kind"] == "answer"
        self.answers.append(content)
        self._news.set()

    def begin(self, verb: str, body: object = None, **path: object) -> str:
        """Ask for something; the request's name."""
        request = str(path.pop("request", None) or next(self._names))
        content = {"kind": "request", "request": request, "verb": verb, **path}
        content["body"] = msgspec.json.encode(body or {}).decode()
        self.take(content, self.beside, self.send)
        return request

    async def ask(self, verb: str, body: object = None, **path: object) -> Any:
        """Ask for something; the JSON of the result, or of what went wrong."""
        request = self.begin(verb, body, **path)
        await self.until(lambda: bool(self.of(request)))
        return json.loads(self.of(request)[-1]["body"])

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait until what was heard is as it should be."""
        async with asyncio.timeout(PATIENCE):
            while not ready():
                self._news.clear()
                await self._news.wait()

    def of(self, request: str) -> list[dict[str, Any]]:
        """What was answered to a request."""
        return [answer for answer in self.answers if answer["request"] == request]

    def states(self, request: str) -> list[str]:
        """The states of what was answered to a request."""
        return [answer["state"] for answer in self.of(request)]

    def events(self, request: str) -> list[Event]:
        """What a watch has brought."""
        batches = [a["body"] for a in self.of(request) if a["state"] == "events"]
        return [event for each in batches for event in msgspec.json.decode(each, type=list[Event])]


@asynccontextmanager
async def desk(
    folder: Path, *assistants: Assistant, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[tuple[Page, ChatCore]]:
    """A page at the desk of a core that has the chat `CHAT`."""
    async with core(folder, *assistants) as chat:
        made = Desk(chat, "~/chats.sqlite", ADA, logging.getLogger("test"), clock)
        page = Page(made.take)
        yield page, chat
        await made.close()
        await chat.start()
