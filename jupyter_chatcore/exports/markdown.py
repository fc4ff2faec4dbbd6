"""A chat as a transcript in Markdown. The rule, part by part:

- text goes as it is; a code block that was never closed is closed.
- reasoning stands in a `<details>`, folded.
- a tool call is one line: its title, how it ended, which files it changed.
- pictures are in it as data URIs up to `MOST_IMAGE_BYTES`; larger ones are named.
- files are named; cells, variables, plans and other parts are told as models are told
  them; notices are left out.

Of the tree of messages it has the branch that is shown. Deleted messages are left out.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import ClassVar

from ..assistants.telling import Image, fenced, pieces
from ..fences import closed
from ..parts import (
    DiffOutput,
    FilePart,
    NoticePart,
    OutputPart,
    Part,
    ReasoningPart,
    TextPart,
    ToolPart,
)
from ..protocol import Message, Session
from .people import ending, when, who

MOST_IMAGE_BYTES = 512 * 1024
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


class Markdown:
    """Writes a transcript."""

    mime: ClassVar[str] = "text/markdown"
    suffix: ClassVar[str] = ".md"
    whole: ClassVar[bool] = False

    def begin(self, session: Session, count: int, time: str) -> str:
        """The title."""
        return f"# {plain(session.title)}\n"

    def message(self, message: Message) -> str:
        """Who, when and what."""
        if message.status == "deleted":
            return ""
        return f"\n---\n\n{heading(message)}\n\n{body(message)}"

    def end(self) -> str:
        """Nothing."""
        return ""


def heading(message: Message) -> str:
    """The line above what a message says."""
    model = f" · {plain(message.model)}" if message.model else ""
    return f"**{plain(who(message))}** · {when(message)}{model}"


def body(message: Message) -> str:
    """What a message says, and how it ended."""
    told = [text for part in message.parts if (text := part_text(part).strip("\n"))]
    if end := ending(message):
        told.append(f"*{plain(end)}*")
    return "\n\n".join([*told, ""])[:-1]


def part_text(part: Part) -> str:
    """One part; "" where it is left out."""
    match part:
        case TextPart():
            return closed(part.text)
        case ReasoningPart():
            text = closed(part.text).strip("\n")
            return f"<details>\n<summary>Reasoning</summary>\n\n{text}\n\n</details>"
        case ToolPart():
            return "\n".join(_tool(part))
        case FilePart():
            return f"*File {plain(part.name)}, {plain(part.mime)}, {part.size} bytes*"
        case NoticePart():
            return ""
    return "\n\n".join(_pieces(part))


def plain(text: str) -> str:
    """The text on one line, where none of it means anything to Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _tool(part: ToolPart) -> Iterator[str]:
    why = f": {plain(part.error)}" if part.error else ""
    yield f"> Tool **{plain(part.title or part.name)}**, {part.status}{why}"
    for output in part.output:
        if isinstance(output, DiffOutput):
            what = "removed" if output.new is None else "new" if output.old is None else "changed"
            yield f"> - {plain(output.path)}, {what}"


def _pieces(part: Part) -> Iterator[str]:
    preformatted = isinstance(part, OutputPart) and "text/markdown" not in part.data
    for piece in pieces(part, pictures=True):
        if isinstance(piece, Image):
            yield _picture(piece)
        else:
            yield fenced(piece.text) if preformatted else closed(piece.text)


def _picture(image: Image) -> str:
    if len(image.data) > MOST_IMAGE_BYTES:
        return f"*[{image.mime}, {len(image.data)} bytes, left out]*"
    return f"![](data:{image.mime};base64,{base64.b64encode(image.data).decode()})"
