"""Looking at values runs none of their code, however they are made and wherever they are."""

from __future__ import annotations

import collections
import datetime
import decimal
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest

from jupyter_chatcore.kernels.indepth import preview
from jupyter_chatcore.kernels.inkernel import describe, look

_wires: list[str] = []


def trip(what: str) -> None:
    """A wire of a class that was touched."""
    _wires.append(what)


@contextmanager
def untouched() -> Iterator[None]:
    """Nothing that trips runs meanwhile."""
    _wires.clear()
    yield
    assert _wires == []


class Meta(type):
    """A metaclass with an opinion on everything."""

    def __eq__(cls, other: object) -> bool:
        trip("metaclass ==")
        return True

    def __hash__(cls) -> int:
        trip("metaclass hash")
        return 1

    def __getattribute__(cls, name: str) -> Any:
        trip(f"metaclass .{name}")
        return type.__getattribute__(cls, name)


class Trip(metaclass=Meta):
    """It says that it is of pandas, and notices all that is done with it."""

    __module__ = "pandas"

    def __init__(self) -> None:
        pass

    def __getattribute__(self, name: str) -> Any:
        trip(f".{name}")
        return object.__getattribute__(self, name)

    def __repr__(self) -> str:
        trip("repr")
        return "x" * 10**6

    __str__ = __repr__

    def __len__(self) -> int:
        trip("len")
        return 1

    def __eq__(self, other: object) -> bool:
        trip("==")
        return self is other

    def __lt__(self, other: object) -> bool:
        trip("<")
        return True

    def __hash__(self) -> int:
        trip("hash")
        return 1


class Zone(datetime.tzinfo):
    """A time zone that is asked by every time that is printed."""

    def utcoffset(self, when: datetime.datetime | None) -> datetime.timedelta:
        trip("utcoffset")
        return datetime.timedelta(0)

    def dst(self, when: datetime.datetime | None) -> datetime.timedelta:
        trip("dst")
        return datetime.timedelta(0)

    def tzname(self, when: datetime.datetime | None) -> str:
        trip("tzname")
        return "zone"

    def __repr__(self) -> str:
        trip("repr of a zone")
        return "zone"


class Words(str):
    """A text that wants to be asked."""

    __slots__ = ()

    def __repr__(self) -> str:
        trip("repr of a text")
        return "words"

    __str__ = __repr__


class Slotted:
    """What it keeps is in a slot."""

    __slots__ = ("empty", "inner")

    def __init__(self) -> None:
        self.inner = Trip()


MAKERS: dict[str, Callable[[], Any]] = {
    "itself": Trip,
    "its class": lambda: Trip,
    "list": lambda: [Trip(), [Trip()]],
    "tuple": lambda: (Trip(),),
    "set": lambda: {Trip()},
    "dict": lambda: {Trip(): Trip(), "a": Trip()},
    "defaultdict": lambda: collections.defaultdict(list, {Trip(): Trip()}),
    "Counter": lambda: collections.Counter({Trip(): 1}),
    "OrderedDict": lambda: collections.OrderedDict({Trip(): 1}),
    "deque": lambda: collections.deque([Trip()]),
    "text": lambda: Words("a"),
    "key": lambda: {Words("a"): 1},
    "time": lambda: datetime.datetime(2026, 1, 1, tzinfo=Zone()),
    "frame": lambda: pd.DataFrame({"a": [Trip(), Words("x")], "b": [1, 2]}),
    "labels": lambda: pd.DataFrame({"a": [1]}, index=pd.Index([Trip()], dtype=object)),
    "columns": lambda: pd.DataFrame([[1]], columns=pd.Index([Trip()], dtype=object)),
    "series": lambda: pd.Series([Trip(), 1]),
    "categories": lambda: pd.Series(pd.Categorical.from_codes([0], pd.Index([Trip()]))),
    "zoned": lambda: pd.Series(pd.DatetimeIndex(["2026-01-01"], tz=Zone())),
    "polars": lambda: pl.DataFrame({"a": pl.Series([Trip()], dtype=pl.Object), "b": [1]}),
    "polars series": lambda: pl.Series("a", [Trip()], dtype=pl.Object),
    "array": lambda: np.array([Trip(), 1], dtype=object),
    "attribute": lambda: SimpleNamespace(a=Trip()),
    "slot": Slotted,
}


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_of_its_own_runs(name: str) -> None:
    value = MAKERS[name]()
    with untouched():
        told = json.loads(look({"v": value}, (), [], ["v"]))
        listed = json.loads(look({"v": value}, (), [], None))
    assert [each["name"] for each in (*told, *listed)] == ["v", "v"]
    assert "cannot be looked at" not in told[0]["preview"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Oslo", "'Oslo'"),
        (7, "7"),
        (10**2000, "<int of 6644 bits>"),
        (decimal.Decimal("1.50"), "Decimal('1.50')"),
        ([1, (2,), {3}], "[1, (2,), {3}]"),
        ({"a": [1]}, "{'a': [1]}"),
        (np.float64(1.5), "np.float64(1.5)"),
        (pd.Timestamp("2026-01-02"), "Timestamp('2026-01-02 00:00:00')"),
        (np.arange(12).reshape(3, 4), "int64, first values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"),
        (pl.LazyFrame({"a": [1]}), "a query that has not been run"),
        (range(3), "range(0, 3)"),
        (None, "None"),
    ],
)
def test_what_is_known_is_told_by_its_value(value: Any, text: str) -> None:
    assert preview(value)[0].startswith(text)


def test_tables_are_told_by_their_columns_and_first_rows() -> None:
    df = pd.DataFrame({"town": ["Oslo", "Bergen"], "at": pd.to_datetime(["2026-01-02", None])})
    text, more = preview(df)
    assert text.splitlines() == [
        "2 rows, 2 columns, index: RangeIndex of int64",
        f"  town: {df.town.dtype}",
        f"  at: {df['at'].dtype}",
        "First rows:",
        "     town                   at",
        "0    Oslo  2026-01-02 00:00:00",
        "1  Bergen                  NaT",
    ]
    assert not more
    told = preview(pl.DataFrame({"town": ["Oslo"], "n": [1]}))[0]
    assert told.startswith("1 rows, 2 columns\n  town: String\n  n: Int64\nFirst rows:\n")
    assert "Oslo" in told
    wide = preview(pd.DataFrame(np.zeros((3, 100))))[0]
    assert "… 60 more columns\nFirst rows:" in wide


def test_secrets_within_are_hidden() -> None:
    key = "sk-0123456789"
    row = {"url": ["http://x"], "api_key": [key]}
    for value in ({"url": "http://x", "api_key": key}, pd.DataFrame(row), pl.DataFrame(row)):
        text, _ = preview(value)
        assert "http://x" in text
        assert key not in text
    assert preview(pd.Series([key], name="password"))[0].endswith("(hidden)")


def test_a_models_settings_are_told_and_an_objects_are_not(monkeypatch: Any) -> None:
    class Model:
        def __init__(self) -> None:
            self.depth, self.weights, self._cache, self.token = 3, np.zeros((2, 5)), 1, "hidden"

    Model.__qualname__, Model.__module__ = "Model", "numpy"
    assert preview(Model())[0].splitlines()[1] == "  depth: int"  # it only says so
    monkeypatch.setattr(np, "Model", Model, raising=False)
    assert preview(Model())[0].splitlines() == [
        "<numpy.Model>",
        "  depth: 3",
        "  weights: <numpy.ndarray of shape (2, 5)>",
    ]


def test_what_cannot_be_read_says_so() -> None:
    frame = pd.DataFrame({"a": [1]})
    object.__setattr__(frame, "_mgr", None)
    told = describe("frame", frame, True)
    assert str(told["preview"]).startswith("It cannot be looked at (")
