"""The options at the beginning of a line of `%chat`; what follows them are words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..errors import BadRequest

LONG = {
    "--assistant": "assistant",
    "--model": "model",
    "--chat": "chat",
    "--to": "to",
    "--code": "code",
    "--help": "help",
}
SHORT = {"-a": "--assistant", "-m": "--model", "-c": "--chat", "-h": "--help"}
FLAGS = ("code", "help")

_OPTION = re.compile(r"\s*(--?[A-Za-z][\w-]*)(?:=|(?=\s|$))")
_VALUE = re.compile(
    r"\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s\"']\S*))(?=\s|$)"
)


@dataclass(frozen=True)
class Options:
    """What a line asks for: `to` is the variable that takes the answer."""

    assistant: str | None = None
    model: str | None = None
    chat: str | None = None
    to: str | None = None
    code: bool = False
    help: bool = False
    words: str = ""


def read(line: str) -> Options:
    """The options of a line. `--` ends them: what follows are words.

    Raises:
        BadRequest: an option is not known, or has no value.
    """
    known: dict[str, Any] = {}
    place = 0
    while option := _OPTION.match(line, place):
        name = LONG.get(SHORT.get(option[1], option[1]))
        if name is None:
            raise BadRequest(f"There is no option {option[1]}: %chat --help lists them all.")
        place = option.end()
        if name in FLAGS:
            known[name] = True
            continue
        value = _VALUE.match(line, place)
        if value is None:
            raise BadRequest(f"{option[1]} needs a value: %chat --help tells which.")
        known[name] = next(text for text in value.groups() if text is not None)
        place = value.end()
    if (to := known.get("to")) and not str(to).isidentifier():
        raise BadRequest(f"--to needs the name of a variable, and {to!r} is none.")
    words = line[place:].strip()
    return Options(**known, words=words.removeprefix("-- ").strip())
