"""Values that are told in words: errors, code, messages, and all others by their repr."""

from __future__ import annotations

import inspect
import re
import reprlib
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import Invalid
from ..kernels.harmless import SECRET
from ..parts import CellPart, OutputPart, TextPart
from ..protocol import Message

TEXT = 16_000
_SECRET_FILE = re.compile(
    r"(?i)^(\.env.*|\.netrc|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)|.*\.(pem|key|p12|pfx))$"
)
_HIDDEN = "[hidden]"


def clip(text: str, limit: int = TEXT) -> tuple[str, bool]:
    """The text with its middle left out where it is longer, and whether that is so."""
    text = whole(text)
    if len(text) <= limit:
        return text, False
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}", True


def whole(text: str) -> str:
    """The text without halves of characters, which cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Sized(reprlib.Repr):
    """A repr that stays small in containers, and keeps what is named like a secret to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 100
        self.maxdeque = self.maxarray = 100
        self.maxstring = self.maxlong = 2_000
        self.maxother = TEXT
        self.maxlevel = 8

    def repr_dict(self, x: Mapping[Any, Any], level: int) -> str:
        """A dictionary, without the values of keys that look like a secret."""
        shown = {
            key: _Hidden() if isinstance(key, str) and SECRET.search(key) and value else value
            for key, value in x.items()
        }
        return super().repr_dict(shown, level)

    def repr_instance(self, x: Any, level: int) -> str:
        """An object that reprlib does not know; what its own repr raises is raised."""
        return self.repr_dict(dict(x), level) if isinstance(x, Mapping) else repr(x)


class _Hidden:
    def __repr__(self) -> str:
        return _HIDDEN


def represented(value: Any) -> tuple[str, bool]:
    """The value's repr as far as it is sent, and whether something is left out.

    A repr that raises is told by what it raised.
    """
    try:
        return clip(Sized().repr(value))
    except Exception as error:
        return f"It cannot be shown: its repr raises {type(error).__name__}.", True


def raised(error: BaseException) -> tuple[str, bool]:
    """An exception with its traceback, as Python prints it."""
    return clip("".join(traceback.format_exception(error)).rstrip())


def code(value: Any) -> tuple[str, bool]:
    """The source of a function or a class; where there is none, its signature or its repr."""
    try:
        return clip(inspect.getsource(value).rstrip())
    except (OSError, TypeError):
        return represented(value)


def is_code(value: Any) -> bool:
    """Whether it is a function, a method or a class."""
    return inspect.isroutine(value) or inspect.isclass(value)


def message(said: Message) -> str:
    """What another message says, as text."""
    texts = [text for part in said.parts if (text := _part(part))]
    who = said.author.name or said.author.username if said.author else said.role
    return "\n\n".join([f"[Message {said.id} of {who} in the chat {said.session}]", *texts])


def _part(part: Any) -> str:
    match part:
        case TextPart():
            return part.text
        case CellPart():
            return fenced(part.source)
        case OutputPart():
            return str(part.data.get("text/plain", ""))
    return ""


def check_file(path: Path) -> None:
    """Raises Invalid where the file's name is that of a secret."""
    if _SECRET_FILE.match(path.name) or SECRET.search(path.stem):
        raise Invalid(
            f"{path.name} looks like a file of secrets, and what you send is stored with the chat."
            " Is it none? Then send its text: path.read_text()"
        )


def fenced(text: str, language: str = "") -> str:
    """The text as a Markdown code block, whatever fences it has in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
