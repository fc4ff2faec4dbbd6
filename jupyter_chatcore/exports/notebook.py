"""A chat as a notebook (nbformat 4.5). The rule:

- text becomes Markdown cells, its code blocks in the notebook's language code cells;
  blocks in any other language, or in none, stay where they are in the text.
- what an answer puts out (a plot, a table) becomes the output of the code cell before
  it, or of an empty one where there is none.
- a code cell that was shown to the assistant becomes a code cell with its outputs.
- everything else is told as in the Markdown export, but for reasoning, which is left out.

Each message begins with a line of who and when. The metadata `chatcore` says which
message a cell is of, and its role. Of the tree of messages it has the branch that is
shown. Deleted messages are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from ..assistants.telling import fenced
from ..fences import blocks, closed
from ..parts import BundleOutput, CellPart, OutputPart, Part, ReasoningPart, TextPart, ToolPart
from ..protocol import Message, Session
from .bundles import cell_outputs, display
from .language import PYTHON, Language
from .markdown import heading, part_text, plain
from .people import ending

Json = dict[str, Any]


class Notebook:
    """Writes a notebook whose code is in `language`."""

    mime: ClassVar[str] = "application/x-ipynb+json"
    suffix: ClassVar[str] = ".ipynb"
    whole: ClassVar[bool] = False

    def __init__(self, language: Language = PYTHON) -> None:
        self._language = language
        self._session = ""

    def begin(self, session: Session, count: int, time: str) -> str:
        """The title, as the first cell."""
        self._session = session.id
        title = _cell("markdown", f"# {plain(session.title)}", {}, "title")
        return f'{{\n"cells": [\n{_json(title)}'

    def message(self, message: Message) -> str:
        """Its cells."""
        if message.status == "deleted":
            return ""
        cells = Cells(message, self._language.names)
        return "".join(f",\n{_json(cell)}" for cell in cells.of_message())

    def end(self) -> str:
        """What nbformat wants to know of a notebook."""
        spoken = self._language
        metadata = {
            "chatcore": {"session": self._session},
            "kernelspec": {
                "display_name": spoken.title,
                "language": spoken.name,
                "name": spoken.kernel,
            },
            "language_info": {"name": spoken.name},
        }
        return f'\n],\n"metadata": {_json(metadata)},\n"nbformat": 4,\n"nbformat_minor": 5\n}}\n'


class Cells:
    """The cells of one message."""

    def __init__(self, message: Message, names: tuple[str, ...]) -> None:
        self._message = message
        self._names = names
        self._made: list[Json] = []
        self._text = [heading(message)]

    def of_message(self) -> list[Json]:
        """All of them, in order."""
        for part in self._message.parts:
            self._add(part)
        if end := ending(self._message):
            self._text.append(f"*{plain(end)}*")
        self._flush()
        return self._made

    def _add(self, part: Part) -> None:
        match part:
            case ReasoningPart():
                return
            case TextPart():
                self._add_text(part.text)
            case OutputPart():
                self._add_output(display(part.data, part.metadata))
            case CellPart(cell_type="code"):
                self._flush()
                self._code(part.source, cell_outputs(part.outputs), shown=part.path)
            case ToolPart():
                self._text.append(part_text(part))
                for output in part.output:
                    if isinstance(output, BundleOutput):
                        self._add_output(display(output.data, output.metadata))
            case _:
                self._text.append(part_text(part))

    def _add_text(self, text: str) -> None:
        for block in blocks(text):
            if block.language in self._names:
                self._flush()
                self._code(block.text)
            elif block.language is None:
                self._text.append(block.text)
            else:
                self._text.append(fenced(block.text, block.language))

    def _add_output(self, output: Json) -> None:
        before = self._made[-1] if self._made and not self._text else None
        if before is None or before["cell_type"] != "code":
            self._flush()
            self._code("")
        self._made[-1]["outputs"].append(output)

    def _flush(self) -> None:
        """What was told up to here is a cell."""
        text = "\n\n".join(filter(None, self._text))
        self._text = []
        if text:
            self._made.append(self._cell("markdown", closed(text)))

    def _code(self, source: str, outputs: Iterator[Json] | None = None, **about: str) -> None:
        made = self._cell("code", source, **about)
        made.update(execution_count=None, outputs=list(outputs or ()))
        self._made.append(made)

    def _cell(self, kind: str, source: str, **about: str) -> Json:
        said = {"message": self._message.id, "role": self._message.role, **about}
        name = f"m{self._message.id}-{len(self._made)}"
        return _cell(kind, source, {"chatcore": said}, name)


def _cell(kind: str, source: str, metadata: Json, name: str) -> Json:
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": source}


def _json(value: Json) -> str:
    return msgspec.json.encode(value).decode()
