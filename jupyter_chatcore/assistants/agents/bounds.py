"""How long agents are waited for, and how many of them live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """The bounds of one agent's processes.

    `start` is how many seconds a process may take to say hello (some need ten on a free
    machine), `open` how many to open a session or to set what is chosen in it. One that
    has not ended a cancelled prompt after `cancel` seconds is ended itself. `processes`
    live at once at most; each takes some hundred megabytes.
    """

    start: float = 60.0
    open: float = 60.0
    cancel: float = 10.0
    processes: int = 8


USUAL = Bounds()
