"""How the files of users' messages are told to who answers. The rule, file by file:

- A picture of one of the types in `IMAGES` goes as a picture, under a line with its name,
  to whoever takes pictures. One that is over its limit is only named.
- Any other file that is text in UTF-8 goes in a fence, under a line with its name. One
  over its limit goes with its beginning and its end, and counts as shortened.
- All others are named: `[File NAME, MIME, SIZE bytes]`.

The newest messages' files come first, as many as may be read; the rest are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import ChatcoreError
from ..filetypes import MAGIC_BYTES, image_type
from ..parts import FilePart
from ..protocol import Message
from .base import Turn
from .telling import Image, Text, fenced, file_line


@dataclass(frozen=True)
class Limits:
    """How many bytes are told of a text and of a picture, and read of all together."""

    text: int = 2**20
    picture: int = 10 * 2**20
    together: int = 32 * 2**20


USUAL = Limits()
Pieces = tuple[Text | Image, ...]


@dataclass(frozen=True)
class Attached:
    """What is told of files by their addresses; `cut` are those that were too long."""

    told: Mapping[str, Pieces] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    def shortens(self, message: Message) -> bool:
        """Whether a file of the message was too long."""
        return any(part.url in self.cut for part in files_of(message))


def files_of(message: Message) -> list[FilePart]:
    """The files that a user's message shows."""
    parts = message.parts if message.role == "user" and message.status != "deleted" else []
    return [part for part in parts if isinstance(part, FilePart)]


async def attached(turn: Turn, limits: Limits = USUAL) -> Attached:
    """The files of a turn, read as far as the rule says."""
    told: dict[str, Pieces] = {}
    cut: set[str] = set()
    left = limits.together
    for part in _newest_first(turn):
        if part.url in told or part.size > left:
            continue
        try:
            data = await turn.read(part)
        except ChatcoreError as error:
            told[part.url] = (Text(f"{file_line(part)}\n{error.message}"),)
            continue
        left -= len(data)
        told[part.url], shortened = read(part, data, limits)
        if shortened:
            cut.add(part.url)
    return Attached(told, frozenset(cut))


def read(part: FilePart, data: bytes, limits: Limits) -> tuple[Pieces, bool]:
    """What is told of a file with these bytes, and whether it had to be shortened."""
    line = file_line(part)
    if (mime := image_type(data[:MAGIC_BYTES])) is not None:
        if len(data) > limits.picture:
            return (Text(f"{line}\nThe picture is too large to be shown."),), False
        return (Text(line), Image(mime, data)), False
    text = words_of(data, limits.text)
    told = Text(f"{line}\n{fenced(text)}" if text else line)
    return (told,), text is not None and len(data) > limits.text


def words_of(data: bytes, limit: int) -> str | None:
    """The file's text, without its middle where it is over the limit; None where it is none."""
    half = limit // 2
    if len(data) <= limit:
        return _decoded(data)
    head, tail = _decoded(data[:half], "ignore"), _decoded(data[-half:], "ignore")
    if head is None or tail is None or len(head.encode()) < half - 4:
        return None
    return f"{head}\n[... {len(data) - 2 * half} bytes left out ...]\n{tail}"


def _decoded(data: bytes, errors: str = "strict") -> str | None:
    try:
        return None if b"\0" in data else data.decode(errors=errors).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _newest_first(turn: Turn) -> Iterator[FilePart]:
    for message in (turn.prompt, *reversed(turn.history)):
        yield from files_of(message)
