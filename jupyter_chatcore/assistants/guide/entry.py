"""What is known of one name, and what the server and the reader say to each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from .packages import Package

Kind = Literal["module", "class", "exception", "function", "method", "property", "object"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One public name of a package and its documentation.

    `name` is the shortest public path to it, `aliases` are others. `doc` is the
    docstring with its indentation removed, without the line of its signature.
    `prior` weighs it in a ranked list, 1 for what most people look for.
    """

    name: str
    kind: Kind
    package: str
    signature: str = ""
    summary: str = ""
    doc: str = ""
    prior: float = 1.0
    aliases: tuple[str, ...] = ()

    @property
    def tail(self) -> str:
        """The last component of the name."""
        return self.name.rpartition(".")[2]

    @property
    def called(self) -> str:
        """The name as people write it."""
        return self.name.removeprefix("builtins.")


class Look(msgspec.Struct, frozen=True, kw_only=True, tag="look"):
    """Ask for the first of these dotted names that exists; `seconds` bound the process."""

    names: tuple[str, ...]
    seconds: float


class Read(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    """Ask to read a package and to add it to the index in the file `target`."""

    package: Package
    version: str
    target: str
    seconds: float


Request = Look | Read


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to both: the entry that was looked for, or how many were read."""

    entry: Entry | None = None
    entries: int = 0
    problem: str = ""
