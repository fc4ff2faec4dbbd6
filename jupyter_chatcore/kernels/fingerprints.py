"""A cheap fingerprint of a variable: two that differ mean another value.

It runs in the user's kernel, by the rules of `harmless`: it runs no code of the user's.
What is small is read as a whole; of what is large its type, its shape and a sample of its
values, the same places each time, so one change among millions of values may go
unnoticed. Equal values have equal fingerprints also when they were made anew, but for
objects that cannot be looked into.
"""

from __future__ import annotations

import hashlib
import itertools
import types
from collections.abc import Iterable, Iterator
from typing import Any

from .harmless import (
    BRACKETS,
    MAPPINGS,
    among,
    bases_of,
    derived,
    genuine,
    harmless,
    inside,
    is_a,
    namespace_of,
    told,
    type_of,
)
from .indepth import plain_dtype

DIGITS = 16
# Pieces of a nested value, items of a collection, levels of both.
PIECES, SOME, LEVELS = 5000, 500, 5
# What is read as a whole: bytes, and values of a list or a table.
WHOLE, MANY, SAMPLE, BROAD = 2**22, 100_000, 1000, 200
SHORT = 64
_MADE_ANEW = ("__dict__", "__weakref__", "__firstlineno__", "__static_attributes__")


class Reader:
    """Feeds what a value says to a digest, a bounded number of pieces of it."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.left = PIECES

    def say(self, *words: Any) -> None:
        """Feed texts, bytes and numbers, each told from the next."""
        for word in words:
            data = word if type(word) is bytes else str(word).encode("utf-8", "replace")
            self.digest.update(b"%d:" % len(data))
            self.digest.update(data)

    def read(self, value: Any, level: int = 0) -> None:
        """Feed a value."""
        self.left -= 1
        kind = type(value)
        self.say(type_of(value))
        if self.left < 0 or level > LEVELS:
            return
        if among(kind, (str, bytes, bytearray, int)) or harmless(value):
            self.say(simple(value))
        elif among(kind, BRACKETS):
            self.items(value, level)
        elif among(kind, MAPPINGS):
            self.pairs(dict.items(value), len(value), level)
        elif kind is types.FunctionType:
            self.code(value.__code__, level)
        elif among(kind, (classmethod, staticmethod, property)):
            self.read(value.fget if kind is property else value.__func__, level)
        elif any(base is type for base in bases_of(kind)):
            self.pairs(list(namespace_of(value).items()), 0, level)
        elif not self.table(value, level):
            self.attributes(value, level)

    def items(self, value: Any, level: int) -> None:
        """The length of a collection and some of its items; those of a set have no order."""
        self.say(len(value))
        if among(type(value), (set, frozenset)):
            first = list(itertools.islice(value, SOME))
            self.say(*sorted(str(fingerprint(item)) for item in first))
            return
        first = list(itertools.islice(value, MANY))
        if all(among(type(item), (int, float, bool, str)) for item in first):
            self.say(values(first))
            return
        for item in first[:: max(1, len(first) // SOME)]:
            self.read(item, level + 1)

    def pairs(self, found: Iterable[tuple[Any, Any]], count: int, level: int) -> None:
        """What is in a mapping or a class."""
        self.say(count)
        for key, item in list(itertools.islice(found, SOME)):
            if type(key) is not str or key not in _MADE_ANEW:
                self.read(key, level + 1)
                self.read(item, level + 1)

    def code(self, code: types.CodeType, level: int) -> None:
        """What a function does: its instructions, and the names and constants in them."""
        self.say(code.co_code, *code.co_names, *code.co_varnames)
        for constant in code.co_consts[:SOME]:
            if type(constant) is types.CodeType:
                self.code(constant, level)
            else:
                self.read(constant, level + 1)

    def attributes(self, value: Any, level: int) -> None:
        """What is in any other object, else which one it is."""
        found = list(itertools.islice(inside(value), SOME))
        if found:
            self.pairs(found, 0, level)
        else:
            self.say(id(value))

    def table(self, value: Any, level: int) -> bool:
        """Tables and arrays; False where it is neither."""
        tell = teller(value)
        for piece in tell(value) if tell else ():
            self.read(piece, level + 1)
        return tell is not None


def simple(value: Any) -> Any:
    """A text, number or date as it is; a very long one without its middle."""
    kind = type(value)
    if among(kind, (str, bytes, bytearray)):
        start, end = value[:WHOLE], value[-SHORT:]
        return f"{len(value)} {start!r} {end!r}"
    if kind is int and value.bit_length() > WHOLE:
        return f"{value.bit_length()} {value & (2**SHORT - 1)}"
    return hex(value) if kind is int else repr(value)


def values(items: Iterable[Any]) -> str:
    """Values one after the other; those that may not be asked, by type."""
    return "\0".join(
        repr(item) if among(type(item), (int, float, bool, str)) else told(item, 1)
        for item in items
    )


def teller(value: Any) -> Any:
    """How a table or an array is read; None for anything else."""
    for library, names, tell in _TELLERS:
        if is_a(value, library, *names):
            return tell
    return pandas_column if derived(value, "pandas", "Index") and genuine(type(value)) else None


def array(found: Any) -> Iterator[Any]:
    """An array of numpy."""
    yield from (str(found.dtype), [int(length) for length in found.shape])
    if found.dtype.hasobject:
        yield values(found.flat[:: max(1, found.size // SAMPLE)].tolist())
    elif found.nbytes <= WHOLE:
        yield found.tobytes()
    else:
        yield found.flat[:: max(1, found.size // SAMPLE)].tobytes()
        yield found.flat[-1:].tobytes()


def pandas_column(column: Any) -> Iterator[Any]:
    """A column or an index of pandas."""
    yield from (len(column), told(column.name, 1))
    levels = column.levels if is_a(column, "pandas", "MultiIndex") else [column]
    if not all(plain_dtype(level.dtype) for level in levels):
        yield id(column)
        return
    yield str(column.dtype)
    step = 1 if len(column) <= MANY else len(column) // SAMPLE
    some = column.iloc[::step] if is_a(column, "pandas", "Series") else column[::step]
    yield from array(some.to_numpy())


def pandas_frame(frame: Any) -> Iterator[Any]:
    """A table of pandas, column by column."""
    yield [int(length) for length in frame.shape]
    rows = max(1, MANY // max(1, min(frame.shape[1], BROAD)))
    some = frame.iloc[:: max(1, -(-len(frame) // rows)), :BROAD]
    yield from (some.index, some.columns)
    for place in range(some.shape[1]):
        yield some.iloc[:, place]


def polars_frame(frame: Any) -> Iterator[Any]:
    """A table of polars, column by column."""
    yield from (str(frame.schema), len(frame))
    for name in frame.columns[:BROAD]:
        yield frame[name]


def polars_column(column: Any) -> Iterator[Any]:
    """A column of polars."""
    yield from (column.name, str(column.dtype), len(column))
    step = 1 if len(column) <= SAMPLE else len(column) // SAMPLE
    yield values(column.gather_every(step).to_list())


def tensor(found: Any) -> Iterator[Any]:
    """A tensor; of one on another device only how often it was changed: that cannot block."""
    yield from (str(found.dtype), str(found.device), [int(length) for length in found.shape])
    if found.device.type == "cpu":
        flat = found.detach().reshape(-1)
        yield values(flat[:: max(1, flat.shape[0] // SAMPLE)].tolist())
    else:
        yield from (found.data_ptr(), found._version)


_TELLERS = (
    ("numpy", ("ndarray",), array),
    ("pandas", ("DataFrame",), pandas_frame),
    ("geopandas", ("GeoDataFrame",), pandas_frame),
    ("pandas", ("Series",), pandas_column),
    ("polars", ("DataFrame",), polars_frame),
    ("polars", ("Series",), polars_column),
    ("torch", ("Tensor",), tensor),
)


def fingerprint(value: Any) -> str | None:
    """The fingerprint of a value: 16 hexadecimal digits; None where it cannot be read now."""
    reader = Reader()
    try:
        reader.read(value)
    except Exception:  # a library's own, or a cell that changes the value meanwhile
        return None
    return reader.digest.hexdigest()[:DIGITS]
