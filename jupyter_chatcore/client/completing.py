"""What can come next in a line of `%chat`: options, assistants, models, chats, variables."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any

from ..api import AssistantInfo
from ..errors import ChatcoreError
from ..protocol import Session
from .conversation import Where, answering, listed
from .options import LONG, SHORT
from .portal import run

_SECONDS = 2.0
_FRESH = 10.0
_CHATS = 50
_LAST = re.compile(r"(?:^|\s)(?P<option>--?[a-z]+)[\s=]+(?P<word>\S*)$")
_NAME = re.compile(r"(?<!\{)\{(?P<word>\w*)$")


class Known:
    """What the server had when it was last asked: asked again after ten seconds."""

    def __init__(self) -> None:
        self._until = 0.0
        self._known: tuple[list[AssistantInfo], list[Session]] = ([], [])

    def now(self) -> tuple[list[AssistantInfo], list[Session]]:
        """The assistants and the chats; nothing where no server answers soon."""
        if monotonic() > self._until:
            try:
                self._known = run(asyncio.wait_for(_asked(), _SECONDS))
            except (ChatcoreError, TimeoutError):
                self._known = ([], [])
            self._until = monotonic() + _FRESH
        return self._known


async def _asked() -> tuple[list[AssistantInfo], list[Session]]:
    where = Where()
    assistants, chats = await asyncio.gather(answering(where), listed(where, _CHATS, None))
    return assistants, chats


_known = Known()


def completions(line: str, space: Mapping[str, Any]) -> list[str]:
    """What the last word of a line could become; the line ends at the cursor."""
    if name := _NAME.search(line):
        return _names(name["word"], space)
    found = _LAST.search(line)
    option = found and LONG.get(SHORT.get(found["option"], found["option"]))
    if found and option in ("assistant", "model", "chat"):
        return _of(_offered(option), found["word"])
    last = line.rpartition(" ")[2]
    return _of([*LONG, *SHORT], last) if last.startswith("-") else []


def _offered(option: str) -> Iterable[str]:
    assistants, chats = _known.now()
    if option == "assistant":
        return [each.name for each in assistants]
    if option == "chat":
        return [each.id for each in chats]
    models = (choice for each in assistants for choice in each.choices if choice.name == "model")
    return dict.fromkeys(value for choice in models for value in choice.values)


def _names(word: str, space: Mapping[str, Any]) -> list[str]:
    own = (name for name in space if name.startswith(word) and (word or name[0] != "_"))
    return sorted(own)


def _of(offered: Iterable[str], word: str) -> list[str]:
    return [each for each in offered if each.startswith(word)]
