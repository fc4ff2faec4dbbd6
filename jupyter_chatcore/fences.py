"""Finds the fenced code blocks of a Markdown text, as CommonMark has them.

Only blocks that stand by themselves are found: one within a list or a quotation belongs
to what is around it. Nothing else of Markdown is looked at, so that a text is passed on
as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN = re.compile(r"^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\r\n]*?)[ \t]*$")


_LINE = re.compile(r"\r?\n")


@dataclass(frozen=True)
class Block:
    """A run of the text: code with its `language`, or (None) whatever else there is.

    `open` says that the fence of the code was never closed.
    """

    text: str
    language: str | None = None
    open: bool = False


def blocks(text: str) -> Iterator[Block]:
    """The text, block by block, without empty ones that are no code."""
    lines: list[str] = []
    fence: re.Match[str] | None = None
    for line in _LINE.split(text):
        if fence is None and (opened := _OPEN.match(line)):
            yield from _prose(lines)
            fence, lines = opened, []
        elif fence is not None and _closes(line, fence[2]):
            yield _code(lines, fence, False)
            fence, lines = None, []
        else:
            lines.append(line)
    if fence is not None:
        yield _code(lines, fence, True)
    else:
        yield from _prose(lines)


def closed(text: str) -> str:
    """The text with its last fence closed: what follows it is no code."""
    last = None
    for line in _LINE.split(text):
        if last is None:
            last = _OPEN.match(line)
        elif _closes(line, last[2]):
            last = None
    return text if last is None else f"{text.rstrip()}\n{last[1]}{last[2]}"


def _closes(line: str, fence: str) -> bool:
    bare = line.strip(" \t")
    indent = len(line) - len(line.lstrip(" "))
    return indent < 4 and len(bare) >= len(fence) and not bare.strip(fence[0])


def _prose(lines: list[str]) -> Iterator[Block]:
    text = "\n".join(lines).strip("\n")
    if text.strip():
        yield Block(text)


def _code(lines: list[str], fence: re.Match[str], unclosed: bool) -> Block:
    indent = len(fence[1])
    words = fence[3].split()
    cut = [line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines]
    return Block("\n".join(cut), words[0].lower() if words else "", unclosed)
