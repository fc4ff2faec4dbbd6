"""An agent as an assistant: light to make and to list, its machinery loaded when first asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..base import Assistant, Availability, Item, Turn
from ..settings import AgentSettings
from ..threads import in_thread
from .bounds import USUAL, Bounds
from .launch import program

if TYPE_CHECKING:
    from .pool import Pool

_NEEDS = ("acp", "mcp", "psutil")
_PIP = 'pip install "jupyter-chatcore[agents]"'


class AgentAssistant(Assistant):
    """A coding agent, named and started as its settings say."""

    def __init__(self, name: str, settings: AgentSettings, bounds: Bounds = USUAL) -> None:
        self.name = name
        self.title = settings.title or name
        self.description = "A coding agent that works in the notebook's folder"
        self._settings = settings
        self._bounds = bounds
        self._loading: asyncio.Future[Pool] | None = None

    async def availability(self) -> Availability:
        """Whether its program is there, and what may be chosen as far as it has told."""
        missing = await in_thread(self._missing, f"find-{self.name}")
        if missing:
            return Availability(state="not_installed", reason=missing)
        pool = self._loading
        known = pool.result().choices if pool and pool.done() and not pool.exception() else ()
        return Availability(choices=known)

    async def reply(self, turn: Turn) -> AsyncGenerator[Item, None]:
        """Ask it, in the chat's own process."""
        pool = await self._pool()
        async with aclosing(pool.reply(turn)) as items:
            async for item in items:
                yield item

    async def close(self) -> None:
        """End its processes."""
        if self._loading is not None:
            await (await self._pool()).close()

    async def _pool(self) -> Pool:
        if self._loading is None:
            self._loading = in_thread(self._load, f"load-{self.name}")
        return await asyncio.shield(self._loading)

    def _load(self) -> Pool:
        # the protocol's types take most of a second of CPU to import
        from .pool import Pool  # noqa: PLC0415

        return Pool(self.name, self._settings, self.title, self._bounds)

    def _missing(self) -> str:
        """What to do before it can be used; empty where all is there."""
        if any(find_spec(module) is None for module in _NEEDS):
            return f"Install its protocols: `{_PIP}`"
        if program(self._settings) is None:
            command = self._settings.command[0]
            how = f": `{self._settings.install}`" if self._settings.install else ""
            return f"Install the program `{command}`{how}"
        return ""
