"""Opening a chat of 1,000,000 messages against one of 25: bytes, time, and where it goes.

In the store beside the bare SQL that any key-set paging needs, and over HTTP in a real
Jupyter server beside a bare handler of it that sends the same bytes.

    python benchmarks/paging.py [--quick]
"""

from __future__ import annotations

import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from measure import Cost, Report, Row, Spread, Stopwatch, begin, spread, turns
from servers import Caller, Server, fill, folder, serving

from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.protocol import Page
from jupyter_chatcore.rows import MESSAGE_COLUMNS, to_message
from jupyter_chatcore.rows import Row as MessageRow
from jupyter_chatcore.store import Store

MILLION = 1_000_000
PAGE = 25
Costs = dict[str, list[Cost]]
# Where a page begins: the chat, and the message above which it lies (None: the newest).
Places = dict[str, tuple[str, int | None]]


class Spliced(msgspec.Struct):
    """A message whose parts are passed on as the text that is stored."""

    id: int
    seq: int
    session: str
    role: str
    status: str
    created: str
    parts: msgspec.Raw
    parent: int | None
    author: msgspec.Raw


def main() -> None:
    """Print JSON, then a table."""
    report = begin("paging", __doc__)
    size = MILLION // 20 if report.quick else MILLION
    with folder() as home:
        server = Server(home)
        server.database.parent.mkdir(parents=True)
        build(report, server.database, size)
        store = Store(DatabaseConfig(path=server.database))
        known = places(store, size)
        in_store(report, store, known)
        to_json(report, store)
        store.close()
        over_http(report, home, known)
    report.show()


def build(report: Report, path: Path, size: int) -> None:
    """Both chats in one file."""
    start = time.monotonic()
    fill(path, {"big": size, "small": PAGE})
    took = time.monotonic() - start
    megabytes = path.stat().st_size / 1e6
    report.notes.append(f"{size:,} messages made in {took:.1f} s, {megabytes:.0f} MB")
    store = Store(DatabaseConfig(path=path))
    problems = store.verify()
    store.close()
    report.notes.append(f"Store.verify() finds {len(problems)} problems {problems[:2] or ''}")


def places(store: Store, size: int) -> Places:
    """The pages that are compared."""
    head = store.get_session("big").head or 0
    return {
        "N=25": ("small", None),
        f"N={size:,}": ("big", None),
        f"N={size:,}, in the middle": ("big", head - size // 2),
        f"N={size:,}, the last page": ("big", head - size + PAGE + 1),
    }


def in_store(report: Report, store: Store, known: Places) -> None:
    """Pages read from the store, and by bare SQL."""
    rounds, calls = (7, 50) if report.quick else (15, 200)
    database = sqlite3.connect(store.path, isolation_level=None)
    found: Costs = defaultdict(list)
    for name, bare in turns(rounds, [(n, b) for n in known for b in (False, True)]):
        chat, before = known[name]
        if bare:
            head = before or store.get_session(chat).head
            cost = repeated(calls, partial(keyset, database, chat, head))
        else:
            cost = repeated(calls, partial(read, store, chat, before))
        found[f"{name} bare" if bare else name].append(cost)
    database.close()
    sizes = {name: len(msgspec.json.encode(read(store, *known[name]))) for name in known}
    rows(report, found, sizes)


def rows(report: Report, found: Costs, sizes: dict[str, int]) -> None:
    """Each place against the small chat and against the SQL."""
    first, *others = sizes
    for name in others[:1]:
        report.add(
            Row(f"bytes of the newest page, {name} against 25", "B", one(sizes[name]),
                one(sizes[first]), "ratio", 1.01, note="ids have as many digits in both")
        )  # fmt: skip
    for name in others:
        report.add(
            Row(f"store, page at {name}, against N=25", "µs", wall(found[name]),
                wall(found[first]), "ratio", 1.2, cpu=cpu(found[name]),
                floor_cpu=cpu(found[first]))
        )  # fmt: skip
    for name in sizes:
        bare = found[f"{name} bare"]
        report.add(
            Row(f"store, page at {name}, against bare key-set SQL", "µs", wall(found[name]),
                wall(bare), "ratio", cpu=cpu(found[name]), floor_cpu=cpu(bare))
        )  # fmt: skip


def to_json(report: Report, store: Store) -> None:
    """From rows to the bytes of the answer."""
    fetched = store._walk("big", store.get_session("big").head, PAGE)
    found: Costs = defaultdict(list)
    steps: dict[str, Callable[[], Any]] = {
        "ours": lambda: encoded(fetched),
        "spliced": lambda: spliced(fetched),
    }
    for name in turns(15, list(steps)):
        found[name].append(repeated(500, steps[name]))
    ours, bare = found["ours"], found["spliced"]
    report.add(
        Row("rows of a page to JSON, CPU", "µs", cpu(ours), cpu(bare), target=30,
            note="floor: the stored text spliced into the answer")
    )  # fmt: skip


def over_http(report: Report, home: Path, known: Places) -> None:
    """The same pages as a client gets them."""
    rounds, calls = (7, 20) if report.quick else (15, 60)
    found: Costs = defaultdict(list)
    with serving(home) as (server, caller):
        paths = {name: address(*place) for name, place in known.items()}
        newest = paths[list(known)[1]]
        caller.call("PUT", "floors/page?name=newest", caller.call("GET", newest))
        paths["bare"] = "floors/page?name=newest&hops=0"
        paths["hop"] = "floors/page?name=newest&hops=1"
        for name in turns(rounds, list(paths)):
            found[name].append(requests(server, caller, calls, paths[name]))
    first, *others = known
    bare, hop = found["bare"], found["hop"]
    report.add(
        Row("HTTP, bare with one hop to a thread, against none", "µs", wall(hop), wall(bare),
            "ratio", cpu=cpu(hop), floor_cpu=cpu(bare), note="SQLite must not run on the loop")
    )  # fmt: skip
    for name in known:
        report.add(
            Row(f"HTTP, page at {name}, against a bare handler", "µs", wall(found[name]),
                wall(bare), "ratio", 1.3, cpu=cpu(found[name]), floor_cpu=cpu(bare))
        )  # fmt: skip
    for name in others:
        report.add(
            Row(f"HTTP, page at {name}, against N=25", "µs", wall(found[name]),
                wall(found[first]), "ratio", 1.2, cpu=cpu(found[name]),
                floor_cpu=cpu(found[first]))
        )  # fmt: skip


def address(chat: str, before: int | None) -> str:
    """The page's URL."""
    return f"chatcore/chat/{chat}/messages" + ("" if before is None else f"?before={before}")


def requests(server: Server, caller: Caller, calls: int, path: str) -> Cost:
    """One request after another; the CPU is the server's."""
    watch = Stopwatch(server.pid)
    for _ in range(calls):
        caller.call("GET", path)
    total = watch.read()
    return Cost(total.wall / calls, total.cpu / calls)


def repeated(calls: int, step: Callable[[], Any]) -> Cost:
    """What one call of many takes."""
    watch = Stopwatch()
    for _ in range(calls):
        step()
    total = watch.read()
    return Cost(total.wall / calls, total.cpu / calls)


def read(store: Store, chat: str, before: int | None) -> Page:
    """A page as the handlers read it."""
    with store.snapshot():
        return store.get_messages(chat, before, PAGE)


def keyset(database: sqlite3.Connection, chat: str, below: int | None) -> list[MessageRow]:
    """The rows of a page by the key alone."""
    return database.execute(
        f"SELECT {MESSAGE_COLUMNS} FROM whole_messages WHERE session = ? AND id <= ?"
        " ORDER BY id DESC LIMIT 25",
        (chat, below),
    ).fetchall()


def encoded(fetched: Sequence[MessageRow]) -> bytes:
    """The way of the store and the handler."""
    page = Page(messages=[to_message(row) for row in fetched], cursor=1, total=1)
    return msgspec.json.encode(page)


def spliced(fetched: Sequence[MessageRow]) -> bytes:
    """The least: nothing that is stored as JSON is looked into."""
    messages = [
        Spliced(mid, seq, session, role, status, created, raw(parts), parent, raw(author))
        for mid, seq, session, role, status, created, parts, parent, author, *_ in fetched
    ]
    return msgspec.json.encode({"messages": messages, "cursor": 1, "total": 1})


def raw(text: str) -> msgspec.Raw:
    """JSON that is passed on as it is."""
    return msgspec.Raw(text.encode())


def one(value: float) -> Spread:
    """A figure that is the same every time."""
    return Spread(value, value, value, 1)


def wall(costs: list[Cost]) -> Spread:
    """Microseconds on the wall."""
    return spread([cost.wall * 1e6 for cost in costs])


def cpu(costs: list[Cost]) -> Spread:
    """Microseconds of CPU."""
    return spread([cost.cpu * 1e6 for cost in costs])


if __name__ == "__main__":
    main()
