"""Durable commits with 50 writers, and how long the event loop is held meanwhile.

The floor is a group commit in plain SQLite: one thread, the same `synchronous`, the
same row in a bare table. A second floor has the same indexes, search and clock.

    python benchmarks/commit.py [--quick]
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from measure import Report, Row, Stopwatch, begin, percentile, spread, turns
from servers import folder

from jupyter_chatcore.api import NewSession
from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.parts import Part, TextPart
from jupyter_chatcore.protocol import Author
from jupyter_chatcore.store import Store

WRITERS = 50
TEXT = "How do I join two tables by a shared column? " * 5
AUTHOR = Author(username="ada", name="Ada")
_PROBE = 0.001
Commit = Callable[[int], Awaitable[object]]


class Round(NamedTuple):
    """Rows a second, CPU a row, and the loop's lag at the 99th percentile, in µs and ms."""

    rate: float
    cpu: float
    lag: float


def main() -> None:
    """Print JSON, then a table."""
    report = begin("commit", __doc__)
    with folder() as home:
        asyncio.run(everything(report, home))
    report.show()


async def everything(report: Report, home: Path) -> None:
    """All ways, in turns."""
    seconds, rounds = (0.5, 3) if report.quick else (2.0, 9)
    feed = Feed(DatabaseConfig(path=home / "chats.sqlite"))
    await feed.start()
    for writer in range(WRITERS):
        await feed.write(partial(Store.create_session, new=NewSession(), session=f"chat-{writer}"))
    bare = GroupCommit(home / "bare.sqlite", BARE_TABLE)
    full = GroupCommit(home / "full.sqlite", "")
    ways: dict[str, Commit] = {
        "ours": lambda writer: feed.write(lambda store: persist(store, writer)),
        "bare": lambda writer: bare.insert(writer, with_all=False),
        "same schema": lambda writer: full.insert(writer, with_all=True),
    }
    found: dict[str, list[Round]] = defaultdict(list)
    alone: dict[str, list[float]] = defaultdict(list)
    for name in turns(rounds, list(ways)):
        found[name].append(await load(ways[name], seconds))
    for name in turns(rounds, list(ways)):
        alone[name].append(await one_writer(ways[name]))
    quiet = percentile(await lag(seconds), 99) * 1e3
    report.notes.append(f"the idle loop's lag has a p99 of {quiet:.1f} ms here and now")
    await feed.close()
    bare.close()
    full.close()
    tell(report, found, alone)


def tell(report: Report, found: dict[str, list[Round]], alone: dict[str, list[float]]) -> None:
    """The rows."""
    cost = {n: spread([1e6 / r.rate for r in rounds]) for n, rounds in found.items()}
    rate = {n: spread([r.rate for r in rounds]) for n, rounds in found.items()}
    cpu = {n: spread([r.cpu for r in rounds]) for n, rounds in found.items()}
    lags = {n: spread([r.lag for r in rounds]) for n, rounds in found.items()}
    name = f"{WRITERS} writers, synchronous=FULL"
    report.add(
        Row(f"{name}: a row", "µs", cost["ours"], cost["bare"], "share", 0.5, at_least=True,
            cpu=cpu["ours"], floor_cpu=cpu["bare"],
            note=f"{rate['ours'].median:,.0f} rows/s against {rate['bare'].median:,.0f}"),
        Row(f"{name}: a row, the floor with the same indexes, search and clock", "µs",
            cost["ours"], cost["same schema"], "share", cpu=cpu["ours"],
            floor_cpu=cpu["same schema"], note=f"{rate['same schema'].median:,.0f} rows/s"),
        Row(f"{name}: loop lag, p99", "ms", lags["ours"], lags["bare"], target=5),
        Row("one writer: a commit", "ms", spread(alone["ours"]), spread(alone["bare"]), "ratio"),
    )  # fmt: skip


def persist(store: Store, writer: int) -> object:
    """A user's message, as a handler has it stored."""
    parts: list[Part] = [TextPart(text=TEXT)]
    return store.persist_message(f"chat-{writer}", parts, author=AUTHOR)


async def load(commit: Commit, seconds: float) -> Round:
    """All writers, each with its next row as soon as the one before is stored."""
    end, rows = time.monotonic() + seconds, 0

    async def write(writer: int) -> None:
        nonlocal rows
        while time.monotonic() < end:
            await commit(writer)
            rows += 1

    watch = Stopwatch()
    writing = [asyncio.create_task(write(writer)) for writer in range(WRITERS)]
    lags = await lag(seconds)
    await asyncio.gather(*writing)
    cost = watch.read()
    return Round(rows / cost.wall, cost.cpu * 1e6 / rows, percentile(lags, 99) * 1e3)


async def lag(seconds: float) -> list[float]:
    """How late the loop is for what is due each millisecond, in seconds."""
    found, end = list[float](), time.monotonic() + seconds
    while time.monotonic() < end:
        due = time.monotonic() + _PROBE
        await asyncio.sleep(_PROBE)
        found.append(max(0.0, time.monotonic() - due))
    return found


async def one_writer(commit: Commit) -> float:
    """The median time of a commit with nobody else, in ms."""
    times = []
    for _ in range(30):
        start = time.perf_counter()
        await commit(0)
        times.append((time.perf_counter() - start) * 1e3)
    return spread(times).median


class GroupCommit:
    """The least that commits in groups: a thread, a queue, and plain SQL."""

    def __init__(self, path: Path, schema: str) -> None:
        if not schema:
            Store(DatabaseConfig(path=path)).close()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.executescript("PRAGMA page_size = 2048; PRAGMA journal_mode = WAL;" + schema)
        self._database.execute("PRAGMA synchronous = FULL")
        self._jobs: SimpleQueue[tuple[int, bool, asyncio.Future[None]] | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._seq = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    async def insert(self, writer: int, *, with_all: bool) -> None:
        """A row; `with_all` also keeps what the real schema has beside it."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((writer, with_all, future))
        await future

    def close(self) -> None:
        """End the thread."""
        self._jobs.put(None)
        self._thread.join()
        self._database.close()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            try:
                while (more := self._jobs.get_nowait()) is not None:
                    group.append(more)
            except Empty:
                pass
            self._database.execute("BEGIN IMMEDIATE")
            for writer, with_all, _ in group:
                self._insert(writer, with_all)
            self._database.execute("COMMIT")
            self._loop.call_soon_threadsafe(self._resolve, [future for *_, future in group])

    def _insert(self, writer: int, with_all: bool) -> None:
        self._seq += 1
        seq, session = self._seq, f"chat-{writer}"
        execute = self._database.execute
        row = (session, seq, seq, 1, ROLE, "done", CREATED, AUTHOR_JSON)
        execute(INSERT if with_all else INSERT_WITH_PARTS, row if with_all else (*row, PARTS_JSON))
        if with_all:
            execute("INSERT INTO bodies VALUES (?, ?)", (seq, PARTS_JSON))
            execute("INSERT INTO search (rowid, text, session) VALUES (?, ?, ?)",
                    (seq, TEXT, session))  # fmt: skip
            execute("UPDATE clock SET seq = ?", (seq,))

    @staticmethod
    def _resolve(futures: list[asyncio.Future[None]]) -> None:
        for future in futures:
            future.set_result(None)


ROLE = "user"
CREATED = "2026-01-01T00:00:00.000Z"
AUTHOR_JSON = '{"username":"ada","name":"Ada"}'
PARTS_JSON = f'[{{"type":"text","text":"{TEXT}"}}]'
INSERT = (
    "INSERT INTO messages (session, id, seq, depth, role, status, created, author)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_WITH_PARTS = (
    "INSERT INTO messages (session, id, seq, depth, role, status, created, author, parts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
BARE_TABLE = """
    CREATE TABLE messages (
        session TEXT NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL, depth INTEGER NOT NULL,
        role TEXT NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, author TEXT,
        parts TEXT NOT NULL, PRIMARY KEY (session, id)) WITHOUT ROWID"""


if __name__ == "__main__":
    main()
