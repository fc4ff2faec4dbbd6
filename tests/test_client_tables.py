"""Tables, arrays and figures as they are told: columns, statistics, some rows, a picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import plotly.graph_objects as go  # type: ignore[import-untyped]
import polars as pl
import pytest
from matplotlib.figure import Figure
from PIL import Image

from jupyter_chatcore.client.objects import pieces
from jupyter_chatcore.client.statistics import CELLS, step
from jupyter_chatcore.parts import OutputPart, VariablePart


def shown(value: Any) -> VariablePart:
    """The variable that a value becomes."""
    [part] = pieces([], {"data": value})
    assert isinstance(part, VariablePart)
    assert part.name == "data"
    return part


def told(value: Any) -> str:
    """What is told of it."""
    return str(shown(value).preview["text/plain"])


def drawn(value: Any) -> tuple[Image.Image, str]:
    """The picture that a value becomes, and its words."""
    [part] = pieces([], {"plot": value})
    assert isinstance(part, OutputPart)
    image = Image.open(io.BytesIO(base64.b64decode(part.data["image/png"])))
    return image, part.data["text/plain"]


TOWNS: dict[str, list[Any]] = {
    "town": ["Oslo", "Bergen", "Oslo", None] * 5,
    "price": [3.0, 1.0, None, 2.0] * 5,
    "rooms": list(range(20)),
    "sold": [True, False] * 10,
}


def test_pandas() -> None:
    df = pd.DataFrame({**TOWNS, "day": pd.date_range("2026-01-01", periods=20)})
    part = shown(df)
    assert part.python_type in ("pandas.DataFrame", "pandas.core.frame.DataFrame")
    assert part.shape == [20, 5]
    assert not part.truncated
    text = part.preview["text/plain"]
    assert text.startswith("20 rows, 5 columns\n")
    assert "5 missing; 2 distinct; 'Oslo' (10 times), 'Bergen' (5 times)" in text
    assert "  price: float64; 5 missing; 3 distinct; min 1, mean 2, max 3\n" in text
    assert "  rooms: int64; 20 distinct; min 0, mean 9.5, max 19\n" in text
    assert "  sold: bool; 2 distinct; True (10 times), False (10 times)\n" in text
    assert "20 distinct; min 2026-01-01 00:00:00, max 2026-01-20 00:00:00" in text
    assert "Index: RangeIndex of int64\nThe first 5 rows and the last 3:" in text
    rows = text.partition("last 3:\n")[2].splitlines()
    assert [row.split()[0] for row in rows[1:]] == ["0", "1", "2", "3", "4", "17", "18", "19"]


def test_polars() -> None:
    part = shown(pl.DataFrame(TOWNS))
    assert part.shape == [20, 4]
    text = part.preview["text/plain"]
    assert "  town: String; 5 missing; 2 distinct; 'Oslo' (10 times), 'Bergen' (5 times)\n" in text
    assert "  price: Float64; 5 missing; 3 distinct; min 1, mean 2, max 3\n" in text
    assert text.endswith("None | 2.0 | 19 | False")
    lazy = told(pl.DataFrame(TOWNS).lazy())
    assert lazy.startswith("A query that has not run")
    assert "  price: Float64" in lazy


def test_small_and_empty_tables() -> None:
    assert "All rows:\n   a\n0  1" in told(pd.DataFrame({"a": [1]}))
    assert told(pd.DataFrame()).startswith("0 rows, 0 columns")
    assert told(pd.DataFrame({"a": []})).startswith("0 rows, 1 columns\n  a: ")
    assert told(pl.DataFrame()).startswith("0 rows, 0 columns")


def test_series() -> None:
    assert "  price: float64; 5 missing" in told(pd.Series(TOWNS["price"], name="price"))
    assert "The first values: 3, 1, None, 2" in told(pl.Series("price", TOWNS["price"]))


class Odd:
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        raise ValueError("no")


def test_tables_of_odd_values() -> None:
    text = told(pd.DataFrame({"odd": [Odd(), Odd()], "list": [[1], [2]], 3: [1, 2]}))
    assert "  odd: object\n  list: object\n  3: int64" in text
    assert "test_client_tables.Odd>" in text
    twice = pd.DataFrame([[1, "a"]], columns=["same", "same"])
    assert told(twice).count("  same: ") == 2
    nullable = pd.DataFrame({"n": pd.array([1, None, 3], dtype="Int64")})
    assert "  n: Int64; 1 missing; 2 distinct; min 1, mean 2, max 3" in told(nullable)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_wide_and_long_tables_are_bounded(kind: Any) -> None:
    wide = shown(kind({f"column {place}": ["word " * 50] * 30 for place in range(300)}))
    text = wide.preview["text/plain"]
    assert "… 250 more columns" in text
    assert len(text) < 17_000
    long = kind({"n": np.arange(3_000_000)})
    assert "of every 3rd row\n  n: " in told(long)


def test_steps() -> None:
    assert step(10, 10) == 1
    assert step(CELLS, 100) == 100
    assert step(1_000_001, 1) == 2
    assert step(1_001, CELLS) == 2


def test_arrays() -> None:
    text = told(np.array([[1.0, np.nan], [3.0, 5.0]]))
    assert text.startswith("float64; 1 NaN; min 1, mean 3, max 5\n[[ 1. nan]")
    assert shown(np.zeros((100, 100, 3))).shape == [100, 100, 3]
    assert len(told(np.zeros((100, 100, 3)))) < 3_000
    assert told(np.array([], dtype=float)) == "float64\n[]"
    assert told(np.array(["a", "b"])) == "<U1\n['a' 'b']"


@pytest.fixture
def figure() -> Iterator[Figure]:
    with mpl.rc_context({"backend": "agg"}):
        made = Figure(figsize=(4, 3))
        axes = made.subplots(1, 2)
        axes[0].set_title("Prices")
        axes[0].set_xlabel("year")
        axes[0].plot([1, 2], label="Oslo")
        yield made


def test_figures(figure: Figure) -> None:
    axes = np.array(figure.axes, dtype=object)
    for value in (figure, axes, axes[0], axes[0].lines[0]):
        image, words = drawn(value)
        assert image.size == (400, 300)
        assert words == "plot: Figure with 2 axes\n  title: Prices; x: year; legend: Oslo"


def test_a_figure_in_a_figure_is_drawn_with_all_around_it() -> None:
    outer = Figure(figsize=(4, 3))
    grid: Any = outer.subfigures(1, 2)
    for value in (grid[0], grid[0].subplots()):
        assert drawn(value)[0].size == (400, 300)


def test_a_large_figure_is_drawn_smaller() -> None:
    image, words = drawn(Figure(figsize=(100, 10)))
    assert max(image.size) <= 1568
    assert words == "plot: Figure with 0 axes"


def test_images() -> None:
    image, words = drawn(Image.new("RGB", (4000, 2000), "red"))
    assert image.size == (1568, 784)
    assert words == "plot: RGB image, 4000 x 2000"
    assert drawn(Image.new("CMYK", (8, 8)))[0].mode == "RGB"


def test_plotly_without_what_draws_it_is_told() -> None:
    text = told(go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="Oslo")))
    assert "'name': 'Oslo'" in text
