"""What the columns of a table hold, told in a line each.

Statistics are taken of at most `CELLS` cells: of a longer table every n-th row counts.
Neither pandas nor polars is imported: whoever has a table of theirs has done so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..kernels.harmless import harmless, told

CELLS, MOST_ROWS, FEWEST_ROWS = 5_000_000, 1_000_000, 1_000
FREQUENT, WORD = 3, 40
_SHOWN_DISTINCT = 20


@dataclass(frozen=True)
class Column:
    """A column: its name and type, and what could be told of its values.

    `frequent` are the most frequent values with how often each occurs.
    """

    name: str
    kind: str
    missing: int = 0
    distinct: int | None = None
    low: Any = None
    mean: Any = None
    high: Any = None
    frequent: tuple[tuple[Any, int], ...] = ()

    def line(self) -> str:
        """All of it in a line."""
        facts = [self.kind, f"{self.missing} missing" if self.missing else ""]
        facts.append("" if self.distinct is None else f"{self.distinct} distinct")
        told = (("min", self.low), ("mean", self.mean), ("max", self.high))
        facts.append(", ".join(f"{word} {short(value)}" for word, value in told if _is(value)))
        facts.append(", ".join(f"{short(value)} ({count} times)" for value, count in self.frequent))
        return f"  {clipped(self.name, 80)}: {'; '.join(filter(None, facts))}"


def clipped(text: str, length: int) -> str:
    """The text on one line, at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def short(value: Any) -> str:
    """A value as it stands in a line."""
    if isinstance(value, float):
        return f"{value:.6g}"
    return clipped(str(value) if harmless(value) else told(value), WORD)


def _is(value: Any) -> bool:
    """Whether it is a value at all: not None, NaN, NaT or NA."""
    return value is not None and str(value) not in ("nan", "NaT", "<NA>")


def step(rows: int, columns: int) -> int:
    """Every how manieth row counts in a table of this size."""
    most = min(MOST_ROWS, max(FEWEST_ROWS, CELLS // max(columns, 1)))
    return -(-rows // most) if rows > most else 1


def pandas_column(name: Any, series: Any) -> Column:
    """A column of pandas; what its values do not allow is left out."""
    kind = series.dtype.kind if isinstance(getattr(series.dtype, "kind", None), str) else "O"
    measured = kind in "iuf" or kind in "mM"
    distinct = _asked(lambda: int(series.nunique()))
    return Column(
        name=str(name),
        kind=str(series.dtype),
        missing=int(series.isna().sum()),
        distinct=distinct,
        low=_asked(series.min) if measured else None,
        mean=_plain(_asked(series.mean)) if kind in "iuf" else None,
        high=_asked(series.max) if measured else None,
        frequent=() if measured else _frequent(distinct, len(series), lambda: _counts(series)),
    )


def _counts(series: Any) -> Iterable[tuple[Any, int]]:
    counted: Iterable[tuple[Any, int]] = series.value_counts().head(FREQUENT).items()
    return counted


def polars_column(name: str, series: Any) -> Column:
    """A column of polars; what its values do not allow is left out."""
    numeric, measured = series.dtype.is_numeric(), series.dtype.is_temporal()
    distinct = _asked(lambda: int(series.drop_nulls().n_unique()))
    return Column(
        name=name,
        kind=str(series.dtype),
        missing=int(series.null_count()),
        distinct=distinct,
        low=_asked(series.min) if numeric or measured else None,
        mean=_plain(_asked(series.mean)) if numeric else None,
        high=_asked(series.max) if numeric or measured else None,
        frequent=()
        if numeric or measured
        else _frequent(distinct, len(series), lambda: _polars_counts(series)),
    )


def _polars_counts(series: Any) -> Iterable[tuple[Any, int]]:
    counts = series.drop_nulls().value_counts(sort=True).head(FREQUENT)
    counted: Iterable[tuple[Any, int]] = counts.iter_rows()
    return counted


def _frequent(
    distinct: int | None, rows: int, counts: Callable[[], Iterable[tuple[Any, int]]]
) -> tuple[tuple[Any, int], ...]:
    """The most frequent values, where values come back often enough to be worth a word."""
    if not distinct or (distinct > _SHOWN_DISTINCT and distinct * 2 > rows):
        return ()
    found = _asked(lambda: [(value, int(count)) for value, count in counts()])
    return tuple(found or ())


def _plain(value: Any) -> Any:
    """A number of a library as Python has it."""
    return _asked(lambda: float(value)) if _is(value) else None


def _asked(question: Callable[[], Any]) -> Any:
    """The answer; None where the values cannot be compared, hashed or counted."""
    try:
        return question()
    except Exception:
        return None
