"""numpydoc and reStructuredText -> Markdown, simply, and never failing on odd input."""

from __future__ import annotations

import re
from typing import NamedTuple

_UNDERLINED = re.compile(r"^(?P<title>\S[^\n]{0,60})\n[ ]*(?P<line>-{3,}|={3,}|~{3,})[ ]*$", re.M)
_PROMPT = re.compile(r"^\s*(>>>|\.\.\.)( |$)")
_DIRECTIVE = re.compile(r"^(\s*)\.\. ([\w:-]+)::\s*(.*)$")
_DOCTEST = re.compile(r"\s*# doctest:.*$")
_OPTION = re.compile(r"^\s+:[\w-]+:")
_NOTE = {"note": "Note", "warning": "Warning", "tip": "Tip", "deprecated": "Deprecated since"}
_ITEM = re.compile(r"^(?P<name>\*{0,2}\w[\w*., \-\[\]{}`'\"]*?)\s*(?: ?: (?P<type>.+))?$")

_LINK = re.compile(r"`([^`<]+?)\s*<(https?://[^>\s]+)>`_{1,2}")
_TARGET = re.compile(r":[\w:+.-]+:`([^`<]+?)\s*<[^`>]+>`")
_ROLE = re.compile(r":([\w:+.-]+):`~?!?([^`]+)`")
_LITERAL = re.compile(r"``([^`\n]+)``")
_SHORTENED = re.compile(r"`~?\.?([A-Za-z_][\w.]*)`")
_REFERENCE = re.compile(r"`([^`\n]+)`_\b|\[(\d+|\w+)\]_")
_CODE = re.compile(r"(`[^`\n]+`|\$[^$\n]+\$)")


class Section(NamedTuple):
    """A part of a docstring under its title; the first one's title is empty."""

    title: str
    text: str


class Item(NamedTuple):
    """A parameter or a returned value; `type` is empty where none is said."""

    name: str
    type: str
    text: str


def sections(doc: str) -> list[Section]:
    """A docstring cut at its underlined titles."""
    found, title, start = [], "", 0
    for match in _UNDERLINED.finditer(doc):
        found.append(Section(title, doc[start : match.start()].strip("\n")))
        title, start = match["title"].strip(), match.end()
    found.append(Section(title, doc[start:].strip("\n")))
    return found


def section(doc: str, *titles: str) -> str:
    """The text of the first section with one of these titles, empty where there is none."""
    wanted = {title.lower() for title in titles}
    return next((s.text for s in sections(doc) if s.title.lower() in wanted), "")


def prose(doc: str) -> str:
    """What a docstring says about its subject: no examples, references or lists of others."""
    dropped = {"examples", "example", "references", "see also", "notes", "attributes", "methods"}
    kept = [s.text for s in sections(doc) if s.title.lower() not in dropped]
    return "\n".join(kept)[:6000]


def items(text: str) -> list[Item]:
    """The entries of a section such as Parameters: a line `name : type`, and indented lines."""
    found: list[tuple[str, str, list[str]]] = []
    for line in text.split("\n"):
        if line.strip() and not line[0].isspace():
            match = _ITEM.match(line.strip())
            name, kind = (match["name"], match["type"] or "") if match else (line.strip(), "")
            found.append((name, kind, []))
        elif found:
            found[-1][2].append(line)
    return [Item(name, kind.strip(), _dedent("\n".join(rest))) for name, kind, rest in found]


def _dedent(text: str) -> str:
    lines = text.split("\n")
    margin = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
    return "\n".join(line[margin:] for line in lines).strip("\n")


def inline(text: str) -> str:
    """Roles, literals and links of one paragraph; what looks like HTML is shown, not run."""
    text = _LINK.sub(r"[\1](\2)", text)
    text = _TARGET.sub(r"\1", text)
    text = _ROLE.sub(_role, text)
    text = _LITERAL.sub(r"`\1`", text)
    text = _SHORTENED.sub(r"`\1`", text)
    text = _REFERENCE.sub(lambda m: m[1] or "", text)
    pieces = _CODE.split(text)
    return "".join(p if i % 2 else p.replace("<", "&lt;") for i, p in enumerate(pieces))


def _role(match: re.Match[str]) -> str:
    return f"${match[2]}$" if match[1] == "math" else f"`{match[2].lstrip('~.')}`"


def paragraphs(text: str) -> list[str]:
    """Prose as Markdown blocks: paragraphs, lists, code fences; directives made plain."""
    blocks: list[str] = []
    for chunk in _chunks(text):
        _add_block(blocks, chunk)
    return blocks


def _chunks(text: str) -> list[str]:
    """Text cut at empty lines, but a directive kept with all that is indented below it."""
    chunks: list[str] = []
    for chunk in re.split(r"\n[ \t]*\n", text.strip("\n")):
        directive = _DIRECTIVE.match(chunks[-1].split("\n")[0]) if chunks else None
        if directive and chunk.startswith(directive[1] + "  "):
            chunks[-1] += "\n\n" + chunk
        elif chunk.strip():
            chunks.append(chunk)
    return chunks


def _add_block(blocks: list[str], chunk: str) -> None:
    lines = chunk.strip("\n").split("\n")
    directive = _DIRECTIVE.match(lines[0])
    if directive:
        blocks.extend(_directive(directive, lines[1:]))
    elif any(_PROMPT.match(line) for line in lines):
        blocks.append(examples(chunk))
    elif lines[0][0].isspace() and blocks and blocks[-1].endswith("::"):
        blocks[-1] = blocks[-1][:-1]
        blocks.append(fence(_dedent(chunk), ""))
    elif lines[0].startswith("|") or set(lines[0].strip()) <= set("=+- "):
        blocks.append(fence(_dedent(chunk), "text"))
    else:
        blocks.append(inline(_joined(_dedent(chunk))))


def _directive(match: re.Match[str], rest: list[str]) -> list[str]:
    kind, argument = match[2], match[3]
    options = (line for line in rest if not _OPTION.match(line))
    body = _dedent("\n".join(options))
    if kind == "math":
        return [f"$$\n{(argument + chr(10) + body).strip()}\n$$"]
    if kind in ("code-block", "code", "ipython"):
        return [fence(body, "python")] if body else []
    if kind in _NOTE:
        text = inline(" ".join(f"{argument} {body}".split()))
        return [f"**{_NOTE[kind]}:** {text}"] if text else [f"**{_NOTE[kind]}:**"]
    return []


def _joined(text: str) -> str:
    """Hard-wrapped lines as one, where they are no list."""
    lines = [line.rstrip() for line in text.split("\n")]
    listed = re.compile(r"^\s*([-*+•]|\d+[.)]|#\.) ")
    joined: list[str] = []
    for line in lines:
        if joined and not listed.match(line) and line.strip():
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.strip() if not listed.match(line) else line)
    return "\n".join(joined)


def fence(text: str, language: str = "python") -> str:
    """A code fence that nothing in the text can close."""
    runs = re.findall(r"`{3,}", text)
    marks = "`" * max(3, 1 + max((len(run) for run in runs), default=0))
    return f"{marks}{language}\n{text.rstrip()}\n{marks}"


def examples(text: str, limit: int = 40) -> str:
    """Doctests as Python that can be copied: prompts removed, results as comments."""
    lines: list[str] = []
    for line in _dedent(text).split("\n"):
        if _PROMPT.match(line):
            lines.append(_DOCTEST.sub("", _PROMPT.sub("", line, count=1)))
        elif line.strip():
            lines.append("# " + line.rstrip())
    if len(lines) > limit:
        lines = [*lines[:limit], "# …"]
    return fence("\n".join(lines), "python")
