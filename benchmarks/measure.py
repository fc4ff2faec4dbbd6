"""What every benchmark shares: clocks, turns, medians with their spread, and the report.

The figures of a process come from Linux: /proc, and its CPU clock of any process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

T = TypeVar("T")
MB = 1e6


class Spread(NamedTuple):
    """The median of some figures, the quartiles around it, and how many they were."""

    median: float
    low: float
    high: float
    rounds: int


def spread(values: Sequence[float]) -> Spread:
    """The median and the quartiles."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0], 1)
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(middle, low, high, len(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of all are at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def turns(rounds: int, cases: Sequence[T]) -> Iterator[T]:
    """Every case once a round, each round beginning with another: none has the quiet end."""
    for number in range(rounds):
        first = number % len(cases)
        yield from (*cases[first:], *cases[:first])


class Cost(NamedTuple):
    """Seconds on the wall and seconds of CPU."""

    wall: float
    cpu: float


class Stopwatch:
    """Wall and CPU time of a process, this one by default, since it was made."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._cpu = cpu_seconds(pid)
        self._wall = time.perf_counter()

    def read(self) -> Cost:
        """What it took so far."""
        return Cost(time.perf_counter() - self._wall, cpu_seconds(self._pid) - self._cpu)


def cpu_seconds(pid: int | None = None) -> float:
    """The CPU time that all threads of a process have used, to the nanosecond."""
    # Linux numbers the CPU clock of a process so (clock_getcpuclockid).
    return time.process_time() if pid is None else time.clock_gettime((~pid << 3) | 2)


class Written(NamedTuple):
    """Bytes that a process gave to write calls on files, and pages of them it made dirty."""

    given: int
    dirtied: int

    @classmethod
    def by(cls, pid: int | None = None) -> Written:
        """So far; what goes into sockets does not count."""
        lines = Path(f"/proc/{pid or 'self'}/io").read_text().splitlines()
        values = {name: int(value) for name, value in (line.split(": ") for line in lines)}
        return cls(values["wchar"], values["write_bytes"])

    def since(self, before: Written) -> float:
        """The larger of both, in bytes, since then."""
        return float(max(self.given - before.given, self.dirtied - before.dirtied))


def memory(pid: int | None = None) -> int:
    """The resident memory of a process, in bytes."""
    pages = int(Path(f"/proc/{pid or 'self'}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Row:
    """One figure, the floor beside it, and what is wanted of it.

    `judged` is what the target is about: `ours` itself, its ratio to the floor, or the
    floor's ratio to it (`share`: how much of the floor's speed is reached, from costs).
    Without a `target` the row is for information. CPU is in the same unit as `ours`.
    """

    name: str
    unit: str
    ours: Spread
    floor: Spread | None = None
    judged: Literal["value", "ratio", "share"] = "value"
    target: float | None = None
    at_least: bool = False
    cpu: Spread | None = None
    floor_cpu: Spread | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """To the floor, the way round in which it is judged."""
        if self.floor is None or not (self.floor.median and self.ours.median):
            return None
        if self.judged == "share":
            return self.floor.median / self.ours.median
        return self.ours.median / self.floor.median

    @property
    def met(self) -> bool | None:
        """Whether it is as wanted; None where nothing is."""
        figure = self.ours.median if self.judged == "value" else self.ratio
        if self.target is None or figure is None:
            return None
        return figure >= self.target if self.at_least else figure <= self.target

    def as_json(self) -> dict[str, Any]:
        """All of it, the spreads by name."""
        spreads = {"ours": self.ours, "floor": self.floor, "cpu": self.cpu}
        spreads["floor_cpu"] = self.floor_cpu
        found = {k: v._asdict() if v else None for k, v in spreads.items()}
        names = ("name", "unit", "judged", "target", "at_least", "ratio", "met", "note")
        return {name: getattr(self, name) for name in names} | found

    def cells(self) -> list[str]:
        """The row of the table."""
        what = {"value": "", "ratio": " x floor", "share": " of floor"}[self.judged]
        sign = ">=" if self.at_least else "<="
        unit = f" {self.unit}" if self.judged == "value" else what
        wanted = "" if self.target is None else f"{sign} {self.target:g}{unit}"
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        return [
            self.name,
            self.unit,
            _text(self.ours),
            _text(self.floor),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            wanted,
            verdict,
            f"{_median(self.cpu)} / {_median(self.floor_cpu)}" if self.cpu else "",
            self.note,
        ]


@dataclass
class Report:
    """What a benchmark found, and on what machine."""

    benchmark: str
    quick: bool
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    load_before: tuple[float, float, float] = field(default_factory=os.getloadavg)

    def add(self, *rows: Row) -> None:
        """More rows, in the order in which they are shown."""
        self.rows += rows

    def show(self) -> None:
        """Print JSON on one line, then the table."""
        print(json.dumps(self.as_json()))
        header = ["what", "unit", "ours [quartiles]", "floor [quartiles]", "ratio", "target"]
        header += ["", "CPU ours / floor", "note"]
        table = [header, *(row.cells() for row in self.rows)]
        widths = [max(len(row[n]) for row in table) for n in range(len(header))]
        print(f"\n{self.benchmark}{' --quick' if self.quick else ''}: {self._machine()}\n")
        for row in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        for note in self.notes:
            print(f"- {note}")

    def as_json(self) -> dict[str, Any]:
        """Everything in the report."""
        return {
            "benchmark": self.benchmark,
            "quick": self.quick,
            "machine": self._machine(),
            "rows": [row.as_json() for row in self.rows],
            "notes": self.notes,
        }

    def _machine(self) -> str:
        before, after = self.load_before[0], os.getloadavg()[0]
        return (
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version},"
            f" {os.cpu_count()} cores, load {before:.1f} before and {after:.1f} after"
        )


def begin(benchmark: str, description: str | None) -> Report:
    """The report to fill, after reading the command line."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds of smaller things")
    return Report(benchmark, parser.parse_args().quick)


def _text(value: Spread | None) -> str:
    if value is None:
        return ""
    if value.rounds == 1:
        return _number(value.median)
    return f"{_number(value.median)} [{_number(value.low)}..{_number(value.high)}]"


def _median(value: Spread | None) -> str:
    return "-" if value is None else _number(value.median)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
