"""Which variables are told, and how each is; it runs in the user's kernel.

With `harmless`, `indepth` and `fingerprints` before it, it is sent there as source: it
needs nothing but Python's own library, defines nothing in the user's namespace and runs no
code of the user's. So a `repr` that raises, never ends or returns a gigabyte is never called.
"""

from __future__ import annotations

import fnmatch
import json
import types
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from .fingerprints import fingerprint
from .harmless import secret, type_of
from .indepth import preview, shape_of


def describe(name: str, value: Any, whole: bool) -> dict[str, Any]:
    """A variable, with a preview and a fingerprint where they are wanted."""
    told: dict[str, Any] = {"name": name, "python_type": type_of(value)[:200], "shape": None}
    try:
        told["shape"] = shape_of(value)
        if whole:
            told["preview"], told["truncated"] = preview(value)
            told["fingerprint"] = fingerprint(value)
    except Exception as error:
        told["preview"] = f"It cannot be looked at ({type_of(error)})."
        told["truncated"] = True
    return told


def visible(
    namespace: dict[Any, Any], hidden: Collection[str], deny: Sequence[str]
) -> Iterator[tuple[str, Any]]:
    """A person's own variables, none that may be a secret."""
    for name, value in list(dict.items(namespace)):
        own = type(name) is str and not name.startswith("_") and name not in hidden
        if not own or type(value) is types.ModuleType or secret(name):
            continue
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in deny):
            yield name, value


def look(
    namespace: dict[Any, Any],
    hidden: Collection[str],
    deny: Sequence[str],
    names: Sequence[str] | None,
) -> str:
    """The variables as JSON: those in `names` with a preview, all without one where it is None."""
    return json.dumps(
        [
            describe(name, value, whole=names is not None)
            for name, value in visible(namespace, hidden, deny)
            if names is None or name in names
        ]
    )
