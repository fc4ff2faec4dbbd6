"""The names in a prompt that may be looked up: `np.linspace`, df.groupby("x"), read_csv."""

from __future__ import annotations

import re
from typing import NamedTuple

ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "mpl": "matplotlib",
    "sns": "seaborn",
    "pl": "polars",
    "sp": "scipy",
    "nx": "networkx",
    "xr": "xarray",
    "px": "plotly.express",
    "go": "plotly.graph_objects",
    "sm": "statsmodels.api",
    "smf": "statsmodels.formula.api",
    "tf": "tensorflow",
    "dt": "datetime",
    "stats": "scipy.stats",
    "optimize": "scipy.optimize",
    "scikit": "sklearn",
}
"""Names that most people import these under."""
VARIABLES = {
    "df": ("pandas.DataFrame",),
    "dataframe": ("pandas.DataFrame",),
    "s": ("pandas.Series",),
    "ser": ("pandas.Series",),
    "series": ("pandas.Series",),
    "col": ("pandas.Series",),
    "arr": ("numpy.ndarray",),
    "array": ("numpy.ndarray",),
    "rng": ("numpy.random.Generator",),
    "ax": ("matplotlib.axes.Axes",),
    "axes": ("matplotlib.axes.Axes",),
    "fig": ("matplotlib.figure.Figure",),
    "lf": ("polars.LazyFrame",),
    "path": ("pathlib.Path",),
    "str": ("builtins.str", "pandas.Series.str"),
    "list": ("builtins.list",),
    "dict": ("builtins.dict",),
}
"""What variables of these names mostly are."""

_IMPORT = re.compile(r"^\s*import\s+([\w.]+)\s+as\s+(\w+)", re.M)
_FROM = re.compile(r"^\s*from\s+([\w.]+)\s+import\s+\(?([\w ,]+)", re.M)
_CODE = re.compile(r"`+([^`\n]+)`+")
_DOTTED = re.compile(
    r"(?<![\w./@-])[A-Za-z_]\w*(?:\([^()\n]*\)|\[[^\[\]\n]*\])?(?:\.[A-Za-z_]\w*)+"
)
_CHAIN = re.compile(r"(?<=[)\]])\.([A-Za-z_]\w*)")
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w+)\(")
_SNAKE = re.compile(r"(?<![\w.])[A-Za-z]+(?:_[A-Za-z0-9]+)+(?![\w.]*\w)")
_CAMEL = re.compile(r"(?<![\w.])[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+(?![\w.]*\w)")
_WORD = re.compile(r"^[A-Za-z_][\w.]*$")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_FILE_TYPES = (
    "csv txt json xlsx xls parquet png jpg jpeg pdf py ipynb com org net io db html xml zip"
)
_FILES = frozenset(_FILE_TYPES.split())


class Mention(NamedTuple):
    """A name in a prompt: as it was written, what it may be in full, and how it may end."""

    text: str
    names: tuple[str, ...]
    suffixes: tuple[str, ...]


def mentions(prompt: str, limit: int = 4) -> list[Mention]:
    """The names in a prompt, in the order of how surely they are meant as code."""
    known = _imported(prompt)
    found: dict[str, Mention] = {}
    for written in _written(prompt):
        mention = _mention(written, known)
        if mention is not None and mention.text not in found:
            found[mention.text] = mention
    return list(found.values())[:limit]


def named(text: str) -> Mention | None:
    """What a name given on its own may be."""
    return _mention(text.strip().strip("`").rstrip("?()"), {})


def _imported(prompt: str) -> dict[str, str]:
    known = {alias: module for module, alias in _IMPORT.findall(prompt)}
    for module, names in _FROM.findall(prompt):
        for name in names.split(","):
            real, _, alias = name.strip().partition(" as ")
            known[(alias or real).strip()] = f"{module}.{real.strip()}"
    return known


def _written(prompt: str) -> list[str]:
    bare = prompt.strip().rstrip("?!. ()")
    found = [bare] if _WORD.match(bare) else []
    for code in _CODE.findall(prompt):
        found += [code] if _WORD.match(code) else _DOTTED.findall(code) + _CALL.findall(code)
    for pattern in (_DOTTED, _CHAIN, _CALL, _SNAKE, _CAMEL):
        found += pattern.findall(prompt)
    return found


def _mention(written: str, known: dict[str, str]) -> Mention | None:
    name = _BRACKETS.sub("", written).strip(".")
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts) or _no_code(parts):
        return None
    base, rest = parts[0], parts[1:]
    names = [".".join([start, *rest]) for start in _starts(base, known, bool(rest))]
    suffixes = [".".join(parts[-2:])] if len(parts) > 2 else []
    if len(parts[-1]) > 2:
        suffixes.append(parts[-1])
    return Mention(name, tuple(dict.fromkeys(names)), tuple(suffixes))


def _no_code(parts: list[str]) -> bool:
    """Whether dotted words are a file's name, an address or an abbreviation such as i.e."""
    return len(parts) > 1 and (parts[-1] in _FILES or max(map(len, parts)) == 1)


def _starts(base: str, known: dict[str, str], dotted: bool) -> list[str]:
    starts = [known[base]] if base in known else []
    if base in ALIASES and base not in known:
        starts.append(ALIASES[base])
    if dotted:
        starts += VARIABLES.get(base.lower(), ())
    return [*starts, base]
