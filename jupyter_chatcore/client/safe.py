"""Markdown of an answer, made fit for a cell's output.

JupyterLab trusts what a cell of its user shows, and runs HTML that is in it. What a model
says is hostile: its HTML is shown as text, its links lead to the web or to headings, and
its pictures become links, for a picture from elsewhere tells who looks.

Code blocks are written anew, at the left edge between empty lines, so that every reader
of Markdown takes them for code, whatever stands before them.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

from ..fences import Block, blocks

_BREAK = "\u200b"
"""A space of no width: seen by nobody, and no part of any tag or link."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PICTURE = re.compile(r"!(?=\[)")
_LINK = re.compile(r"\](?=[(:])(\(|:)(\s*)(\S*)")
_RUNS = re.compile(r"`+")
_SCHEMES = {"", "http", "https", "mailto"}
_NOISE = re.compile(r"[\x00-\x20\\<>\u200b]")


def safe(text: str) -> str:
    """The text, of which nothing runs and nothing is fetched where it is shown."""
    return "\n\n".join(
        _code(each) if each.language is not None else _prose(each.text) for each in blocks(text)
    )


def _prose(text: str) -> str:
    return _LINK.sub(_link, _PICTURE.sub("", _TAG.sub(f"<{_BREAK}", text)))


def _link(found: re.Match[str]) -> str:
    """The link, or, where it leads to something else than a page, its text alone."""
    if _leads_to_a_page(found[3]):
        return found[0]
    return f"]{_BREAK}{found[1]}{found[2]}{found[3]}"


def _leads_to_a_page(target: str) -> bool:
    bare = _NOISE.sub("", html.unescape(target))
    try:
        return urlsplit(bare).scheme.lower() in _SCHEMES
    except ValueError:
        return False


def _code(block: Block) -> str:
    longest = max((len(run) for run in _RUNS.findall(block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    language = re.sub(r"[^\w+#.-]", "", block.language or "")
    return f"{fence}{language}\n{block.text}\n{fence}"
