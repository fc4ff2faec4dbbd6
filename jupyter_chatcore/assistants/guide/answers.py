"""A prompt -> the answer: what kind of prompt it is, and which of the others knows."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from ...parts import CellPart, TextPart
from ...protocol import Message
from ..base import Turn
from . import problems, texts
from .advice import advise
from .commands import Commands
from .docstrings import fence
from .entry import Entry
from .library import Library
from .lookup import Lookup
from .pages import listed, page, where
from .ranking import Ranked
from .symbols import Mention, mentions

SURE = 0.6
"""The share of a question that an entry must cover to be shown as the answer."""
PERHAPS = 0.5
"""The share from which it is named as a guess."""
FAINT = 0.2
"""The strength below which a guess is not worth naming."""
MOST_OTHERS = 6
_COMMAND = re.compile(r"/[A-Za-z]+(?=\s|$)")


def text_of(message: Message) -> str:
    """What a message says: its text, and the errors of cells that it shows."""
    said = [part.text for part in message.parts if isinstance(part, TextPart)]
    shown = [part for part in message.parts if isinstance(part, CellPart)]
    return "\n".join([*said, *(line for cell in shown for line in _errors(cell))]).strip()


def _errors(cell: CellPart) -> list[str]:
    failed = [one for one in cell.outputs if one.get("output_type") == "error"]
    return [f"{one.get('ename', 'Error')}: {one.get('evalue', '')}" for one in failed]


class Guide:
    """Answers prompts from the documentation of what is installed."""

    def __init__(self, library: Library, lookup: Lookup | None = None) -> None:
        self._library = library
        self._lookup = lookup or Lookup(library)
        self._commands = Commands(self._lookup, self._problem)

    async def answer(self, turn: Turn) -> AsyncIterator[str]:
        """The answer's Markdown, in pieces."""
        await self._library.begin()
        async for piece in self._route(text_of(turn.prompt), turn):
            yield piece

    def _route(self, prompt: str, turn: Turn) -> AsyncIterator[str]:
        if _COMMAND.match(prompt):
            return self._commands.answer(prompt, turn)
        said = texts.small_talk(prompt) if prompt else texts.EMPTY
        if said is not None:
            return _say(said)
        problem = problems.read(prompt)
        if problem is not None:
            return self._problem(problem)
        if prompt.lower().rstrip("?!. ") == "help":
            return self._commands.answer("/help", turn)
        if texts.wants_a_model(prompt):
            return self._commands.answer("/connect", turn)
        return self._question(prompt)

    async def _problem(self, problem: problems.Problem) -> AsyncIterator[str]:
        text = problem.text.replace("\n", " ")
        yield f"### {problem.name}\n\n" + (fence(text, "text") + "\n\n" if text else "")
        if problem.code:
            yield "It was raised here:\n\n" + fence(problem.code) + "\n\n"
        async for note in self._lookup.wait():
            yield note
        advice = await advise(problem, self._library)
        for paragraph in advice:
            yield paragraph + "\n\n"
        entry = await self._lookup.exact(Mention(problem.kind, (problem.kind, problem.name), ()))
        if entry is None:
            entry = next(iter(await self._library.ending(problem.name)), None)
        if entry is not None:
            yield f"**{problem.name}**: {entry.summary}\n\n{where(entry)}"
        elif not advice:
            yield "I know nothing about this error. Its last line, searched for as it is, may help."

    async def _question(self, prompt: str) -> AsyncIterator[str]:
        asked = mentions(prompt)
        found = await self._named(asked)
        if not found:
            async for note in self._lookup.wait():
                yield note
            found = await self._named(asked)
        if found:
            async for block in _entries(found):
                yield block
            return
        async for block in _ranked(await self._lookup.search(prompt), asked):
            yield block

    async def _named(self, asked: list[Mention]) -> list[Entry]:
        """What the names in a prompt mean: all that a single one may, else each one's best."""
        found: dict[str, Entry] = {}
        for mention in asked:
            entries = await self._lookup.entries(mention)
            for entry in entries if len(asked) == 1 else entries[:1]:
                found.setdefault(entry.name, entry)
        return list(found.values())


async def _say(text: str) -> AsyncIterator[str]:
    yield text


async def _entries(found: list[Entry]) -> AsyncIterator[str]:
    for block in page(found[0]):
        yield block + "\n\n"
    if len(found) > 1:
        yield "**Also**\n\n" + listed(found[1 : 1 + MOST_OTHERS])


async def _ranked(found: list[Ranked], asked: list[Mention]) -> AsyncIterator[str]:
    good = [one.entry for one in _distinct(found) if one.share >= SURE]
    if not good:
        guesses = [one.entry for one in _distinct(found) if _worth_a_guess(one)]
        yield _guessed(guesses[:MOST_OTHERS]) if guesses else _nothing(asked)
        return
    yield "The closest that I found in the documentation of what is installed here:\n\n"
    for block in page(good[0]):
        yield block + "\n\n"
    if len(good) > 1:
        yield "**Or one of these**\n\n" + listed(good[1 : 1 + MOST_OTHERS])


def _distinct(found: list[Ranked]) -> list[Ranked]:
    """Each name of a package once: a method is often there for several classes."""
    first: dict[tuple[str, str], Ranked] = {}
    for one in found:
        first.setdefault((one.entry.package, one.entry.tail), one)
    return list(first.values())


def _worth_a_guess(one: Ranked) -> bool:
    return one.share >= PERHAPS and one.strength >= FAINT


def _guessed(entries: list[Entry]) -> str:
    return (
        "I am not sure that anything here fits. I search the documentation of what is installed,"
        " by words. Perhaps one of these; `/docs` and the name shows it:\n\n" + listed(entries)
    )


def _nothing(asked: list[Mention]) -> str:
    names = ", ".join(f"`{mention.text}`" for mention in asked)
    said = f"Nothing that is installed here is called {names}. " if names else ""
    return (
        f"{said}I found nothing that fits. I search the documentation of the packages that are"
        " installed here (`/packages`) and am no language model, so plain key words work best:"
        " *merge two dataframes*, `pandas.merge`, or an error message. `/connect` tells how to get"
        " an assistant that understands more."
    )
