"""An assistant that does what it is told, at the speed it is told: for tests.

stream 200 20ms    200 words, 20 ms apart
say # Hello        the rest of the prompt, as Markdown
hold               nothing at all, until it is stopped
fail               an error for the user
anything else      an echo
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from jupyter_chatcore.assistants.base import Assistant, AssistantError, Item, Turn
from jupyter_chatcore.parts import TextPart


def prompt_text(turn: Turn) -> str:
    """What the user wrote."""
    return "".join(part.text for part in turn.prompt.parts if isinstance(part, TextPart))


class ScriptedAssistant(Assistant):
    """Follows the script that the prompt is."""

    name = "scripted"
    title = "Scripted"
    description = "Does what the prompt says, for tests."

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """Yield what the prompt asks for."""
        command, _, rest = prompt_text(turn).partition(" ")
        match command:
            case "stream":
                count, delay = rest.split()
                async for word in words(int(count), float(delay.removesuffix("ms")) / 1000):
                    yield word
            case "say":
                yield rest
            case "hold":
                await asyncio.Event().wait()
            case "fail":
                raise AssistantError("scripted", "The script says: fail.")
            case _:
                yield f"You said: {prompt_text(turn)}"


async def words(count: int, delay: float) -> AsyncIterator[str]:
    """`w0 w1 w2 ...`, `delay` seconds apart."""
    for number in range(count):
        yield f"w{number} "
        await asyncio.sleep(delay)
