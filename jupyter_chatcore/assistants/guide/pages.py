"""An entry, or a list of them, as the Markdown of an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .docstrings import Item, examples, fence, inline, items, paragraphs, section, sections
from .entry import Entry
from .packages import web_page

MOST_PARAMETERS = 14
_LONG_TEXT = 280
_ROLE = re.compile(r":[\w:]+:`~?([^`]+)`")
_SENTENCE = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(?<!\bvs)(?<!\bcf)\.(?=\s)")
_NUMPYDOC_RETURNS = ("Returns", "Yields")


def page(entry: Entry, whole: bool = False) -> Iterator[str]:
    """What an entry says, block by block; `whole` leaves nothing out.

    Otherwise: signature, summary, the first paragraphs, the parameters in short, what
    is returned, an example and where to read on.
    """
    yield f"### `{entry.called}`"
    if entry.signature:
        yield fence(entry.signature)
    if whole:
        yield from _whole(entry.doc)
    else:
        yield from _short(entry.doc)
    yield where(entry)


def where(entry: Entry) -> str:
    """Where to read on about an entry."""
    real = entry.aliases[0] if entry.aliases else entry.name
    address = web_page(entry.package, real, entry.kind)
    shown = f"[Documentation on the web]({address}) · " if address else ""
    return f"{shown}`/docs {entry.called}` shows all of it"


def listed(entries: Iterable[Entry]) -> str:
    """Entries as a list with a line each."""
    return "\n".join(f"- `{e.called}`: {inline(_first_sentence(e.summary))}" for e in entries)


def _short(doc: str) -> Iterator[str]:
    parts = sections(doc)
    yield from paragraphs(parts[0].text)[:3]
    parameters = section(doc, "Parameters", "Arguments")
    if parameters:
        yield "**Parameters**\n\n" + _parameter_list(items(parameters))
    returned = section(doc, *_NUMPYDOC_RETURNS)
    if returned:
        yield "**Returns**\n\n" + "\n".join(_returned(item) for item in items(returned)[:4])
    shown = _example(section(doc, "Examples", "Example"))
    if shown:
        yield "**Example**\n\n" + shown


def _whole(doc: str) -> Iterator[str]:
    for part in sections(doc):
        if part.title:
            yield f"**{part.title}**"
        if part.title in ("Parameters", "Attributes", "Other Parameters", *_NUMPYDOC_RETURNS):
            yield "\n".join(_full(item) for item in items(part.text))
        else:
            yield from paragraphs(part.text)


def _parameter_list(found: list[Item]) -> str:
    lines = [_brief(item) for item in found[:MOST_PARAMETERS]]
    if len(found) > MOST_PARAMETERS:
        rest = ", ".join(f"`{item.name}`" for item in found[MOST_PARAMETERS:])
        lines.append(f"- and {rest}")
    return "\n".join(lines)


def _brief(item: Item) -> str:
    text = _first_sentence(" ".join(paragraphs(item.text)[:1]))
    return _line(item, text)


def _full(item: Item) -> str:
    blocks = "\n\n".join(paragraphs(item.text))
    # a block below a list's item must be indented to stay with it
    return _line(item, blocks.replace("\n", "\n  "))


def _line(item: Item, text: str) -> str:
    kind = f" ({inline(' '.join(item.type.split()))})" if item.type else ""
    name = _ROLE.sub(r"\1", item.name).replace("\\", "").replace("`", "")
    return f"- `{name}`{kind}" + (f": {text}" if text else "")


def _returned(item: Item) -> str:
    return (
        _brief(item)
        if item.type
        else _line(item, _first_sentence(inline(" ".join(item.text.split()))))
    )


def _example(text: str) -> str:
    """The first example that has code, with the words before it."""
    lead = ""
    for chunk in text.split("\n\n"):
        if ">>>" in chunk:
            code = examples(_with_following(text, chunk), limit=24)
            return f"{lead}\n\n{code}" if lead else code
        if chunk.strip() and not chunk.lstrip().startswith(".."):
            lead = inline(" ".join(chunk.split()))[:_LONG_TEXT]
    return ""


def _with_following(text: str, chunk: str) -> str:
    """A chunk of doctest and those that follow it at once."""
    chunks = text.split("\n\n")
    start = chunks.index(chunk)
    taken: list[str] = []
    for one in chunks[start : start + 4]:
        if ">>>" not in one:
            break
        taken.append(one)
    return "\n".join(taken)


def _first_sentence(text: str) -> str:
    """The first sentence, at most a few lines long; code and maths are not cut in two."""
    end = _SENTENCE.search(text)
    cut = text[: end.end()].rstrip() if end else text
    if len(cut) <= _LONG_TEXT:
        return cut
    short = cut[:_LONG_TEXT].rpartition(" ")[0]
    return (short + "`" if short.count("`") % 2 else short) + " …"
