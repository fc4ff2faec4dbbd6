"""What `chat.ask` takes beyond the HTTP that it needs, and what an import of it costs.

The floor is the same question over httpx, on a connection that stays open, with the
answer's events read to the end and the last one decoded. The assistant of the tests
answers both with an echo.

    python benchmarks/asking.py [--quick]
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from measure import Report, Row, Spread, Stopwatch, begin, spread, turns
from servers import Server, folder, serving

from jupyter_chatcore.client.chat import PlainChat

TEXT = "How do I join two tables by a shared column?"
THREADS = 16
IMPORTS = {
    "import jupyter_chatcore": ("import jupyter_chatcore", 50.0),
    "from jupyter_chatcore import Chat": ("from jupyter_chatcore import Chat", None),
    "from jupyter_chatcore import chats": ("from jupyter_chatcore import chats", None),
}
Ask = Callable[[], object]


def main() -> None:
    """Print JSON, then a table."""
    report = begin("asking", __doc__)
    with folder() as home, serving(home) as (server, _):
        questions(report, server)
    imports(report)
    report.show()


def questions(report: Report, server: Server) -> None:
    """One after the other, and from many threads at once."""
    rounds, count = (5, 20) if report.quick else (15, 60)
    ways = {"ours": ours(server), "floor": raw(server)}
    for ask in ways.values():
        ask()
    wall: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    many: dict[str, list[float]] = defaultdict(list)
    for name in turns(rounds, list(ways)):
        watch = Stopwatch()
        for _ in range(count):
            ways[name]()
        cost = watch.read()
        wall[name].append(cost.wall * 1e3 / count)
        cpu[name].append(cost.cpu * 1e3 / count)
    for name in turns(rounds, list(ways)):
        many[name].append(at_once(ways[name], count))
    time_of, work = _spreads(wall), _spreads(cpu)
    threads = _spreads(many)
    report.add(
        Row("a question and its answer", "ms", time_of["ours"], time_of["floor"], "ratio",
            cpu=work["ours"], floor_cpu=work["floor"]),
        Row(f"the same from {THREADS} threads at once, a question", "ms", threads["ours"],
            threads["floor"], "ratio"),
    )  # fmt: skip


def _spreads(found: dict[str, list[float]]) -> dict[str, Spread]:
    return {name: spread(values) for name, values in found.items()}


def ours(server: Server) -> Ask:
    """`chat.ask`, in a chat of its own."""
    chat = PlainChat("ours", assistant="scripted", url=server.url, token=server.token)
    return lambda: chat.ask(TEXT, stream=False)


def raw(server: Server) -> Ask:
    """The least that asks over HTTP and has the whole answer."""
    http = httpx.Client(
        base_url=f"{server.url}chatcore/",
        headers={"Authorization": f"token {server.token}"},
        timeout=60,
        trust_env=False,
    )
    http.put("sessions/floor", json={"assistant": "scripted"}).raise_for_status()

    def ask() -> object:
        with http.stream("POST", "chat/floor", json={"text": TEXT}) as response:
            *_, last = (line for line in response.iter_lines() if line.startswith("data:"))
        return json.loads(last[5:])

    return ask


def at_once(ask: Ask, count: int) -> float:
    """How long a question takes of the whole, in ms, when all threads ask."""
    with ThreadPoolExecutor(THREADS) as pool:
        start = time.perf_counter()
        for done in [pool.submit(ask) for _ in range(count)]:
            done.result()
        return (time.perf_counter() - start) * 1e3 / count


def imports(report: Report) -> None:
    """The CPU time of imports, in fresh interpreters."""
    rounds = 5 if report.quick else 21
    found: dict[str, list[float]] = defaultdict(list)
    for name in turns(rounds, list(IMPORTS)):
        found[name].append(import_ms(IMPORTS[name][0]))
    for name, (_, target) in IMPORTS.items():
        report.add(Row(name, "ms CPU", spread(found[name]), target=target))


def import_ms(code: str) -> float:
    """CPU milliseconds of an import."""
    timed = f"import time; start = time.process_time(); {code}; print(time.process_time() - start)"
    done = subprocess.run([sys.executable, "-c", timed], capture_output=True, check=True, text=True)
    return float(done.stdout) * 1e3


if __name__ == "__main__":
    main()
