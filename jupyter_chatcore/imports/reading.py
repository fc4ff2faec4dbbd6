"""Reading JSON that anybody may have written: one chat at a time, and never by surprise."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from ..errors import Invalid

STEP = 256 * 1024
_SPACE = " \t\r\n"
_AFTER = f"{_SPACE},]"


def as_dict(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def values(data: bytes, step: int = STEP) -> Iterator[Any]:
    """The values of a JSON array, one by one; of anything else, the one value that it is.

    It is read `step` bytes at a time, and more only where one value is longer.

    An array of 200 MB would take a multiple of that as a whole, and hold all other
    threads up while it is read.

    Raises:
        Invalid: it is no JSON.
    """
    text = _Text(data, step)
    if text.next() != "[":
        yield text.value()
        text.finish()
        return
    text.skip()
    more = text.next() != "]"
    while more:
        yield text.value()
        more = text.next() == ","
        if more:
            text.skip()
    if text.next() != "]":
        raise text.wrong("expected `,` or `]`")
    text.skip()
    text.finish()


class _Text:
    """A window that moves over the text of a file."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = data
        self._step = step
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._read = 0
        self._text = ""
        self._at = 0
        self._json = json.JSONDecoder(strict=False)

    def next(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(self._step):
                return ""

    def skip(self) -> None:
        """Go past a character."""
        self._at += 1

    def value(self) -> Any:
        """The value that begins here."""
        self.next()
        step = self._step
        while True:
            try:
                found, end = self._json.raw_decode(self._text, self._at)
            except RecursionError:
                raise Invalid("The file is nested too deep.") from None
            except ValueError as error:
                # it may only not be there as a whole yet
                if not self._more(step):
                    raise self.wrong(getattr(error, "msg", "a number is too long")) from None
                step *= 2
                continue
            # a number may go on in what was not read yet
            after = self._text[end : end + 1] or "."
            if isinstance(found, int | float) and after not in _AFTER and self._more(step):
                continue
            self._at = end
            return found

    def finish(self) -> None:
        """Nothing may follow."""
        if self.next():
            raise self.wrong("there is more after the end")

    def wrong(self, what: str) -> Invalid:
        """Why the file cannot be read."""
        return Invalid(f"The file is no valid JSON, about {self._read} bytes in: {what}.")

    def _more(self, step: int) -> bool:
        """Whether there was more to read; what was used up is let go of."""
        if self._read >= len(self._data):
            return False
        piece = self._data[self._read : self._read + step]
        self._read += len(piece)
        try:
            text = self._decoder.decode(piece, self._read >= len(self._data))
        except UnicodeDecodeError:
            raise Invalid("The file is not valid UTF-8.") from None
        self._text, self._at = self._text[self._at :] + text, 0
        return True
