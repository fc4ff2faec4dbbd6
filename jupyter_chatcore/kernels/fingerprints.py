"""A cheap fingerprint of a variable: two that differ mean another value.

Like `inkernel`, whose rules it keeps, it is sent to the kernel and runs there: it needs
Python's own library, and runs no code of the user's. What is small is read as a whole; of
what is large its type, shape and a sample of its values, the same places each time, so
one change among millions of values may go unnoticed. Equal values have equal fingerprints
also when they were made anew, but for objects that cannot be looked into.
"""

from __future__ import annotations

import hashlib
import types
from collections.abc import Iterator, Sequence
from typing import Any

from .inkernel import PLAIN, PYTHONS_OWN, bounded, comes_from, inside, trusted, type_of

DIGITS = 16
# Nodes of a nested value, items of a collection, levels of both.
NODES, ITEMS, LEVELS = 5000, 500, 5
# Bytes and table cells that are read as a whole; values and rows of a sample.
WHOLE, CELLS, SAMPLE = 2**22, 100_000, 1000
COLUMNS_READ = 200


class Reader:
    """Feeds what a value says to a digest, a bounded number of pieces of it."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.left = NODES

    def say(self, *words: Any) -> None:
        """Feed texts and numbers, each told from the next."""
        for word in words:
            data = word if isinstance(word, bytes) else str(word).encode("utf-8", "replace")
            self.digest.update(b"%d:" % len(data))
            self.digest.update(data)

    def read(self, value: Any, level: int = 0) -> None:
        """Feed a value."""
        self.left -= 1
        kind = type(value)
        self.say(type_of(value))
        if self.left < 0 or level > LEVELS:
            return
        if kind in PLAIN or kind is complex:
            self.plain(value)
        elif kind in (bytes, bytearray):
            self.long(bytes(value[:WHOLE]), len(value), bytes(value[-64:]))
        elif kind in (list, tuple, set, frozenset, dict):
            self.collection(value, level)
        elif kind is types.FunctionType:
            self.code(value.__code__, level)
        elif kind in (classmethod, staticmethod, property):
            self.read(value.fget if kind is property else value.__func__, level)
        elif kind is type:
            self.names(vars(value), level)
        elif not self.library(value, level):
            self.own(value, level)

    def plain(self, value: Any) -> None:
        """A text or number."""
        if type(value) is str:
            self.long(value[:WHOLE].encode("utf-8", "replace"), len(value), value[-64:])
        elif type(value) is int and value.bit_length() > 10_000:
            self.say(value.bit_length(), value & (2**64 - 1))
        else:
            self.say(repr(value))

    def long(self, start: bytes, length: int, end: Any) -> None:
        """A text or bytes, without the middle where it is very long."""
        self.say(length, start, end)

    def collection(self, value: Any, level: int) -> None:
        """Its length and some of its items; those of a set have no order."""
        self.say(len(value))
        if isinstance(value, dict):
            for key, item in sampled(list(value.items())):
                self.read(key, level + 1)
                self.read(item, level + 1)
        elif isinstance(value, (set, frozenset)):
            self.say(*sorted(str(fingerprint(item)) for item in list(value)[:ITEMS]))
        elif all(type(item) in PLAIN for item in value[:CELLS]):
            self.say(cells(value))
        else:
            for item in sampled(value):
                self.read(item, level + 1)

    def code(self, code: types.CodeType, level: int) -> None:
        """What a function does: its instructions, and the names and constants in them."""
        self.say(code.co_code, *code.co_names, *code.co_varnames)
        for constant in code.co_consts[:ITEMS]:
            if isinstance(constant, types.CodeType):
                self.code(constant, level)
            else:
                self.read(constant, level + 1)

    def names(self, found: Any, level: int) -> None:
        """What is in a class or an object, by name."""
        for name, item in list(found.items())[:ITEMS]:
            if type(name) is str and name not in ("__dict__", "__weakref__", "__firstlineno__"):
                self.say(name)
                self.read(item, level + 1)

    def own(self, value: Any, level: int) -> None:
        """Any other object: what is in it, else which one it is."""
        found = inside(value)
        if type(value).__module__ in PYTHONS_OWN:
            self.say(bounded(value))
            if isinstance(value, dict):
                self.collection(value, level)
        elif found is None:
            self.say(id(value))
        else:
            self.names(found, level)

    def library(self, value: Any, level: int) -> bool:
        """Tables and arrays; False where it is neither."""
        # what kind it is, is not even asked of others: that may run their code
        for module, name, tell in TOLD if trusted(value) else ():
            if comes_from(value, module, name):
                for piece in tell(value):
                    self.read(piece, level + 1)
                return True
        return False


def sampled(items: Sequence[Any]) -> Sequence[Any]:
    """Some of the items: the first, the last, and those between at even steps."""
    if len(items) <= ITEMS:
        return items
    return [*items[:: -(-len(items) // ITEMS)], items[-1]]


def cells(values: Sequence[Any]) -> str:
    """Values one after the other; those of the user's own classes by type."""
    return "\0".join(
        repr(one) if type(one) in PLAIN else bounded(one) for one in list(values)[:CELLS]
    )


def array(values: Any) -> Iterator[Any]:
    """An array of numpy."""
    yield from (str(values.dtype), list(values.shape))
    some = values
    if values.nbytes > WHOLE or values.dtype.hasobject:
        some = values.flat[:: max(1, values.size // SAMPLE)]
        yield cells(values.flat[-1:].tolist())
    yield cells(some.flat[:].tolist()) if values.dtype.hasobject else some.tobytes()


def pandas_series(series: Any) -> Iterator[Any]:
    """A column or an index of pandas."""
    yield from (str(series.dtype), len(series), str(series.name))
    step = 1 if len(series) <= CELLS else max(1, len(series) // SAMPLE)
    some = series.iloc[::step] if hasattr(series, "iloc") else series[::step]
    yield some.to_numpy()


def pandas_frame(frame: Any) -> Iterator[Any]:
    """A table of pandas, column by column."""
    yield list(frame.shape)
    rows = max(1, CELLS // max(1, min(frame.shape[1], COLUMNS_READ)))
    some = frame.iloc[:: max(1, -(-len(frame) // rows)), :COLUMNS_READ]
    yield from (frame.index[:1].tolist(), frame.index[-1:].tolist(), some.index)
    for place in range(some.shape[1]):
        yield some.iloc[:, place]


def polars_table(frame: Any) -> Iterator[Any]:
    """A table of polars."""
    yield from (list(frame.shape), str(frame.schema))
    some = frame[:: max(1, len(frame) // SAMPLE), :COLUMNS_READ]
    yield "\n".join(map(cells, some.rows()))


def polars_series(series: Any) -> Iterator[Any]:
    """A column of polars."""
    yield from (len(series), str(series.dtype), series.name)
    yield cells(series[:: max(1, len(series) // SAMPLE)].to_list())


def tensor(values: Any) -> Iterator[Any]:
    """A tensor; of one on another device only how often it was changed, since that cannot block."""
    yield from (str(values.dtype), str(values.device), list(values.shape))
    if values.device.type == "cpu":
        flat = values.detach().reshape(-1)
        yield cells(flat[:: max(1, flat.shape[0] // SAMPLE)].tolist())
    else:
        yield from (values.data_ptr(), values._version)


TOLD = (
    ("numpy", "ndarray", array),
    ("pandas", "DataFrame", pandas_frame),
    ("pandas", "Series", pandas_series),
    ("pandas", "Index", pandas_series),
    ("polars", "DataFrame", polars_table),
    ("polars", "Series", polars_series),
    ("torch", "Tensor", tensor),
)


def fingerprint(value: Any) -> str | None:
    """The fingerprint of a value: 16 hexadecimal digits; None where it cannot be read now."""
    reader = Reader()
    try:
        reader.read(value)
    except Exception:  # a library's own, or a cell that changes the value meanwhile
        return None
    return reader.digest.hexdigest()[:DIGITS]
