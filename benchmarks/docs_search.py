"""How often the documentation search has a right answer among its first three.

The questions were written before the search was tuned and are not to be tuned on:
add others for that. Those whose packages are not installed are left out and counted.
Prints JSON, then a table. Run it where pandas and numpy are installed:

    python benchmarks/docs_search.py
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from jupyter_chatcore.assistants.guide.library import Library


class Case(NamedTuple):
    """A question in plain words and the names that answer it."""

    question: str
    right: frozenset[str]


def case(question: str, *right: str) -> Case:
    """A case with the names that count as right."""
    return Case(question, frozenset(right))


PANDAS = "pandas."
FRAME = "pandas.DataFrame."
SERIES = "pandas.Series."
CASES = (
    case("how can I glue two tables together by a shared id", PANDAS + "merge", FRAME + "merge",
         FRAME + "join"),
    case("stack several dataframes on top of each other", PANDAS + "concat"),
    case("get rid of rows with empty cells", FRAME + "dropna", SERIES + "dropna"),
    case("turn a column of text into timestamps", PANDAS + "to_datetime"),
    case("average price per category", FRAME + "groupby", SERIES + "groupby",
         "pandas.api.typing.DataFrameGroupBy.mean", "pandas.api.typing.SeriesGroupBy.mean"),
    case("ten largest values of a column", FRAME + "nlargest", SERIES + "nlargest"),
    case("change the type of a column to integer", FRAME + "astype", SERIES + "astype",
         PANDAS + "to_numeric"),
    case("show the first few rows", FRAME + "head", SERIES + "head"),
    case("which rows contain a certain word", SERIES + "str.contains"),
    case("cumulative total", FRAME + "cumsum", SERIES + "cumsum", "numpy.cumsum",
         "numpy.ndarray.cumsum"),
    case("put numbers into bins", PANDAS + "cut", PANDAS + "qcut", "numpy.digitize",
         "numpy.histogram"),
    case("go from wide to long format", PANDAS + "melt", FRAME + "melt", PANDAS + "wide_to_long"),
    case("how much memory does my dataframe use", FRAME + "memory_usage", FRAME + "info"),
    case("read an excel sheet", PANDAS + "read_excel", PANDAS + "ExcelFile.parse",
         PANDAS + "ExcelFile"),
    case("percent change from one row to the next", FRAME + "pct_change", SERIES + "pct_change"),
    case("make an array of zeros", "numpy.zeros", "numpy.zeros_like"),
    case("index of the largest element", "numpy.argmax", "numpy.ndarray.argmax",
         FRAME + "idxmax", SERIES + "idxmax", SERIES + "argmax"),
    case("invert a matrix", "numpy.linalg.inv", "numpy.linalg.pinv", "scipy.linalg.inv"),
    case("join arrays along an axis", "numpy.concatenate", "numpy.stack", "numpy.concat"),
    case("pick random elements without replacement", "numpy.random.choice",
         "numpy.random.Generator.choice", "random.sample", FRAME + "sample", SERIES + "sample"),
    case("limit values to a range", "numpy.clip", FRAME + "clip", SERIES + "clip",
         "numpy.ndarray.clip"),
    case("fit a straight line", "numpy.polyfit", "numpy.polynomial.polynomial.polyfit",
         "numpy.polynomial.Polynomial.fit", "scipy.stats.linregress",
         "sklearn.linear_model.LinearRegression"),
)  # fmt: skip
TARGET = 15 / 20
"""The share of hits that an earlier study of the same idea reached."""


class Outcome(NamedTuple):
    """Where the first right answer stood, counted from 1, 0 for nowhere; and how long it took."""

    case: Case
    place: int
    first: str
    milliseconds: float


async def ask(library: Library, one: Case) -> Outcome:
    """Search for one question."""
    start = time.perf_counter()
    names = [
        [ranked.entry.name, *ranked.entry.aliases] for ranked in await library.search(one.question)
    ]
    taken = 1000 * (time.perf_counter() - start)
    places = (place for place, found in enumerate(names, 1) if one.right & set(found))
    return Outcome(one, next(places, 0), names[0][0] if names else "", taken)


async def run(folder: Path) -> tuple[list[Outcome], dict[str, object]]:
    """Read what is installed into an empty folder, then ask everything."""
    library = Library(folder)
    start = time.perf_counter()
    await library.begin()
    await library.settled()
    built = time.perf_counter() - start
    known = await library.packages()
    installed = {package.name for package in known if package.entries}
    cases = [c for c in CASES if {name.partition(".")[0] for name in c.right} & installed]
    outcomes = [await ask(library, one) for one in cases]
    await library.close()
    size = await asyncio.to_thread(lambda: sum(f.stat().st_size for f in folder.iterdir()))
    return outcomes, {
        "packages": {package.name: package.entries for package in known},
        "index_seconds": round(built, 2),
        "index_megabytes": round(size / 1e6, 1),
        "questions": len(outcomes),
        "left_out": len(CASES) - len(cases),
    }


def summary(outcomes: list[Outcome]) -> dict[str, object]:
    """The figures of a run."""
    asked = max(1, len(outcomes))
    top3 = sum(1 <= one.place <= 3 for one in outcomes) / asked
    times = sorted(one.milliseconds for one in outcomes) or [0.0]
    return {
        "first": round(sum(one.place == 1 for one in outcomes) / asked, 3),
        "first_three": round(top3, 3),
        "target": TARGET,
        "ratio_to_target": round(top3 / TARGET, 2),
        "query_ms_median": round(times[len(times) // 2], 1),
        "query_ms_max": round(times[-1], 1),
    }


def main() -> None:
    """Print JSON, then a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes, facts = asyncio.run(run(Path(folder)))
    print(json.dumps({**facts, **summary(outcomes)}))
    for one in outcomes:
        print(f"{one.place or '-':>5}  {one.case.question:<52} {one.first}")


if __name__ == "__main__":
    main()
