"""A pasted error or traceback: what kind of error it is, its text, and the line it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_KIND = (
    r"(?:[A-Za-z_][\w.]*)?(?:Error|Exception|Warning|KeyboardInterrupt|StopIteration|SystemExit)"
)
_LAST_LINE = re.compile(rf"^\s*(?P<kind>{_KIND})(?::[ \t]*(?P<text>.*))?$", re.M)
_IN_SENTENCE = re.compile(rf"\b(?P<kind>{_KIND}):\s*(?P<text>\S.*)")
_ARROW = re.compile(r"^-+> *\d+ (?P<code>.*\S)", re.M)
_FRAME = re.compile(r'^\s*File "(?P<file>.*?)".*\n(?P<code>\s+\S.*)', re.M)
_LIBRARY = re.compile(r"[/\\](?:site|dist)-packages[/\\]|[/\\]lib[/\\]python3|<frozen ")
_UNNAMED = (
    (re.compile(r"No module named\s+['\"]?[\w.-]+['\"]?"), "ModuleNotFoundError"),
    (re.compile(r"name '\w+' is not defined"), "NameError"),
    (re.compile(r"'\w+' object has no attribute '\w+'"), "AttributeError"),
    (re.compile(r"module '[\w.]+' has no attribute '\w+'"), "AttributeError"),
)


class Problem(NamedTuple):
    """An error: its type's name, its text, the code that raised it and all that was pasted."""

    kind: str
    text: str
    code: str
    pasted: str

    @property
    def name(self) -> str:
        """The type's name without its module."""
        return self.kind.rpartition(".")[2]


def read(prompt: str) -> Problem | None:
    """The error in a prompt, None where there is none."""
    pasted = _ANSI.sub("", prompt)
    found = _last(pasted)
    if found is None:
        return None
    kind, text = found
    return Problem(kind, text.strip(), _code(pasted), pasted)


def raised(kind: str, text: str, traceback: Iterable[str]) -> Problem:
    """The error that a kernel tells of a cell."""
    pasted = _ANSI.sub("", "\n".join([*traceback, f"{kind}: {text}"]))
    return Problem(kind, text.strip(), _code(pasted), pasted)


def _last(pasted: str) -> tuple[str, str] | None:
    whole = "Traceback (most recent call last)" in pasted
    lines = [m for m in _LAST_LINE.finditer(pasted) if m["text"] or whole]
    if lines:
        return lines[-1]["kind"], lines[-1]["text"] or ""
    sentence = _IN_SENTENCE.search(pasted)
    if sentence:
        return sentence["kind"], sentence["text"]
    for pattern, kind in _UNNAMED:
        match = pattern.search(pasted)
        if match:
            return kind, match[0]
    return None


def _code(pasted: str) -> str:
    """The user's own line: the arrow in their cell, else that of their last frame."""
    _, _, cell = pasted.partition("Cell In")
    arrow = _ARROW.search(cell or pasted)
    if arrow:
        return arrow["code"].strip()
    frames = list(_FRAME.finditer(pasted))
    own = [frame for frame in frames if not _LIBRARY.search(frame["file"])]
    return (own or frames)[-1]["code"].strip() if frames else ""


def identifiers(text: str) -> list[str]:
    """The names in a text, each once."""
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", text)))
