"""Fingerprints of variables: they differ where values do, cost little, and run nobody's code."""

from __future__ import annotations

import inspect
from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest
from kernelrunning import kernel

from jupyter_chatcore.kernels import fingerprints
from jupyter_chatcore.kernels.fingerprints import fingerprint


def space(source: str) -> dict[str, Any]:
    """What a cell defines."""
    found: dict[str, Any] = {"__name__": "__main__"}
    exec(source, found)
    return found


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"price": [1.5, 2.0, 3.25], "town": ["Oslo", "Rome", "Bern"]} | columns)


def function(source: str) -> Any:
    return space(source)["f"]


OTHER: list[tuple[str, Any, Any]] = [
    ("a number", 1, 2),
    ("its type", 1, 1.0),
    ("a text", "a", "b"),
    ("nothing", None, False),
    ("a very large number", 10**5000, 10**5000 + 1),
    ("the middle of a text", "a" * 1000 + "b" + "a" * 1000, "a" * 2001),
    ("bytes", b"a", b"b"),
    ("an item deep inside", {"a": [1, {"b": (2, 3)}]}, {"a": [1, {"b": (2, 4)}]}),
    ("the order of a list", [1, 2], [2, 1]),
    ("one item among many", [0] * 20_000, [0] * 10_001 + [1] + [0] * 9998),
    ("an item of a set", {1, 2}, {1, 3}),
    ("where two texts part", ["ab", "c"], ["a", "bc"]),
    ("a date", date(2026, 1, 1), date(2026, 1, 2)),
    ("a count", Counter("aab"), Counter("abb")),
    ("a cell of a table", table(), table(price=[1.5, 2.0, 3.5])),
    ("a text in a table", table(), table(town=["Oslo", "Rome", "Berne"])),
    ("the name of a column", table(), table().rename(columns={"town": "city"})),
    ("the type of a column", table(), table(price=np.array([1.5, 2, 3.25], np.float32))),
    ("the index", table(), table().set_index(pd.Index([3, 4, 5]))),
    ("the order of rows", table(), table()[::-1]),
    ("a row more", table(), pd.concat([table(), table()[:1]])),
    ("a column of a table", table()["price"], table()["town"]),
    ("a polars table", pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1, 3]})),
    ("a polars column", pl.Series("a", [1, 2]), pl.Series("b", [1, 2])),
    ("an element of an array", np.zeros((300, 300)), np.eye(300)),
    ("the shape of an array", np.zeros((2, 3)), np.zeros((3, 2))),
    ("all of a large array", np.zeros(2_000_000), np.ones(2_000_000)),
    ("objects in an array", np.array([1, "a"], object), np.array([1, "b"], object)),
    ("what a function does", function("def f(x): return 1"), function("def f(x): return 2")),
]


PAIRS = [pytest.param(before, after, id=what) for what, before, after in OTHER]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_another_value_has_another_fingerprint(before: Any, after: Any) -> None:
    told = fingerprint(before)
    assert told is not None
    assert len(told) == fingerprints.DIGITS
    assert told != fingerprint(after)
    assert told == fingerprint(before)


AGAIN = """
import numpy as np, pandas as pd, polars as pl, datetime, decimal, collections, pathlib
class Thing:
    size = 3
    def __init__(self): self.inside = [1, "a"]
    def grow(self, by=1): return self.size + by
    @property
    def area(self): return self.size ** 2
    @classmethod
    def make(cls): return cls()
thing, numbers, words = Thing(), list(range(1000)), {"b", "a", "c"}
frame = pd.DataFrame({"a": range(200_000), "b": "x", "c": pd.Categorical(["y"] * 200_000)})
large, array = pl.DataFrame({"a": range(5000)}), np.arange(3_000_000).reshape(3, -1).T
day, money, path = datetime.date(2026, 1, 1), decimal.Decimal("1.5"), pathlib.Path("a")
several, nested = collections.OrderedDict(a=1), [[{"a": [None, True]}]]
index = pd.MultiIndex.from_tuples([(1, "a"), (1, "b"), (2, "a")])
many = pd.DataFrame({"k": range(3)}, index=index)
"""


def test_a_cell_that_is_run_again_changes_nothing() -> None:
    first, second = space(AGAIN), space(AGAIN)
    names = [n for n, v in first.items() if not n.startswith("_") and not inspect.ismodule(v)]
    assert len(names) == 14
    assert {n: fingerprint(first[n]) for n in names} == {n: fingerprint(second[n]) for n in names}


def test_what_an_object_holds_counts() -> None:
    thing = space(AGAIN)["thing"]
    before = fingerprint(thing)
    thing.inside.append(2)
    assert fingerprint(thing) != before


HOSTILE = """
class Runs:
    ran = []
    def __getattribute__(self, name): Runs.ran.append(name); raise SystemExit
    def __repr__(self): Runs.ran.append("repr"); return ""
    def __eq__(self, other): Runs.ran.append("eq"); return True
    def __hash__(self): Runs.ran.append("hash"); return 1
    def __len__(self): Runs.ran.append("len"); return 1
    def __iter__(self): Runs.ran.append("iter"); return iter(())
class Pretends(Runs):
    __dict__ = property(lambda self: Runs.ran.append("dict"))
class List(list):
    def __iter__(self): Runs.ran.append("list")
    def __len__(self): Runs.ran.append("len"); return 5
several = [Runs(), Pretends(), List([1]), {"a": Runs()}]
ring = []
ring.append(ring)
endless = [ring, ring]
for _ in range(30): endless = [endless, endless]
"""


def test_no_code_of_the_users_runs_and_nothing_is_endless() -> None:
    found = space(HOSTILE)
    found["Runs"].ran.clear()
    assert fingerprint(found["several"])
    assert fingerprint(found["Runs"])
    assert fingerprint(found["endless"])
    assert found["Runs"].ran == []


@pytest.mark.asyncio
async def test_a_variable_of_a_kernel_comes_with_its_fingerprint() -> None:
    async with kernel() as running:
        await running.run("import pandas as pd; df = pd.DataFrame({'a': range(10)}); n = 1")
        [first, other] = await running.variables(seconds=20).described("k", ["df", "n"])
        await running.run("df.loc[3, 'a'] = 7")
        [second, same] = await running.variables(seconds=20).described("k", ["df", "n"])
        named = await running.variables(seconds=20).names("k")
    assert first.fingerprint is not None
    assert second.fingerprint not in (None, first.fingerprint)
    assert other.fingerprint == same.fingerprint == fingerprint(1)
    assert [part.fingerprint for part in named] == [None, None]
