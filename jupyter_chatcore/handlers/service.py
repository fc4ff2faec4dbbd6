"""What the handlers get from the app: the core, opened when first needed, and the limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..limits import RateLimiter
from ..workbench import Workbench
from .presence import Presence

if TYPE_CHECKING:
    from ..core import ChatCore
    from ..workspace.jupyter import JupyterWorkspace


class Listener(Protocol):
    """A client that watches a chat, over SSE or a WebSocket."""

    def dismiss(self) -> None:
        """Say goodbye to it, because the server stops."""


@dataclass(frozen=True)
class Told:
    """Settings that `GET health` tells."""

    database: str
    journal_mode: str
    replay: str


@dataclass(frozen=True)
class Service:
    """In the web application's settings under `chatcore`.

    `core` opens the database when first called, and raises StoreError where it cannot.
    `workspace` is made when first called. `listeners` are those that are connected now,
    `presence` which chats they read, `workbench` which notebooks they have open.
    """

    core: Callable[[], Awaitable[ChatCore]]
    workspace: Callable[[], JupyterWorkspace]
    limiter: RateLimiter
    max_message_bytes: int
    max_parts: int
    max_file_bytes: int
    max_import_bytes: int
    ping_seconds: float
    told: Told
    listeners: set[Listener] = field(default_factory=set)
    presence: Presence = field(default_factory=Presence)
    workbench: Workbench = field(default_factory=Workbench)

    def dismiss_all(self) -> None:
        """Say goodbye to every listener."""
        for listener in list(self.listeners):
            listener.dismiss()
