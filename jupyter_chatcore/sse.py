"""Server-sent events, both ways: frames to bytes, and bytes to events as they arrive.

Lines end at CR, LF or CRLF and nowhere else. `str.splitlines` also splits at U+2028
and other separators, which are legal inside JSON, so it must not be used here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

PING = b": ping\n\n"

_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE_END_BYTES = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class ServerEvent:
    """One event as a client reads it; `id` is the last one seen, "" where there was none."""

    event: str
    data: str
    id: str = ""


def encode(event: str, data: bytes, id: int | None = None) -> bytes:
    """The frame of one event; `data` is UTF-8 and may hold line ends."""
    head = b"" if id is None else b"id: %d\n" % id
    lines = _LINE_END_BYTES.split(data) if b"\n" in data or b"\r" in data else [data]
    return head + b"event: %b\ndata: %b\n\n" % (event.encode(), b"\ndata: ".join(lines))


class Decoder:
    """Turns chunks of a stream, cut anywhere, into events.

    An event that the stream ends within is dropped, as the standard demands: a reader
    that resumes from the last id gets it again as a whole.
    """

    def __init__(self) -> None:
        self.retry: int | None = None
        self._last_id = ""
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._at_start = True
        self._after_cr = False
        self._line: list[str] = []
        self._event = ""
        self._data: list[str] = []

    @property
    def last_id(self) -> str:
        """What to send as `Last-Event-ID` when the stream broke here."""
        return self._last_id

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        """The events that this chunk completes."""
        return [event for line in self._lines(chunk) if (event := self._take(line)) is not None]

    def _lines(self, chunk: bytes) -> Iterator[str]:
        text = self._utf8.decode(chunk)
        if self._at_start and text:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        if self._after_cr and text:
            # the CR at the end of the chunk before has already ended its line
            text = text.removeprefix("\n")
            self._after_cr = False
        *ended, rest = _LINE_END.split(text)
        self._after_cr = self._after_cr or text.endswith("\r")
        for line in ended:
            yield "".join((*self._line, line))
            self._line.clear()
        if rest:
            self._line.append(rest)

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._event = value
            case "id" if "\0" not in value:
                self._last_id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value)

    def _dispatch(self) -> ServerEvent | None:
        event, data = self._event or "message", "\n".join(self._data)
        found = bool(self._data)
        self._event = ""
        self._data.clear()
        return ServerEvent(event, data, self._last_id) if found else None
