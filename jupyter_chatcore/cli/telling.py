"""How messages are told in a shell: their text as it grows, and notes of all else."""

from __future__ import annotations

from ..parts import (
    CellPart,
    CustomPart,
    FilePart,
    NoticePart,
    OutputPart,
    Part,
    PlanPart,
    ReasoningPart,
    TextPart,
    ToolPart,
    VariablePart,
)
from ..protocol import Message
from .output import Output

_ENDS = {"done", "failed", "denied", "cancelled"}


def note_of(part: Part) -> str:
    """A part in a line; "" for texts, thoughts, and tools of which there is nothing to say yet."""
    note = ""
    match part:
        case ToolPart():
            note = _tool(part)
        case NoticePart():
            note = part.text
        case OutputPart():
            note = f"output: {', '.join(part.data)}"
        case FilePart():
            note = f"file: {part.name} ({part.mime}, {part.size} bytes)"
        case CellPart():
            note = f"cell of {part.path}: {part.source.strip().partition(chr(10))[0]}"
        case VariablePart():
            note = f"variable: {part.name} ({part.python_type})"
        case PlanPart():
            note = f"plan: {'; '.join(entry.content for entry in part.entries)}"
        case CustomPart():
            note = part.kind
        case TextPart() | ReasoningPart():
            pass
    return " ".join(note.split())


def _tool(part: ToolPart) -> str:
    title = part.title or part.name
    if part.status == "awaiting":
        return f"{title}: waits for your permission; answer it where the chat is shown"
    return f"{title}: {part.status}" if part.status in _ENDS else ""


class Telling:
    """An answer while it comes: its text goes to `out`, notes of the rest to `notes`."""

    def __init__(self, out: Output, notes: Output) -> None:
        self._out = out
        self._notes = notes
        self._told: dict[int, int] = {}
        self._noted: dict[int, str] = {}
        self._writing: int | None = None
        self._at_margin = True

    def update(self, message: Message) -> None:
        """Tell what is new in the message."""
        for index, part in enumerate(message.parts):
            if isinstance(part, TextPart):
                self._text(index, part.text)
            elif (note := note_of(part)) and self._noted.get(index) != note:
                self._noted[index] = note
                self._break()
                self._notes.line(note, "dim")

    def end(self) -> None:
        """Nothing more comes."""
        if not self._at_margin:
            self._out.write("\n")

    def _text(self, index: int, text: str) -> None:
        told = self._told.get(index, 0)
        if len(text) == told:
            return
        if self._told and self._writing != index:
            self._out.write("\n\n" if not self._at_margin else "\n")
        self._out.write(text[told:])
        self._told[index], self._writing = len(text), index
        self._at_margin = text.endswith("\n")

    def _break(self) -> None:
        """On a terminal, where both are shown, a note has a line of its own."""
        if self._out.is_terminal and not self._at_margin:
            self._out.write("\n")
            self._at_margin = True
