"""Tables and arrays as the words that tell an assistant of them.

A table is told by its size, its columns with statistics, and some of its rows; all of it
is bounded in columns, rows and characters.
"""

from __future__ import annotations

from typing import Any

from ..kernels.harmless import derived, plain
from .statistics import clipped, pandas_column, polars_column, short, step

COLUMNS, SAMPLE_COLUMNS, WIDTH = 50, 20, 60
FIRST, LAST = 5, 3
VALUES = 10


def told(value: Any) -> str | None:
    """What is told of a table or an array; None where it is neither."""
    for module, name, tell in _TOLD_BY:
        if derived(value, module, name):
            return tell(value)
    return None


def _columns(lines: list[str], rows: int, count: int, every: int) -> str:
    of = f", of every {_ordinal(every)} row" if every > 1 else ""
    more = [f"  … {count - COLUMNS} more columns"] if count > COLUMNS else []
    return "\n".join([f"{rows} rows, {count} columns{of}", *lines, *more])


def _ordinal(number: int) -> str:
    last = number % 10 if number // 10 % 10 != 1 else 0
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def _pandas_frame(df: Any) -> str:
    rows, count = df.shape
    every = step(rows, min(count, COLUMNS))
    seen = df.iloc[::every, :COLUMNS]
    lines = [
        pandas_column(name, seen.iloc[:, place]).line() for place, name in enumerate(seen.columns)
    ]
    index = f"Index: {type(df.index).__name__} of {df.index.dtype}"
    return "\n".join([_columns(lines, rows, count, every), index, _pandas_rows(df)])


def _pandas_rows(df: Any) -> str:
    """The first rows and the last ones."""
    rows, count = df.shape
    whole = rows <= FIRST + LAST
    places = list(range(rows)) if whole else [*range(FIRST), *range(rows - LAST, rows)]
    few = df.iloc[places, :SAMPLE_COLUMNS]
    few = few.apply(lambda one: one.map(plain) if one.dtype == object else one)
    shown = few.to_string(max_colwidth=WIDTH, show_dimensions=False)
    return f"{_title(whole, count)}\n{shown}"


def _title(whole: bool, count: int) -> str:
    rows = "All rows" if whole else f"The first {FIRST} rows and the last {LAST}"
    return f"{rows}{f', {SAMPLE_COLUMNS} columns' if count > SAMPLE_COLUMNS else ''}:"


def _pandas_series(series: Any) -> str:
    every = step(len(series), 1)
    of = f", of every {_ordinal(every)}" if every > 1 else ""
    line = pandas_column(series.name, series.iloc[::every]).line()
    first = series.iloc[:VALUES].map(plain).to_string()
    return f"{len(series)} values{of}\n{line}\nThe first values:\n{first}"


def _polars_frame(df: Any) -> str:
    rows, count = df.shape
    every = step(rows, min(count, COLUMNS))
    seen = df[:, :COLUMNS].gather_every(every)
    lines = [polars_column(name, seen.get_column(name)).line() for name in seen.columns]
    return "\n".join([_columns(lines, rows, count, every), _polars_rows(df)])


def _polars_rows(df: Any) -> str:
    rows, count = df.shape
    whole = rows <= FIRST + LAST
    few = df[:, :SAMPLE_COLUMNS]
    few = few if whole else few[:FIRST].vstack(few[rows - LAST :])
    lines = [" | ".join(few.columns)]
    lines += [
        " | ".join(clipped(str(plain(cell)), WIDTH) for cell in row) for row in few.iter_rows()
    ]
    return "\n".join([_title(whole, count), *lines])


def _polars_series(series: Any) -> str:
    every = step(len(series), 1)
    of = f", of every {_ordinal(every)}" if every > 1 else ""
    line = polars_column(series.name, series.gather_every(every)).line()
    first = ", ".join(short(value) for value in series[:VALUES])
    return f"{len(series)} values{of}\n{line}\nThe first values: {first}"


def _lazy_frame(frame: Any) -> str:
    """A query of polars that has not run: only what it would give is told."""
    lines = [f"  {name}: {kind}" for name, kind in list(frame.collect_schema().items())[:COLUMNS]]
    return "\n".join(["A query that has not run. Its columns:", *lines])


def _array(values: Any) -> str:
    """An array of numpy: its type, what its numbers are like, and its corners."""
    numpy = _numpy()
    facts = [str(values.dtype)]
    if values.dtype.kind in "iuf" and values.size:
        seen = values.ravel()[:: step(values.size, 1)] if values.flags.c_contiguous else values
        known = seen[~numpy.isnan(seen)] if values.dtype.kind == "f" else seen
        facts += [f"{seen.size - known.size} NaN"] if known.size < seen.size else []
        if known.size:
            low, mean, high = known.min(), float(known.mean()), known.max()
            facts.append(f"min {short(low)}, mean {short(mean)}, max {short(high)}")
    corners = numpy.array2string(values, threshold=60, edgeitems=3, max_line_width=120)
    return f"{'; '.join(facts)}\n{corners}"


def _numpy() -> Any:
    import numpy  # noqa: PLC0415  # whoever has an array of it has imported it

    return numpy


_TOLD_BY = (
    ("pandas", "DataFrame", _pandas_frame),
    ("pandas", "Series", _pandas_series),
    ("polars", "DataFrame", _polars_frame),
    ("polars", "LazyFrame", _lazy_frame),
    ("polars", "Series", _polars_series),
    ("numpy", "ndarray", _array),
)
