"""A package -> the entries of its public names. Runs in the reader's process only."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec

from .entry import Entry
from .inspecting import describe, kind_of, resolve
from .packages import STDLIB, Package

DEEPER = 0.93
"""How much less an entry counts with each step below its root."""
DEPRECATED = 0.5
SIDE = 0.7
"""How much less the methods of a class count that is no root."""
TERSE = 0.85
"""How much less a docstring of under 200 characters counts: it often refers to another."""
_MEMBERS = ("function", "method", "class", "property", "object")


class Harvest:
    """The entries of one package, each object once, under its first and shortest name."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._entries: dict[int, Entry] = {}
        # objects are told apart by id(), so each must live as long as this does
        self._alive: list[Any] = []

    def entries(self) -> list[Entry]:
        """Read the package from its roots on.

        Raises whatever the package raises while it is imported.
        """
        for order, root in enumerate(self._package.modules):
            thing = self._root(root, required=order == 0)
            if thing is not None:
                self._read(root, thing, self._weight(root))
        return list(self._entries.values())

    def _root(self, root: str, required: bool) -> Any:
        try:
            return resolve(root)
        except (LookupError, ImportError):
            # a newer or older release may not have this corner; the package itself must be there
            if required:
                raise
            return None

    def _weight(self, root: str) -> float:
        depth = 0 if self._package.name == STDLIB else root.count(".")
        return self._package.prior * float(DEEPER**depth)

    def _read(self, path: str, thing: Any, weight: float) -> None:
        self._keep(path, thing, weight)
        if not inspect.ismodule(thing):
            self._members(path, thing, weight)
            return
        for name, value in _public(thing):
            if inspect.ismodule(value) or not self._owns(path, thing, value):
                continue
            self._keep(f"{path}.{name}", value, weight)
            if inspect.isclass(value) and self._wants_methods(name, value):
                self._members(f"{path}.{name}", value, weight * SIDE)

    def _members(self, path: str, thing: Any, weight: float) -> None:
        for name, value in _class_members(thing if inspect.isclass(thing) else type(thing)):
            if kind_of(value) in _MEMBERS and getattr(value, "__doc__", None):
                self._keep(f"{path}.{name}", value, weight)

    def _keep(self, name: str, thing: Any, weight: float) -> None:
        known = self._entries.get(id(thing))
        if known is not None:
            if name != known.name:
                aliases = (*known.aliases, name)
                self._entries[id(thing)] = msgspec.structs.replace(known, aliases=aliases)
            return
        entry = describe(name, thing, self._package.name)
        if not entry.doc:
            return
        entry = msgspec.structs.replace(entry, prior=round(weight * _quality(entry.doc), 4))
        self._alive.append(thing)
        self._entries[id(thing)] = entry

    def _owns(self, path: str, module: Any, value: Any) -> bool:
        """Whether a value is this package's own, not something it imported for itself."""
        if name_is_listed := hasattr(module, "__all__"):
            return name_is_listed
        home = getattr(value, "__module__", None) or ""
        if self._package.name == STDLIB:
            return home.lstrip("_").partition(".")[0] == path.partition(".")[0] or not home
        return bool(home.partition(".")[0] == self._package.name) or (callable(value) and not home)

    def _wants_methods(self, name: str, value: Any) -> bool:
        methods = self._package.methods
        if issubclass(value, BaseException) or methods == "none":
            return False
        return methods == "all" or name in methods


def _quality(doc: str) -> float:
    old = DEPRECATED if "deprecated" in doc[:600].lower() else 1.0
    return old * (TERSE if len(doc) < 200 else 1.0)


def _public(module: Any) -> Iterator[tuple[str, Any]]:
    listed = getattr(module, "__all__", None)
    names = listed if isinstance(listed, list | tuple) else sorted(vars(module))
    for name in names:
        if isinstance(name, str) and not name.startswith("_"):
            yield from _value(module, name)


def _value(holder: Any, name: str) -> Iterator[tuple[str, Any]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = getattr(holder, name)
    except Exception:  # noqa: BLE001, RUF100  (a lazy attribute may fail in any way)
        return
    if callable(value):
        yield name, value


def _class_members(cls: type) -> Iterator[tuple[str, Any]]:
    """What a class and its own bases define, without what every object or exception has."""
    seen: set[str] = set()
    for base in cls.__mro__:
        if base in (object, BaseException, Exception, tuple, dict) and base is not cls:
            continue
        for name, value in vars(base).items():
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield name, getattr(value, "__func__", value)
