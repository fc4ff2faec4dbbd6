"""What is told of tables, arrays, models and other objects; it runs in the user's kernel.

Each reads the first few values only, so that it costs the same at any length.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import Any

from .harmless import (
    BRACKETS,
    HIDDEN,
    LIBRARIES,
    MAPPINGS,
    among,
    bases_of,
    derived,
    genuine,
    inside,
    is_a,
    known_zone,
    module_of,
    namespace_of,
    plain,
    qualname_of,
    secret,
    told,
    type_of,
)

TEXT, LINES, COLUMNS, WIDE, ROWS, VALUES, NAMES, CELL = 4000, 60, 40, 20, 5, 10, 40, 60
SIZED = (*BRACKETS, *MAPPINGS, str, bytes, bytearray, range)


def shape_of(value: Any) -> list[int] | None:
    """The lengths of its axes, where it has any."""
    if _has_axes(value):
        return [int(length) for length in value.shape]
    return [len(value)] if among(type(value), SIZED) else None


def _has_axes(value: Any) -> bool:
    if is_a(value, "pandas", "DataFrame", "Series") or is_a(value, "geopandas", "GeoDataFrame"):
        return True
    if is_a(value, "polars", "DataFrame", "Series") or is_a(value, "numpy", "ndarray"):
        return True
    if derived(value, "pandas", "Index"):
        return genuine(type(value))
    return is_a(value, "torch", "Tensor")


def preview(value: Any) -> tuple[str, bool]:
    """What is told of a value, and whether more could be told."""
    return cut(_preview(value))


def cut(text: str) -> tuple[str, bool]:
    """The text as far as it is told, and whether there is more."""
    short = "\n".join(text.splitlines()[:LINES])[:TEXT]
    return short, len(short) < len(text.rstrip("\n"))


def _preview(value: Any) -> str:
    if type(value) is types.FunctionType:
        return _function(value)
    if any(base is type for base in bases_of(type(value))):
        return _headed(f"class {qualname_of(value)}", namespace_of(value).get("__doc__"))
    for library, names, tell in _TOLD_BY:
        if is_a(value, library, *names):
            return str(tell(value))
    text = told(value)
    return text if text != f"<{type_of(value)}>" else _names_in(value)


def _function(value: types.FunctionType) -> str:
    code = value.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return _headed(f"function {value.__qualname__}({', '.join(names)})", value.__doc__)


def _headed(head: str, doc: Any) -> str:
    return f"{head}\n{doc.strip()}".strip() if type(doc) is str else head


def _names_in(value: Any) -> str:
    """What is in an object by name and type; of a library's model also what is set to what."""
    ours = genuine(type(value))
    pairs = [
        f"  {name}: {_worth(inner, ours)}"
        for name, inner in inside(value)
        if not secret(name) and not name.startswith("_" if ours else "__")
    ]
    more = [f"  … {len(pairs) - NAMES} more"] if len(pairs) > NAMES else []
    return "\n".join([f"<{type_of(value)}>", *pairs[:NAMES], *more])


def _worth(inner: Any, of_library: bool) -> str:
    if not of_library:
        return type_of(inner)
    text, shape = told(inner, 1), shape_of(inner)
    return f"<{type_of(inner)} of shape {tuple(shape)}>" if shape and text[:1] == "<" else text


def plain_dtype(dtype: Any) -> bool:
    """Whether a column's values can be read without asking a class of somebody's own."""
    kind = type(dtype)
    if derived(dtype, "numpy", "dtype"):
        return True
    if not genuine(kind, (*LIBRARIES, "pyarrow")):
        return False
    name = qualname_of(kind)
    if name == "DatetimeTZDtype":
        return known_zone(dtype.tz)
    if name == "CategoricalDtype":
        return dtype.categories is None or plain_dtype(dtype.categories.dtype)
    if name == "ArrowDtype":
        # a value of a list or a struct may be of any size
        return module_of(type(dtype.pyarrow_dtype)) == "pyarrow.lib" and "<" not in str(dtype)
    return name not in ("SparseDtype", "IntervalDtype")


def _dtype(dtype: Any) -> str:
    return str(dtype)[:80] if plain_dtype(dtype) else type_of(dtype)


def _label(label: Any) -> str:
    return _line(label, 80)


def _line(value: Any, width: int = CELL) -> str:
    """A value as one line of a table."""
    text = plain(value)
    if text.startswith("Timestamp("):
        text = str(value)  # known to be one, or it would be told by its type
    return " ".join(text[: 4 * width].split())[:width]


def _table(head: str, pairs: Sequence[tuple[str, str]], count: int, sample: str) -> str:
    """A table: its columns with their types, a line each, and its first rows."""
    lines = [head, *(f"  {name}: {kind}" for name, kind in pairs)]
    if count > len(pairs):
        lines.append(f"  … {count - len(pairs)} more columns")
    return "\n".join([*lines, "First rows:", sample] if sample else lines)


def _pandas_frame(df: Any) -> str:
    rows, columns = df.shape
    shown = df.iloc[:ROWS, :COLUMNS]
    labels = _index_labels(shown.columns, shown.shape[1])
    series = [shown.iloc[:, place] for place in range(shown.shape[1])]
    pairs = [(name, _dtype(one.dtype)) for name, one in zip(labels, series, strict=True)]
    cells = [_cells(name, one) for name, one in zip(labels[:WIDE], series[:WIDE], strict=True)]
    rows_at = _index_labels(shown.index, len(shown))
    sample = _aligned(["", *labels[:WIDE]], [rows_at, *cells]) if rows and columns else ""
    index = f"{qualname_of(type(df.index))} of {_dtype(df.index.dtype)}"
    return _table(f"{rows} rows, {columns} columns, index: {index}", pairs, columns, sample)


def _index_labels(index: Any, count: int) -> list[str]:
    """The labels of an axis; those of an index of somebody's own are not read."""
    levels = index.levels if is_a(index, "pandas", "MultiIndex") else [index]
    if genuine(type(index)) and all(plain_dtype(level.dtype) for level in levels):
        return [_label(label) for label in index[:count].tolist()]
    return ["…"] * count


def _cells(name: str, series: Any) -> list[str]:
    """The first values of a column of pandas."""
    if secret(name):
        return [HIDDEN] * len(series)
    if not plain_dtype(series.dtype):
        return ["…"] * len(series)
    return [_line(value) for value in series.tolist()]


def _aligned(heads: Sequence[str], columns: Sequence[Sequence[str]]) -> str:
    table = [[head, *cells] for head, cells in zip(heads, columns, strict=True)]
    padded = [[cell.rjust(max(map(len, column))) for cell in column] for column in table]
    return "\n".join("  ".join(row).rstrip() for row in zip(*padded, strict=True))


def _pandas_series(series: Any) -> str:
    head = series.iloc[:VALUES]
    name = "" if series.name is None else _label(series.name)
    table = _aligned(["", name], [_index_labels(head.index, len(head)), _cells(name, head)])
    called = name and f", name: {name}"
    return f"{len(series)} values of {_dtype(series.dtype)}{called}\n{table}"


def _pandas_index(index: Any) -> str:
    labels = ", ".join(_index_labels(index, min(VALUES, len(index))))
    return f"{len(index)} labels of {_dtype(index.dtype)}: {labels}"


def _polars_frame(df: Any) -> str:
    rows, columns = df.shape
    pairs = [(name[:80], str(kind)[:80]) for name, kind in list(df.schema.items())[:COLUMNS]]
    readable = list(_readable(df.schema.items()))[:WIDE]
    sample = str(df[:ROWS].select(readable)) if readable else ""
    return _table(f"{rows} rows, {columns} columns", pairs, columns, sample)


def _readable(columns: Any) -> Iterator[str]:
    """Columns that polars may print: it asks Python's objects for their names, and no secrets."""
    for name, kind in columns:
        if not secret(name) and "Object" not in str(kind):
            yield name


def _polars_series(series: Any) -> str:
    return str(series[:VALUES]) if list(_readable([(series.name, series.dtype)])) else ""


def _array(values: Any) -> str:
    first = told(values.flat[:VALUES].tolist())
    return f"{str(values.dtype)[:200]}, first values: {first}"


def _tensor(values: Any) -> str:
    # its values may be elsewhere, and to read them could wait for a device
    return f"{values.dtype} on {values.device}"


def _lazy(_frame: Any) -> str:
    return "a query that has not been run; its columns are known when it is collected"


_INDEXES = ("Index", "RangeIndex", "DatetimeIndex", "TimedeltaIndex", "PeriodIndex")
_TOLD_BY = (
    ("pandas", ("DataFrame",), _pandas_frame),
    ("geopandas", ("GeoDataFrame",), _pandas_frame),
    ("pandas", ("Series",), _pandas_series),
    ("pandas", (*_INDEXES, "CategoricalIndex", "MultiIndex"), _pandas_index),
    ("polars", ("DataFrame",), _polars_frame),
    ("polars", ("Series",), _polars_series),
    ("polars", ("LazyFrame",), _lazy),
    ("numpy", ("ndarray",), _array),
    ("torch", ("Tensor",), _tensor),
)
