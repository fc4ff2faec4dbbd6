"""The agents that live: one for each chat, ended when it is idle or there are too many."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from ...api import Choice
from ..base import AssistantError, Item, Turn
from ..settings import AgentSettings
from . import options
from .answering import reply
from .bounds import Bounds
from .sessions import Sessions

Chat = tuple[str, int]
"""A chat's id and birth."""


class Place:
    """A chat's agent, and when it was used last."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.busy = 0
        self.used = time.monotonic()
        self.timer: asyncio.TimerHandle | None = None


class Pool:
    """The processes of the agent `name`."""

    def __init__(self, name: str, settings: AgentSettings, title: str, bounds: Bounds) -> None:
        self._name = name
        self._settings = settings
        self._title = title
        self._bounds = bounds
        self._places: dict[Chat, Place] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self.choices: tuple[Choice, ...] = ()

    async def reply(self, turn: Turn) -> AsyncGenerator[Item, None]:
        """Answer in the chat's own process, which is started where there is none."""
        chat = (turn.session.id, turn.session.birth)
        place = await self._place(chat, turn)
        place.busy += 1
        try:
            async with aclosing(reply(place.sessions, self._name, turn)) as items:
                async for item in items:
                    yield item
        finally:
            self._release(chat, place)

    async def close(self) -> None:
        """End them all."""
        for chat in list(self._places):
            self._drop(chat)
        if self._endings:
            await asyncio.wait(self._endings)

    async def _place(self, chat: Chat, turn: Turn) -> Place:
        place = self._places.get(chat)
        if place:
            await place.sessions.agent.settled()
        if place and place.sessions.agent.alive and place.sessions.agent.folder == turn.folder:
            return place
        if place:
            await self._drop(chat)
        while len(self._places) >= self._bounds.processes:
            await self._drop(self._idlest())
        sessions = Sessions(self._name, self._settings, self._title, turn.folder, self._bounds)
        return self._places.setdefault(chat, Place(sessions))

    def _idlest(self) -> Chat:
        """The chat whose agent was used longest ago and answers nothing now."""
        idle = [chat for chat, place in self._places.items() if not place.busy]
        if not idle:
            raise AssistantError(
                "too_many_agents",
                f"{self._title} is answering in {self._bounds.processes} chats."
                " Wait for one of them, or stop it.",
            )
        return min(idle, key=lambda chat: self._places[chat].used)

    def _drop(self, chat: Chat) -> asyncio.Task[None]:
        """Forget a chat's agent, and end it in its own time."""
        place = self._places.pop(chat)
        if place.timer:
            place.timer.cancel()
        ending = asyncio.create_task(place.sessions.agent.end())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        return ending

    def _release(self, chat: Chat, place: Place) -> None:
        place.busy -= 1
        place.used = time.monotonic()
        self.choices = options.choices(place.sessions.options) or self.choices
        if place.timer:
            place.timer.cancel()
        if self._places.get(chat) is place:
            loop = asyncio.get_running_loop()
            place.timer = loop.call_later(self._settings.idle, self._expire, chat, place)

    def _expire(self, chat: Chat, place: Place) -> None:
        if self._places.get(chat) is place and not place.busy:
            self._drop(chat)
