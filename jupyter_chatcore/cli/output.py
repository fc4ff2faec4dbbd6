"""Writing to a terminal, or to what stands in its place."""

from __future__ import annotations

import os
import re
import shutil
from typing import TextIO

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What moves the cursor, colours, rings or turns the writing, in place of being read."""
_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}


def harmless(text: str) -> str:
    """The text without what a terminal obeys: a model or a stored chat may say anything."""
    return _CONTROLS.sub("", text)


class Output:
    """A stream of text. A terminal gets colours and nothing it would obey; others all as it is.

    The environment's `NO_COLOR` and a `TERM` that is `dumb` switch colours off.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_terminal = stream.isatty()
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self._coloured = self.is_terminal and not plain

    @property
    def width(self) -> int:
        """The columns of the terminal; as many as anybody wants where there is none."""
        return shutil.get_terminal_size().columns if self.is_terminal else 10_000

    def write(self, text: str, style: str = "") -> None:
        """Write at once. Raises BrokenPipeError where nobody reads any more."""
        shown = harmless(text) if self.is_terminal else text
        if style and self._coloured:
            shown = f"\x1b[{_STYLES[style]}m{shown}\x1b[0m"
        self._stream.write(shown)
        self._stream.flush()

    def line(self, text: str = "", style: str = "") -> None:
        """Write a line."""
        self.write(text, style)
        self.write("\n")
