"""The commands that begin with a slash."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from ...api import SearchHit
from ..base import Turn
from ..threads import in_thread
from . import machine, notebook, problems, texts
from .docstrings import fence
from .lookup import Lookup
from .pages import page
from .problems import Problem
from .symbols import named

Pieces = AsyncIterator[str]
MOST_HITS = 10


class Command(NamedTuple):
    """One command: how it is written, what it does, and the answer."""

    usage: str
    does: str
    answer: Callable[[str, Turn], Pieces]


class Commands:
    """All commands, over one library; `explained` is what is said of an error."""

    def __init__(self, lookup: Lookup, explained: Callable[[Problem], Pieces]) -> None:
        self._lookup = lookup
        self._explained = explained
        self.all: dict[str, Command] = {
            "help": Command("/help", "this page", self._help),
            "docs": Command("/docs name", "all that is known of a name", self._docs),
            "vars": Command("/vars", "the variables of the notebook's kernel", self._vars),
            "describe": Command("/describe name", "what is in a variable", self._describe),
            "explain": Command(
                "/explain", "the last error of the notebook, or one that follows", self._explain
            ),
            "find": Command("/find words", "search all chats", self._find),
            "packages": Command("/packages", "what has been read", self._packages),
            "connect": Command(
                "/connect", "how to get a model or an agent to answer", self._connect
            ),
        }

    def answer(self, prompt: str, turn: Turn) -> Pieces:
        """The answer to a prompt that begins with a slash."""
        word, *rest = prompt[1:].split(maxsplit=1)
        command = self.all.get(word.lower())
        if command is None:
            return self._unknown(word)
        return command.answer(" ".join(rest).strip(), turn)

    async def _unknown(self, word: str) -> Pieces:
        known = ", ".join(f"`{command.usage}`" for command in self.all.values())
        yield f"There is no command `/{word[:40]}`. These work: {known}."

    async def _help(self, rest: str, turn: Turn) -> Pieces:
        rows = "\n".join(f"| `{one.usage}` | {one.does} |" for one in self.all.values())
        yield texts.HELP.format(commands=rows, who=texts.WHAT_I_AM)

    async def _docs(self, rest: str, turn: Turn) -> Pieces:
        mention = named(rest)
        if mention is None:
            yield "Say a name: `/docs pandas.merge`."
            return
        async for note in self._lookup.wait_unless_exact(mention):
            yield note
        entries = await self._lookup.entries(mention)
        if not entries:
            yield f"Nothing that is installed here is called `{mention.text}`."
            return
        for block in page(entries[0], whole=True):
            yield block + "\n\n"

    def _vars(self, rest: str, turn: Turn) -> Pieces:
        return notebook.variables(turn)

    def _describe(self, rest: str, turn: Turn) -> Pieces:
        return notebook.variable(rest, turn)

    async def _explain(self, rest: str, turn: Turn) -> Pieces:
        problem = problems.read(rest) if rest else await notebook.last_problem(turn)
        if isinstance(problem, Problem):
            async for piece in self._explained(problem):
                yield piece
        else:
            yield problem or texts.NO_ERROR

    async def _find(self, rest: str, turn: Turn) -> Pieces:
        if not rest:
            yield "Say what to search for: `/find moving average`."
            return
        result = await turn.search(rest)
        # the question itself is stored by now, and would always be the first hit
        hits = [hit for hit in result.hits if hit.message != turn.prompt.id][:MOST_HITS]
        if not hits:
            yield f"No message in the chats has the words {_shown(rest)}."
            return
        yield f"Messages with {_shown(rest)}:\n\n" + "\n".join(_hit(hit) for hit in hits)

    async def _packages(self, rest: str, turn: Turn) -> Pieces:
        known = await self._lookup.library.packages()
        reading = self._lookup.library.reading
        if known:
            yield "| package | version | names |\n|---|---|---|\n" + "\n".join(
                f"| {one.name} | {one.version} | {one.problem or one.entries} |" for one in known
            )
        if reading is not None:
            left = [one.name for one in reading.todo if one.name not in reading.done]
            yield f"\n\nStill being read: {', '.join(left)}."
        elif not known:
            yield "Nothing has been read: the server's log says why."

    async def _connect(self, rest: str, turn: Turn) -> Pieces:
        found = await in_thread(machine.found, "chatcore-machine")
        yield texts.CONNECT.format(
            who_now=texts.WHAT_I_AM.partition(" `/connect`")[0],
            providers=machine.providers(),
            keys=machine.code(machine.keys()),
            agents=machine.agents(),
            settings=fence(texts.SETTINGS),
            example=fence(texts.EXAMPLE),
            registration=fence(texts.REGISTRATION, "toml"),
            found="\n".join(f"- {line}" for line in found),
        )


def _shown(words: str) -> str:
    return "*" + words.replace("*", "").replace("<", "&lt;")[:100] + "*"


def _hit(hit: SearchHit) -> str:
    text = "".join(_marked(piece.text, piece.match) for piece in hit.snippet)
    return f"- **{_plain(hit.title)}** ({hit.role}, {hit.created[:10]}): {text}"


def _marked(text: str, match: bool) -> str:
    plain = _plain(text)
    return f"**{plain}**" if match and plain.strip() else plain


def _plain(text: str) -> str:
    """A piece of somebody's message as plain text on one line: its own Markdown is not run."""
    line = " ".join(text.split())
    line = "".join("\\" + letter if letter in "\\`*_[]<>|#$~" else letter for letter in line)
    return (" " if text[:1].isspace() else "") + line + (" " if text[-1:].isspace() else "")
