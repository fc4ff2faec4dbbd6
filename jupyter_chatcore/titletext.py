"""A chat's title out of what is said in it, by a rule that knows no language."""

from __future__ import annotations

import re
import unicodedata

from .fences import blocks

TITLE_LENGTH = 60
_LOOKED_AT = 10_000
"""Characters of a text that its title is looked for in."""
_SHORTEST = 10
"""Characters of a sentence that says enough by itself."""

_MARKS = re.compile(r"^\s*(?:(?:#{1,6}|>|[-*+]|\d{1,9}[.)])(?:\s+|$))*")
_RULE = re.compile(r"^[\s|:=*_+`~-]*$")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_EMPHASIS = (
    re.compile(r"(\*{1,3}|~~)(?=\S)([^*~]+)(?<=\S)\1"),
    re.compile(r"(?<!\w)(_{1,3})(?=\S)([^_]+)(?<=\S)\1(?!\w)"),
)
_SENTENCE = re.compile(rf".{{{_SHORTEST},}}?(?:[.!?…](?=\s+[^\sa-z])|[。！？])")  # noqa: RUF001
_THOUGHT = re.compile(r"(?s)^\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|$)")
_LABEL = re.compile(r"(?i)^(?:chat\s+)?title\s*[:\uff1a]\s*")
_QUOTES = "\"'`“”„‟‘’‚«»‹›「」『』*_"  # noqa: RUF001
_LOOSE = " ,;:-–—(/"  # noqa: RUF001
# What turns the direction of a line around, or is no character at all.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def title_of(text: str) -> str:
    """The first sentence of a question, without Markdown; "" where it has no words.

    Code is left out, unless there is nothing else.
    """
    found = list(blocks(text[:_LOOKED_AT]))
    prose = [block.text for block in found if block.language is None]
    code = [block.text for block in found if block.language is not None]
    line = next((line for part in (*prose, *code) if (line := _first_line(part))), "")
    sentence = _SENTENCE.match(line)
    return _cut((sentence[0] if sentence else line).rstrip(".。 "))


def as_title(text: str) -> str:
    """What an assistant gave for a title, on one line and of a title's length; may be ""."""
    line = _LABEL.sub("", _first_line(_THOUGHT.sub("", text[:_LOOKED_AT])))
    return _cut(line.strip(f"{_QUOTES} ").rstrip(".。 "))


def _first_line(text: str) -> str:
    lines = (_UNSEEN.sub(" ", line) for line in text.split("\n"))
    return next((plain for line in lines if not _RULE.match(line) and (plain := _plain(line))), "")


def _plain(line: str) -> str:
    """The line's words, without Markdown."""
    words = _LINK.sub(r"\1", _MARKS.sub("", line))
    words = _CODE.sub(lambda code: code[2], words)
    for marks in _EMPHASIS:
        words = marks.sub(r"\2", words)
    return " ".join(words.split())


def _cut(line: str) -> str:
    """At most a title's length, between words where there are any."""
    if len(line) <= TITLE_LENGTH:
        return line
    end = TITLE_LENGTH - 1
    space = line.rfind(" ", 0, end + 1)
    if space >= TITLE_LENGTH // 2:
        end = space
    else:
        while end > 1 and _joins(line, end):
            end -= 1
    return line[:end].rstrip(_LOOSE) + "…"


def _joins(line: str, at: int) -> bool:
    """Whether a character belongs to the one before it, as an accent does."""
    return bool(
        unicodedata.category(line[at])[0] == "M"
        or "\u200d" in line[at - 1 : at + 1]
        or "\U0001f3fb" <= line[at] <= "\U0001f3ff"
    )
