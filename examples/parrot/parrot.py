"""A whole assistant: it says again what it hears, and writes it down if it may."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from msgspec.structs import replace

from jupyter_chatcore.assistants.base import Assistant, AssistantError, Availability, Item, Turn
from jupyter_chatcore.parts import Approval, ApprovalOption, DiffOutput, ToolPart

VOICES: dict[str, Callable[[str], str]] = {"plain": str, "loud": str.upper}
ADVICE = "Set PARROT_VOICE in the server's environment to plain or loud, and start Jupyter again."
SECONDS_A_WORD = 0.05
OPTIONS = [
    ApprovalOption(id="allow", label="Let it write", kind="allow_once"),
    ApprovalOption(id="deny", label="No", kind="reject_once"),
]


class Parrot(Assistant):
    """What users read of it in the list of assistants is its title and description."""

    name = "parrot"
    title = "Parrot"
    description = "Says again what it hears; *remember* and some words, and it writes them down."

    async def availability(self) -> Availability:
        """Asked whenever assistants are listed: be quick, and say what to do."""
        return Availability() if voice() in VOICES else Availability("not_configured", ADVICE)

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Say the words; a stop arrives at an `await`, as asyncio.CancelledError."""
        if voice() not in VOICES:
            raise AssistantError("not_configured", ADVICE)
        words = turn.text.split()
        if not words:
            raise AssistantError("nothing_heard", "The parrot heard no words: write some.")
        for word in words:
            yield VOICES[voice()](word) + " "
            await asyncio.sleep(SECONDS_A_WORD)
        if words[0].lower() == "remember":
            async for item in remember(" ".join(words[1:]), turn):
                yield item


async def remember(words: str, turn: Turn) -> AsyncIterator[Item]:
    """Write the words down, once the user has allowed it."""
    file = turn.folder / "parrot.txt"
    tool = ToolPart(
        call="remember",
        name="remember",
        title=f"Write to {file.name}",
        kind="edit",
        status="awaiting",
        output=[DiffOutput(path=file.name, new=words)],
        approval=Approval(options=OPTIONS),
    )
    yield tool
    chosen = await turn.decision(tool.call)  # None where nobody answered in time
    if chosen is None or chosen.kind != "allow_once":
        yield "I forget it then."
        return
    await asyncio.to_thread(append, file, words)  # nothing may hold up the server's loop
    yield replace(tool, status="done")
    yield "Written down."


def append(file: Path, words: str) -> None:
    """Add a line to the file."""
    with file.open("a", encoding="utf-8") as notes:
        notes.write(f"{words}\n")


def voice() -> str:
    """How it speaks."""
    return os.environ.get("PARROT_VOICE", "plain")
