"""One Python object -> an entry. Runs in the reader's process only: it touches user packages."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from importlib.util import find_spec
from typing import Any

from .entry import Entry, Kind
from .packages import BY_NAME, STDLIB

DOC_LIMIT = 40_000
"""Characters of a docstring that are kept."""

_NEVER = frozenset({"antigravity", "this", "idlelib", "turtledemo", "turtle", "test", "__main__"})
"""Modules whose import does something: opens a browser or a window, prints, runs tests."""

_SIGNATURE_LINE = re.compile(r"^[\w.]+\(.*?\)(\s*->\s*.+)?$", re.S)


def resolve(name: str) -> Any:
    """The object that a dotted name stands for; imports the modules on the way.

    Raises:
        LookupError: there is none, or it is not to be imported.
    """
    path = name.split(".")
    found: Any = _import(path[0])
    for done, part in enumerate(path[1:], 1):
        try:
            found = getattr(found, part)
        except AttributeError:
            if not inspect.ismodule(found):
                raise LookupError(name) from None
            found = _import(".".join(path[: done + 1]))
    return found


def _import(module: str) -> Any:
    parts = module.split(".")
    if parts[0] in _NEVER or any(part.startswith("_") for part in parts):
        raise LookupError(module)
    try:
        if find_spec(module) is None:
            raise LookupError(module)
    except (ImportError, ValueError, AttributeError):
        raise LookupError(module) from None
    return importlib.import_module(module)


def describe(name: str, thing: Any, package: str | None = None, prior: float = 1.0) -> Entry:
    """The entry of an object under its dotted name."""
    doc = _docstring(thing)
    signature = signature_of(thing, name.rpartition(".")[2])
    first, _, rest = doc.partition("\n\n")
    if _SIGNATURE_LINE.match(first.strip()) and "\n" not in first.strip():
        signature, doc = signature or first.strip(), rest.strip()
    return Entry(
        name=name,
        kind=kind_of(thing),
        package=package or owner(name),
        signature=signature,
        summary=summary_of(doc),
        doc=doc[:DOC_LIMIT],
        prior=prior,
    )


def owner(name: str) -> str:
    """The package that a dotted name belongs to."""
    top = name.partition(".")[0]
    return STDLIB if top in sys.stdlib_module_names and top not in BY_NAME else top


def kind_of(thing: Any) -> Kind:
    """What an object is, in one word."""
    if inspect.ismodule(thing):
        return "module"
    if inspect.isclass(thing):
        return "exception" if issubclass(thing, BaseException) else "class"
    if isinstance(thing, property) or inspect.isdatadescriptor(thing):
        return "property"
    if inspect.ismethoddescriptor(thing) or inspect.ismethod(thing):
        return "method"
    if inspect.isfunction(thing):
        return "method" if "." in thing.__qualname__.rpartition("<locals>")[2] else "function"
    return "function" if callable(thing) else "object"


def _docstring(thing: Any) -> str:
    doc = getattr(thing, "__doc__", None)
    if not isinstance(doc, str):
        return ""
    if not callable(thing) and not inspect.ismodule(thing) and doc == type(thing).__doc__:
        # a plain value: the text is about its type, not about it
        return "" if not isinstance(thing, property) else inspect.cleandoc(doc)
    return inspect.cleandoc(doc).encode("utf-8", "replace").decode("utf-8")


def summary_of(doc: str) -> str:
    """The first paragraph on one line, at most 300 characters."""
    paragraph = doc.strip().partition("\n\n")[0]
    return " ".join(paragraph.split())[:300]


def signature_of(thing: Any, name: str) -> str:
    """`name(a, b=1)` without annotations; empty where Python cannot tell."""
    if not callable(thing):
        return ""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    shown = [_plain(p) for p in signature.parameters.values() if p.name not in ("self", "cls")]
    bare = signature.replace(parameters=shown, return_annotation=inspect.Signature.empty)
    return f"{name}{bare}"


class _Shown:
    """Stands for a default whose repr says nothing, or too much."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    default = parameter.default
    if default is not inspect.Parameter.empty:
        text = repr(default)
        # an object's repr holds an address; a sentinel's says nothing to a reader
        default = _Shown("…" if text.startswith("<") or len(text) > 40 else text)
    return parameter.replace(default=default, annotation=inspect.Parameter.empty)
