"""Makes forks: one piece at a time, so that everybody else can write in between."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from .api import Fork
from .errors import StoreError
from .feed import Feed
from .forks import Copying
from .protocol import Session


class Forks:
    """The forks that this server, as `owner`, is making."""

    def __init__(self, feed: Feed, owner: str) -> None:
        self._feed = feed
        self._owner = owner
        self._making: dict[tuple[str, str | None], asyncio.Task[tuple[Session, bool]]] = {}
        self._tasks: set[asyncio.Task[tuple[Session, bool]]] = set()

    async def fork(self, session: str, fork: Fork) -> tuple[Session, bool]:
        """The new chat, and whether it was made now; it is made whether or not one waits.

        Raises:
            NotFound: there is no such chat.
            Invalid: there is no such message in it.
            Conflict: another server is making the fork of this key.
        """
        making = self._making.get((session, fork.key)) if fork.key else None
        if making is not None:
            made, _ = await asyncio.shield(making)
            return made, False
        return await asyncio.shield(self._start(session, fork))

    async def close(self) -> None:
        """Leave what is not finished; whoever opens the database next takes it away."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _start(self, session: str, fork: Fork) -> asyncio.Task[tuple[Session, bool]]:
        task = asyncio.create_task(self._make(session, fork))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if fork.key:
            at = (session, fork.key)
            self._making[at] = task
            task.add_done_callback(lambda _: self._making.pop(at, None))
        return task

    async def _make(self, session: str, fork: Fork) -> tuple[Session, bool]:
        owner = self._owner
        begun = await self._feed.write(lambda store: store.begin_fork(session, fork, owner))
        if isinstance(begun, Session):
            return begun, False
        try:
            return await self._copy(begun), True
        except Exception:
            # where not even that can be written, the next start does it
            with suppress(StoreError):
                await self._feed.write(lambda store: store.abandon_fork(begun.session))
            raise

    async def _copy(self, copying: Copying) -> Session:
        left = copying
        while left.depth:
            at = left
            left = await self._feed.write(lambda store: store.copy_some(at), durable=False)  # noqa: B023
        return await self._feed.write(lambda store: store.finish_fork(copying))
