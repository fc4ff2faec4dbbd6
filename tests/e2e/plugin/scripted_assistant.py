"""An assistant that does what it is told, at the speed it is told: for tests.

stream 200 20ms        200 words, 20 ms apart
prose 500 5ms          500 words of Markdown: paragraphs, lists, code
say # Hello            the rest of the prompt, as Markdown
type # Hello           the same, a few letters at a time
think 500ms            thoughts for so long, then a word
hold                   nothing at all, until it is stopped
fail `pip install x`   an error for the user, with this text
ask Edit a file        a tool that asks for permission, then what was decided; it goes on
                       after a restart
ask2                   two tools that ask at once
wait 5                 a notice that counts down so many seconds, then a word
plan                   a plan whose steps are done one after the other
show                   every kind of part, and what was sent
rich                   an answer with all that can be said and shown
settings               the settings that it was given, as JSON
call edit_cell {…}     a tool of the turn, as a model would call it; a line each
shown                  what of notebooks it was shown, as JSON
files                  the names of the files that came with it, and how long they are
anything else          an echo
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from itertools import islice

import msgspec
from rich_parts import rich
from scripted_parts import PLAN, asking, done, everything, notice, plan, prose

from jupyter_chatcore.api import Choice
from jupyter_chatcore.assistants.base import (
    Assistant,
    AssistantError,
    Availability,
    Item,
    Turn,
)
from jupyter_chatcore.assistants.toolbox import Toolbox
from jupyter_chatcore.parts import (
    CellPart,
    FilePart,
    ReasoningPart,
    TextPart,
    ToolPart,
    VariablePart,
    open_requests,
)
from jupyter_chatcore.protocol import Message

Items = AsyncIterator[Item]


def prompt_text(turn: Turn) -> str:
    """What the user wrote."""
    return "".join(part.text for part in turn.prompt.parts if isinstance(part, TextPart))


class ScriptedAssistant(Assistant):
    """Follows the script that the prompt is."""

    name = "scripted"
    title = "Scripted"
    description = "Does what the prompt says, for tests."

    async def availability(self) -> Availability:
        """Ready, with two things to choose."""
        model = Choice(name="model", title="Model", values=["small", "large"], value="small")
        mode = Choice(name="mode", title="Mode", values=["ask", "edit"], value="ask")
        return Availability(choices=(model, mode))

    async def reply(self, turn: Turn) -> Items:
        """Yield what the prompt asks for."""
        command, _, rest = prompt_text(turn).partition(" ")
        async for item in SCRIPTS.get(command, _echo)(turn, rest):
            yield item

    async def resume(self, turn: Turn, answer: Message) -> Items:
        """Go on where a tool has asked."""
        for tool in open_requests(answer.parts):
            async for item in _decided(turn, tool):
                yield item


class ForgetfulAssistant(ScriptedAssistant):
    """The same, but it cannot go on after a restart of the server."""

    name = "forgetful"
    title = "Forgetful"
    resume = Assistant.resume


async def _echo(turn: Turn, _rest: str) -> Items:
    yield f"You said: {prompt_text(turn)}"


async def _stream(_turn: Turn, rest: str) -> Items:
    count, delay = rest.split()
    for number in range(int(count)):
        yield f"w{number} "
        await asyncio.sleep(float(delay.removesuffix("ms")) / 1000)


async def _prose(_turn: Turn, rest: str) -> Items:
    count, delay = rest.split()
    for word in islice(prose(), int(count)):
        yield word
        await asyncio.sleep(float(delay.removesuffix("ms")) / 1000)


async def _say(_turn: Turn, rest: str) -> Items:
    yield rest


async def _type(_turn: Turn, rest: str) -> Items:
    for start in range(0, len(rest), 3):
        yield rest[start : start + 3]
        await asyncio.sleep(0.03)


async def _think(_turn: Turn, rest: str) -> Items:
    yield ReasoningPart(text="I think ")
    await asyncio.sleep(float(rest.removesuffix("ms")) / 1000)
    yield TextPart(text="Done.")


async def _hold(_turn: Turn, _rest: str) -> Items:
    await asyncio.Event().wait()
    yield ""


async def _fail(_turn: Turn, rest: str) -> Items:
    yield "So far it went well."
    raise AssistantError("scripted", rest or "The script says: fail.")


async def _ask(turn: Turn, rest: str) -> Items:
    tool = asking("first", rest or "Edit a file")
    yield tool
    async for item in _decided(turn, tool):
        yield item


async def _decided(turn: Turn, tool: ToolPart) -> Items:
    chosen = await turn.decision(tool.call)
    if chosen and chosen.kind.startswith("allow"):
        yield done(tool)
    yield f"Decided: {chosen.id if chosen else 'nothing'}"


async def _ask_twice(turn: Turn, _rest: str) -> Items:
    calls = ["first", "second"]
    for call in calls:
        yield asking(call, f"Run the {call}")
    chosen = await asyncio.gather(*map(turn.decision, calls))
    yield "Decided: " + ", ".join(option.id if option else "nothing" for option in chosen)


async def _wait(_turn: Turn, rest: str) -> Items:
    yield notice(float(rest))
    await asyncio.sleep(float(rest))
    yield "Waited."


async def _plan(_turn: Turn, _rest: str) -> Items:
    for steps in range(len(PLAN) + 1):
        yield plan(steps)
        await asyncio.sleep(0.5)
    yield "Planned."


async def _show(_turn: Turn, _rest: str) -> Items:
    for item in everything():
        yield item


async def _rich(_turn: Turn, _rest: str) -> Items:
    for item in rich():
        yield item


async def _settings(turn: Turn, _rest: str) -> Items:
    yield json.dumps(turn.settings, sort_keys=True)


async def _files(turn: Turn, _rest: str) -> Items:
    for part in turn.prompt.parts:
        if isinstance(part, FilePart):
            yield f"{part.name} ({part.mime}): {len(await turn.read(part))}. "


async def _shown(turn: Turn, _rest: str) -> Items:
    shown = [part for part in turn.prompt.parts if isinstance(part, CellPart | VariablePart)]
    yield msgspec.json.encode(shown).decode()


async def _call(turn: Turn, rest: str) -> Items:
    toolbox = Toolbox(turn.tools, turn.decision)
    for number, line in enumerate(rest.splitlines()):
        name, _, arguments = line.partition(" ")
        part = toolbox.asked(name, f"call-{number}", arguments)
        yield part
        async for shown in toolbox.run(part):
            yield shown
        yield f"{name}: {shown.status}. "


SCRIPTS: dict[str, Callable[[Turn, str], Items]] = {
    "stream": _stream,
    "prose": _prose,
    "say": _say,
    "type": _type,
    "think": _think,
    "hold": _hold,
    "fail": _fail,
    "ask": _ask,
    "ask2": _ask_twice,
    "wait": _wait,
    "plan": _plan,
    "show": _show,
    "rich": _rich,
    "settings": _settings,
    "files": _files,
    "shown": _shown,
    "call": _call,
}
