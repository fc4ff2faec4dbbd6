"""How far something is, where somebody looks: a bar in a notebook, a line in a terminal.

Nothing is shown where nobody looks: in a script whose output goes to a file or a pipe.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from .display import in_notebook

_SECONDS = 0.1
_WIDTH = 30

Show = Callable[["State", bool], None]


@dataclass(frozen=True)
class State:
    """How many of `total` are done, and how many of these failed."""

    total: int
    done: int = 0
    failed: int = 0

    def __str__(self) -> str:
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.done} of {self.total} answered{failed}"

    def html(self) -> str:
        """A bar with the same words."""
        return (
            f'<progress value="{self.done}" max="{self.total}" aria-label="Answers"></progress>'
            f" {self}"
        )

    def line(self) -> str:
        """A bar of characters with the same words."""
        full = round(_WIDTH * self.done / self.total) if self.total else _WIDTH
        return f"[{'#' * full}{'.' * (_WIDTH - full)}] {self}"


class Progress:
    """Shows states, at most ten a second, and the last one always."""

    def __init__(self, show: Show | None) -> None:
        self._show = show
        self._last = 0.0
        self._state: State | None = None

    def tell(self, state: State) -> None:
        """It is as far as this now."""
        self._state = state
        now = monotonic()
        if self._show and now - self._last >= _SECONDS:
            self._last = now
            self._show(state, False)

    def close(self) -> None:
        """It goes no further."""
        if self._show and self._state:
            self._show(self._state, True)


def progress() -> Progress:
    """What shows how far it is, where this runs."""
    if in_notebook():
        return Progress(_in_cell())
    return Progress(_in_terminal if sys.stderr.isatty() else None)


def _in_cell() -> Show:
    handle: list[Any] = []

    def show(state: State, last: bool) -> None:
        display: Any = importlib.import_module("IPython.display").display
        bundle = {"text/html": state.html(), "text/plain": str(state)}
        if handle:
            handle[0].update(bundle, raw=True)
        else:
            handle.append(display(bundle, raw=True, display_id=True))

    return show


def _in_terminal(state: State, last: bool) -> None:
    sys.stderr.write(f"\r{state.line()}{chr(10) if last else ''}")
    sys.stderr.flush()
