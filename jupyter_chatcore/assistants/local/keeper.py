"""Keeps the model's process while it is used: one for all chats, ended when idle."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from ..settings import LocalSettings
from ..threads import in_thread
from .child import Child
from .modelfile import ModelFile
from .request import Serve

_THREAD = "local-model"


class Served(NamedTuple):
    """A process, and the address that it serves its model at once that is loaded."""

    child: Child
    address: asyncio.Future[str]


class Keeper:
    """The process of one model file: there is one at most."""

    def __init__(self, file: ModelFile, settings: LocalSettings) -> None:
        self._file = file
        self._settings = settings
        self._served: Served | None = None
        self._users = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Future[None]] = set()

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none."""
        return self._served.child.pid if self._served is not None else None

    @property
    def loaded(self) -> bool:
        """Whether the model answers now, and has not to be loaded first."""
        served = self._served
        return served is not None and not served.child.has_ended() and served.address.done()

    @asynccontextmanager
    async def using(self) -> AsyncIterator[None]:
        """While somebody does, it is not unloaded for idleness."""
        self._users += 1
        self._forget_timer()
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(self._settings.idle, self.unload)

    async def load(self) -> tuple[Child, str]:
        """The process and the address of its model; who else waits for it waits for the same.

        It goes on where the caller is cancelled: the next question finds it loaded.

        Raises:
            AssistantError: the file cannot be loaded.
        """
        if self._served is None or self._served.child.has_ended():
            self.unload()
            self._served = self._start()
        served = self._served
        return served.child, await asyncio.shield(served.address)

    def drop(self, child: Child) -> None:
        """End this process, unless another has taken its place."""
        if self._served is not None and self._served.child is child:
            self.unload()

    def unload(self) -> None:
        """End the process, if there is one, without waiting for it."""
        if self._served is not None:
            ending = in_thread(self._served.child.end, _THREAD)
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
            self._served = None

    async def close(self) -> None:
        """End the process."""
        self._forget_timer()
        self.unload()
        await asyncio.gather(*self._ending)

    def _start(self) -> Served:
        child = Child(
            self._file,
            Serve(
                path=str(self._file.path),
                model=self._file.model,
                key=secrets.token_urlsafe(32),
                window=self._settings.window,
                threads=self._settings.threads,
            ),
        )
        address = in_thread(child.load, _THREAD)
        address.add_done_callback(_heard)
        return Served(child, address)

    def _forget_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _heard(address: asyncio.Future[str]) -> None:
    """Take notice of a failure that nobody waits for any more."""
    if not address.cancelled():
        address.exception()
