"""An answer in the output of the cell that asks, while it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cells import current_shell
from .safe import safe

PACE = 0.1
"""How long, in seconds, a drawing stays at least."""


class Screen:
    """A place in the cell's output, drawn over again and again; nowhere outside of a kernel."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._drawn = ""
        self._cell = cell_number() if in_notebook() else None

    def draw(self, text: str) -> int | None:
        """Show the text in the place of the one before; the cell's number, None for none."""
        if self._cell is None or text == self._drawn:
            return self._cell
        self._drawn = text
        if self._handle is None:
            self._handle = show(text, display_id=True)
        else:
            self._handle.update(bundle(text), raw=True)
        return self._cell


def show(text: str, **options: Any) -> Any:
    """Show a text as Markdown in the cell's output."""
    return put(bundle(text), raw=True, **options)


def put(thing: object, **options: Any) -> Any:
    """IPython's `display`."""
    import IPython.display  # noqa: PLC0415

    display: Callable[..., Any] = IPython.display.display
    return display(thing, **options)


def bundle(text: str) -> dict[str, str]:
    """Markdown as Jupyter shows it."""
    return {"text/markdown": safe(text), "text/plain": text}


def in_notebook() -> bool:
    """Whether this is a kernel, whose outputs can be drawn over."""
    shell = current_shell()
    return shell is not None and getattr(shell, "kernel", None) is not None


def cell_number() -> int | None:
    """The number of the cell that runs."""
    shell = current_shell()
    return None if shell is None else shell.execution_count
