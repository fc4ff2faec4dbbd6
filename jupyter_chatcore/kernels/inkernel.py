"""What is sent to a kernel to look at its variables; it runs there, with nothing of ours installed.

It needs nothing but Python's own library, defines nothing in the user's namespace and
runs no code of the user's: an object of a class that is not known to be harmless is told
by its type and the names in it, so a `repr` that raises, never ends or returns a gigabyte
is never called.
"""

from __future__ import annotations

import fnmatch
import json
import re
import reprlib
import sys
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

SECRET = re.compile(
    r"(?i)(api_?key|secret|passw|passphrase|credential|private|(^|_)(auth|token|key|pwd)s?($|_))"
)
# Whose objects may be asked to describe themselves: they are bounded, and do not block.
PYTHONS_OWN = ("builtins", "collections", "datetime", "decimal", "fractions", "pathlib", "uuid")
LIBRARIES = ("numpy", "pandas", "polars", "geopandas", "torch", "sklearn", "scipy")
TRUSTED = frozenset((*PYTHONS_OWN, *LIBRARIES))
Mark = Callable[[Any], "str | None"]
PLAIN = (str, int, float, bool, type(None))
TEXT, LINES, COLUMNS, ROWS, NAMES = 4000, 60, 60, 5, 40


class Bounded(reprlib.Repr):
    """A repr of a bounded size, which asks nobody but those who are trusted."""

    def __init__(self) -> None:
        super().__init__()
        self.maxdict = self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = 20
        self.maxdeque = self.maxarray = 20
        self.maxstring = self.maxother = 400
        self.maxlevel = 4

    def repr_instance(self, x: Any, level: int) -> str:
        """An object of a class that reprlib does not know."""
        return super().repr_instance(x, level) if trusted(x) else f"<{type_of(x)}>"


bounded = Bounded().repr


def trusted(value: Any) -> bool:
    """Whether the value may be asked to describe itself."""
    module = type(value).__module__
    return isinstance(module, str) and module.partition(".")[0] in TRUSTED


def type_of(value: Any) -> str:
    """The name of its class, with the module where that tells something."""
    kind = type(value)
    module = kind.__module__ if isinstance(kind.__module__, str) else ""
    bare = module in ("builtins", "__main__", "")
    return kind.__qualname__ if bare else f"{module}.{kind.__qualname__}"


def comes_from(value: Any, module: str, *names: str) -> bool:
    """Whether it is an instance of a library's class; the library is not imported for that."""
    loaded = sys.modules.get(module)
    kinds = [getattr(loaded, name, None) for name in names]
    return isinstance(value, tuple(kind for kind in kinds if isinstance(kind, type)))


def shape_of(value: Any) -> list[int] | None:
    """The lengths of its axes, where it has any."""
    if not trusted(value):
        return None
    arrays = (
        ("pandas", "DataFrame", "Series", "Index"),
        ("polars", "DataFrame", "Series"),
        ("numpy", "ndarray"),
        ("torch", "Tensor"),
    )
    if any(comes_from(value, *names) for names in arrays):
        return [int(length) for length in value.shape]
    if type(value) in (list, tuple, dict, set, frozenset, str, bytes, bytearray):
        return [len(value)]
    return None


def cut(text: str) -> tuple[str, bool]:
    """The text as far as it is told, and whether there is more."""
    short = "\n".join(text.splitlines()[:LINES])[:TEXT]
    return short, len(short) < len(text.rstrip("\n"))


def schema(pairs: Sequence[tuple[Any, Any]], count: int) -> str:
    """The columns of a table with their types, a line each."""
    told = "\n".join(f"  {str(name)[:80]}: {kind}" for name, kind in pairs[:COLUMNS])
    return told + (f"\n  … {count - COLUMNS} more columns" if count > COLUMNS else "")


def plain(cell: Any) -> Any:
    """A table's cell as it may be printed: objects of the user's own are not asked."""
    return cell if type(cell) in PLAIN else bounded(cell)


def pandas_frame(df: Any) -> str:
    """A table of pandas: its schema and first rows, which cost the same at any length."""
    rows, columns = df.shape
    shown = df.iloc[:ROWS, :COLUMNS]
    pairs = list(zip(list(shown.columns), list(shown.dtypes), strict=True))
    few = shown.iloc[:, :20].apply(lambda one: one.map(plain) if one.dtype == object else one)
    sample = few.to_string(max_colwidth=60, show_dimensions=False)
    index = f"{type(df.index).__name__} of {df.index.dtype}"
    return (
        f"{rows} rows, {columns} columns, index: {index}\n"
        f"{schema(pairs, columns)}\nFirst rows:\n{sample}"
    )


def polars_frame(df: Any) -> str:
    """A table of polars: its schema and first rows."""
    rows, columns = df.shape
    pairs = [(name, str(kind)) for name, kind in df.schema.items()]
    sample = "" if any(kind == "Object" for _, kind in pairs) else df[:ROWS, : min(columns, 20)]
    return f"{rows} rows, {columns} columns\n{schema(pairs, columns)}\nFirst rows:\n{sample}"


def pandas_series(series: Any) -> str:
    """A column of pandas: its type and first values."""
    head = series.iloc[:10].map(plain).to_string()
    return f"{len(series)} values of {series.dtype}, name: {str(series.name)[:80]}\n{head}"


def array(values: Any) -> str:
    """An array of numpy: its type and first values."""
    return f"{values.dtype}, first values: {bounded(values.flat[:10].tolist())}"


def tensor(values: Any) -> str:
    """A tensor: its type and where it lives; to read it could wait for a device."""
    return f"{values.dtype} on {values.device}"


TOLD_BY = (
    ("pandas", "DataFrame", pandas_frame),
    ("pandas", "Series", pandas_series),
    ("polars", "DataFrame", polars_frame),
    ("numpy", "ndarray", array),
    ("torch", "Tensor", tensor),
)


def preview(value: Any) -> tuple[str, bool]:
    """What is told of a value, and whether more could be told."""
    if isinstance(value, types.FunctionType) or type(value) is type:
        return callable_(value)
    if not trusted(value):
        return cut(names_in(value))
    for module, name, tell in TOLD_BY:
        if comes_from(value, module, name):
            return cut(tell(value))
    return cut(bounded(value))


def callable_(value: Any) -> tuple[str, bool]:
    """A function or class, with what its author wrote about it."""
    doc = value.__doc__ if isinstance(value.__doc__, str) else ""
    kind = "class" if isinstance(value, type) else "function"
    return cut(f"{kind} {value.__qualname__}\n{doc.strip()}".strip())


def inside(value: Any) -> dict[str, Any] | None:
    """What is in an object by name, None where that cannot be known without its own code."""
    for kind in type.__dict__["__mro__"].__get__(type(value)):
        found = type.__dict__["__dict__"].__get__(kind).get("__dict__")
        if isinstance(found, types.GetSetDescriptorType):
            named = found.__get__(value)
            return named if type(named) is dict else None
        if found is not None:
            return None
    return None


def names_in(value: Any) -> str:
    """An object of the user's own: what is in it by name and type; nothing of it runs."""
    pairs = [
        f"  {name}: {type_of(inner)}"
        for name, inner in list((inside(value) or {}).items())[:NAMES]
        if isinstance(name, str) and not SECRET.search(name)
    ]
    return "\n".join([f"<{type_of(value)}>", *pairs])


def describe(name: str, value: Any, mark: Mark | None) -> dict[str, Any]:
    """A variable; where it is wanted, with a preview and the fingerprint that `mark` gives."""
    told: dict[str, Any] = {"name": name, "python_type": type_of(value), "shape": None}
    try:
        told["shape"] = shape_of(value)
        if mark is not None:
            told["preview"], told["truncated"] = preview(value)
            told["fingerprint"] = mark(value)
    except Exception as error:
        told["preview"] = f"It cannot be looked at ({type(error).__name__})."
        told["truncated"] = True
    return told


def visible(
    namespace: Mapping[Any, Any], hidden: Collection[str], deny: Sequence[str]
) -> Iterator[tuple[str, Any]]:
    """A person's own variables, none that may be a secret."""
    for name, value in list(namespace.items()):
        own = isinstance(name, str) and not name.startswith("_") and name not in hidden
        if not own or isinstance(value, types.ModuleType) or SECRET.search(name):
            continue
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in deny):
            yield name, value


def look(
    namespace: Mapping[Any, Any],
    hidden: Collection[str],
    deny: Sequence[str],
    names: Sequence[str] | None,
    mark: Mark,
) -> str:
    """The variables as JSON: those in `names` with a preview, all without one where it is None."""
    return json.dumps(
        [
            describe(name, value, None if names is None else mark)
            for name, value in visible(namespace, hidden, deny)
            if names is None or name in names
        ]
    )
