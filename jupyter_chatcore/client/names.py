"""By which names the caller of a function knows the values that he gave it.

A value's name is a variable of the caller that holds this very object. Small values
(numbers, texts) are named by nothing: the same object is held in many places. A value
that the caller calls like a secret is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any

from ..errors import Invalid
from ..kernels.harmless import SECRET

ATOMS = (bool, int, float, complex, str, bytes, type(None))
_SHORTEST = 8
_PACKAGE = __name__.partition(".")[0]

Spaces = Sequence[Mapping[str, Any]]


def callers() -> list[Mapping[str, Any]]:
    """The variables of the nearest caller outside of this package: its own, then its module's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _ours(frame):
        frame = frame.f_back
    return [] if frame is None else [frame.f_locals, frame.f_globals]


def _ours(frame: FrameType) -> bool:
    module = frame.f_globals.get("__name__") or ""
    return str(module).partition(".")[0] == _PACKAGE


def name_of(value: Any, spaces: Spaces) -> str:
    """What the caller calls the value, "" where that cannot be told.

    Raises:
        Invalid: a text has a name that looks like that of a secret, or all else only such.
    """
    names = [name for name in _held(value, spaces) if name.isidentifier() and name[0] != "_"]
    known = [name for name in names if not SECRET.search(name)]
    atom = isinstance(value, ATOMS)
    if len(known) < len(names) and (atom or not known):
        refuse(next(name for name in names if name not in known))
    return known[0] if known and not atom else ""


def _held(value: Any, spaces: Spaces) -> Iterator[str]:
    """The variables that hold this very object; short texts and numbers are held by chance."""
    if isinstance(value, ATOMS) and not (
        isinstance(value, (str, bytes)) and len(value) >= _SHORTEST
    ):
        return
    for space in spaces:
        yield from (name for name, held in list(space.items()) if held is value)


def check_name(name: str) -> None:
    """Raises Invalid where a value of this name may be a secret."""
    if SECRET.search(name):
        refuse(name)


def refuse(name: str) -> None:
    """Raises Invalid: what is sent is stored, and shown to who answers."""
    raise Invalid(
        f"`{name[:40]}` looks like a secret, and what you send is stored with the chat and shown"
        " to who answers. Is it none? Then give it another name:"
        ' context={"name": value}'
    )
