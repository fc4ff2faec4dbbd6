"""A long answer: what it writes to disk, sends to each tab and costs, from first to last.

20,000 tokens (100 kB) at 200 a second into an empty chat, and 2,000 into one of 1,000
messages and an empty one, each with two tabs, beside a bare handler that frames once and
keeps nothing. With --quick the long one is compressed in time to 2,000 tokens a second:
the same text in a tenth of the writes.

    python benchmarks/long_reply.py [--quick]
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from measure import MB, Report, Row, Spread, Written, begin, percentile, spread, turns
from rounds import Rounds, Run
from servers import Server, fill, folder, serving
from tokens import Order, growth

TABS = 2
MESSAGES = 1000
ROW_SECONDS = 0.25
Both = tuple[Spread, Spread]


def main() -> None:
    """Print JSON, then a table."""
    report = begin("long_reply", __doc__)
    with folder() as home:
        unstarted = Server(home)
        unstarted.database.parent.mkdir(parents=True)
        number = 2 if report.quick else 3
        filled = [f"filled-{n}" for n in range(number)]
        fill(unstarted.database, dict.fromkeys(filled, MESSAGES))
        with serving(home) as (server, caller):
            rounds = Rounds(server, caller)
            asyncio.run(everything(report, rounds, filled, home))
    report.notes.append(
        "written: the larger of /proc/PID/io's wchar (bytes given to write calls, sockets not"
        " counted) and write_bytes (pages made dirty), so a page written twice counts twice"
    )
    report.show()


async def everything(report: Report, rounds: Rounds, filled: list[str], home: Path) -> None:
    """Both answers."""
    await rounds.fan(Order(100, rate=200), TABS, bare=False)
    await rounds.fan(Order(100, rate=200), TABS, bare=True)
    await short(report, rounds, filled, home)
    await long(report, rounds, home)


async def short(report: Report, rounds: Rounds, filled: list[str], home: Path) -> None:
    """2,000 tokens; the chat that is filled, an empty one, and the floor."""
    order = Order(2000, rate=200)
    found: dict[str, list[Run]] = defaultdict(list)
    fresh = iter(filled)
    for case in turns(len(filled), ("filled", "empty", "bare")):
        chat = next(fresh) if case == "filled" else None
        found[case].append(await rounds.fan(order, TABS, bare=case == "bare", chat=chat))
    name = f"2,000 tokens into {MESSAGES:,} messages, {TABS} tabs"
    idle = await rounds.idle(order.tokens / order.rate)
    report.notes.append(f"an idle server uses {idle:.2f} s of CPU in the 10 s of 2,000 tokens")
    tell(report, name, order, found["filled"], found["bare"], home, (60, 2.5, 0.25))
    filled_runs, empty = found["filled"], found["empty"]
    report.add(
        Row("CPU, a chat of 1,000 messages against an empty one", "s",
            spread(figures(filled_runs, 0)), spread(figures(empty, 0)), "ratio", 1.2),
        Row("written, the same", "MB", spread(figures(filled_runs, 1)), spread(figures(empty, 1)),
            "ratio", 1.2),
    )  # fmt: skip
    alone = await rounds.alone(order)
    report.notes.append(
        f"the assistant of this benchmark alone uses {alone:.2f} s of CPU for 2,000 tokens:"
        " it is in the CPU of both, as is the event loop's waking 200 times a second"
    )


async def long(report: Report, rounds: Rounds, home: Path) -> None:
    """20,000 tokens."""
    order = Order(20_000, rate=2000 if report.quick else 200)
    found: dict[bool, list[Run]] = defaultdict(list)
    for bare in turns(1 if report.quick else 2, (False, True)):
        found[bare].append(await rounds.fan(order, TABS, bare=bare))
    name = f"20,000 tokens at {order.rate:,.0f}/s, {TABS} tabs"
    tell(report, name, order, found[False], found[True], home, (None, 20, None))
    first, last = (
        spread([r.quarters[n] * 1e6 * 4 / order.tokens for r in found[False]]) for n in (0, 1)
    )
    report.add(
        Row(f"{name}: CPU a token, last quarter against the first", "µs", last, first, "ratio", 1.2)
    )


def tell(
    report: Report,
    name: str,
    order: Order,
    ours: Sequence[Run],
    bare: Sequence[Run],
    home: Path,
    targets: tuple[float | None, float | None, float | None],
) -> None:
    """What both answers are asked; `targets` are for kB to a tab, MB written, s of CPU."""
    read, written, cpu = targets
    rows = by_rows(home, order) / MB
    to_tabs = spread([max(r.read) / 1e3 for r in ours]), spread([max(r.read) / 1e3 for r in bare])
    used = spread(figures(ours, 0)), spread(figures(bare, 0))
    report.add(
        Row(f"{name}: sent to each tab", "kB", *to_tabs, target=read),
        Row(f"{name}: written (floor: a row each {ROW_SECONDS * 1e3:.0f} ms)", "MB",
            spread(figures(ours, 1)), spread([rows]), target=written),
        Row(f"{name}: CPU", "s", *used, target=cpu,
            note=f"{used[0].median / order.tokens * 1e6:.0f} µs a token"),
        Row(f"{name}: latency, median", "ms", *late(ours, bare, 50)),
        Row(f"{name}: latency, p99", "ms", *late(ours, bare, 99)),
    )  # fmt: skip


def figures(runs: Sequence[Run], which: int) -> list[float]:
    """The CPU seconds (0) or megabytes written (1) of each round."""
    return [(run.cost.cpu, run.written / MB)[which] for run in runs]


def late(ours: Sequence[Run], bare: Sequence[Run], percent: float) -> Both:
    """The latency at a percentile, in ms."""
    first, second = (
        spread([percentile(r.late, percent) * 1e3 for r in runs]) for runs in (ours, bare)
    )
    return first, second


def by_rows(home: Path, order: Order) -> float:
    """The bytes written by the least that keeps an answer: a row each quarter of a second."""
    with sqlite3.connect(home / f"rows-{order.tokens}.sqlite", isolation_level=None) as database:
        database.execute("PRAGMA page_size = 2048")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("CREATE TABLE deltas (seq INTEGER PRIMARY KEY, change TEXT)")
        before = Written.by()
        text = "word " * int(200 * ROW_SECONDS)
        for seq in range(len("word ") * order.tokens // len(text)):
            change = growth("chat", seq, text).decode()
            database.execute("INSERT INTO deltas VALUES (?, ?)", (seq, change))
        return Written.by().since(before)


if __name__ == "__main__":
    main()
