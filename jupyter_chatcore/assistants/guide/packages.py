"""Which packages are read, in which order, and where their documentation is on the web."""

from __future__ import annotations

import sys
from typing import Literal

import msgspec

STDLIB = "python"
"""The name that the standard library has among the packages."""


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """One package to read.

    `name` is what is imported, `distribution` what is installed. `roots` are the modules
    whose public names count, by default the package itself; a root may also be a class
    or an accessor such as `pandas.Series.str`. `methods` says of which classes the
    methods are read. `prior` weighs its entries in a ranked list, and `says` are words
    in a question that mean this package.
    """

    name: str
    distribution: str
    roots: tuple[str, ...] = ()
    methods: Literal["all", "none"] | tuple[str, ...] = "all"
    prior: float = 1.0
    says: tuple[str, ...] = ()
    url: str = ""

    @property
    def modules(self) -> tuple[str, ...]:
        """Where reading starts."""
        return self.roots or (self.name,)


PACKAGES: tuple[Package, ...] = (
    Package(
        name=STDLIB,
        distribution=STDLIB,
        roots=(
            *(
                "builtins",
                "math",
                "statistics",
                "random",
                "datetime",
                "time",
                "calendar",
                "zoneinfo",
            ),
            *("collections", "itertools", "functools", "operator", "re", "string", "textwrap"),
            *("json", "csv", "pathlib", "os", "os.path", "shutil", "glob", "tempfile", "io", "sys"),
            *("pickle", "gzip", "zipfile", "hashlib", "base64", "decimal", "fractions", "copy"),
            *("dataclasses", "enum", "typing", "contextlib", "logging", "warnings", "traceback"),
            *("subprocess", "threading", "concurrent.futures", "multiprocessing", "asyncio"),
            *("urllib.request", "urllib.parse", "sqlite3", "heapq", "bisect", "timeit", "pprint"),
            *("secrets", "uuid", "inspect", "argparse", "difflib", "configparser"),
        ),
        prior=0.8,
        says=(
            "python",
            "list",
            "lists",
            "dict",
            "dictionary",
            "string",
            "strings",
            "tuple",
            "file",
        ),
    ),
    Package(
        name="pandas",
        distribution="pandas",
        roots=(
            # the two that people use first: what others share with them gets their name
            *("pandas.DataFrame", "pandas.Series", "pandas", "pandas.Series.str"),
            *("pandas.Series.dt", "pandas.Series.cat", "pandas.DataFrame.plot"),
            *("pandas.api.typing.DataFrameGroupBy", "pandas.api.typing.SeriesGroupBy"),
            *("pandas.api.typing.Rolling", "pandas.api.typing.Resampler", "pandas.testing"),
        ),
        says=("pandas", "dataframe", "dataframes", "df", "series", "column", "columns", "csv"),
        url="https://pandas.pydata.org/docs/reference/api/{name}.html",
    ),
    Package(
        name="numpy",
        distribution="numpy",
        roots=(
            "numpy",
            "numpy.linalg",
            "numpy.fft",
            "numpy.random",
            "numpy.polynomial",
            "numpy.ma",
        ),
        methods=("ndarray", "Generator"),
        says=("numpy", "array", "arrays", "matrix", "ndarray"),
        url="https://numpy.org/doc/stable/reference/generated/{name}.html",
    ),
    Package(
        name="matplotlib",
        distribution="matplotlib",
        roots=("matplotlib.axes.Axes", "matplotlib.figure.Figure", "matplotlib.pyplot"),
        methods="none",
        says=("matplotlib", "pyplot", "figure", "axes", "axis", "plot", "legend", "subplot"),
        url="https://matplotlib.org/stable/api/_as_gen/{name}.html",
    ),
    Package(
        name="scipy",
        distribution="scipy",
        roots=(
            *("scipy.stats", "scipy.optimize", "scipy.interpolate", "scipy.integrate"),
            *("scipy.signal", "scipy.linalg", "scipy.sparse", "scipy.sparse.linalg"),
            *("scipy.spatial", "scipy.spatial.distance", "scipy.ndimage", "scipy.fft"),
            *("scipy.special", "scipy.cluster.hierarchy", "scipy.io"),
        ),
        methods="none",
        prior=0.85,
        says=("scipy", "statistical"),
        url="https://docs.scipy.org/doc/scipy/reference/generated/{name}.html",
    ),
    Package(
        name="sklearn",
        distribution="scikit-learn",
        roots=tuple(
            "sklearn." + name
            for name in (
                *("model_selection", "linear_model", "ensemble", "preprocessing", "metrics"),
                *("cluster", "decomposition", "pipeline", "compose", "impute", "svm", "tree"),
                *("neighbors", "naive_bayes", "neural_network", "feature_selection", "datasets"),
                *("feature_extraction.text", "manifold", "mixture", "inspection", "calibration"),
                *("dummy", "gaussian_process", "discriminant_analysis", "covariance"),
            )
        ),
        methods="none",
        prior=0.9,
        says=("sklearn", "scikit", "classifier", "classification", "model", "train", "clustering"),
        url="https://scikit-learn.org/stable/modules/generated/{name}.html",
    ),
    Package(
        name="seaborn",
        distribution="seaborn",
        methods="none",
        prior=0.85,
        says=("seaborn", "sns"),
        url="https://seaborn.pydata.org/generated/{name}.html",
    ),
    Package(
        name="polars",
        distribution="polars",
        roots=("polars", "polars.DataFrame", "polars.LazyFrame", "polars.Expr"),
        methods=("DataFrame", "LazyFrame", "Expr", "Series"),
        prior=0.6,
        says=("polars", "lazyframe"),
    ),
)
BY_NAME = {package.name: package for package in PACKAGES}

_BUILTIN_PAGES = {"function": "functions", "class": "functions", "exception": "exceptions"}


def web_page(package: str, name: str, kind: str) -> str | None:
    """The address of the page about `name`, None where there is no rule for it."""
    if package == STDLIB:
        return _python_page(name, kind)
    known = BY_NAME.get(package)
    if known is None or not known.url:
        return None
    if package == "matplotlib" and not name.startswith(("matplotlib.pyplot.", "matplotlib.axes.")):
        return None
    page, anchor = name, ""
    if package == "sklearn" and kind == "method":
        page, anchor = name.rpartition(".")[0], f"#{name}"
    return known.url.format(name=page) + anchor


def _python_page(name: str, kind: str) -> str:
    base = f"https://docs.python.org/{sys.version_info.major}.{sys.version_info.minor}/library"
    module, _, rest = name.partition(".")
    if module == "builtins":
        page = (
            "stdtypes" if kind in ("method", "property") else _BUILTIN_PAGES.get(kind, "functions")
        )
        return f"{base}/{page}.html#{rest}"
    for root in BY_NAME[STDLIB].roots:
        if name == root or name.startswith(root + "."):
            module = root
    return f"{base}/{module}.html" + ("" if name == module else f"#{name}")
