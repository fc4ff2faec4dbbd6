"""What the extension adds to the start of `jupyter server`, and what it brings along.

A server without it and one with it start in turns: CPU and wall time until it answers,
and its memory then. So do one with every extra installed and one with none. Also how long
the list of assistants takes, `import jupyter_chatcore` in a Python that has what a kernel
has, the packages beyond jupyter_server and anywidget, and the widget's bundle if built.

    python benchmarks/startup.py [--quick]
"""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from environments import PROJECT, closure, environment, modules, only_for_extras
from measure import Report, Row, Spread, Stopwatch, begin, memory, spread, turns
from servers import Caller, Server, folder
from traced import loaded, traced

import jupyter_chatcore

CHATCORE = "jupyter_chatcore"
KERNEL = "import ipykernel.kernelapp, ipykernel.ipkernel"
STATEMENTS = ("import jupyter_chatcore", "from jupyter_chatcore import Chat", "import __hello__")
IMPORT = """
import json, sys, time
{kernel}
cpu, wall = time.process_time(), time.perf_counter()
{statement}
cost = time.process_time() - cpu, time.perf_counter() - wall
print(json.dumps([*cost, [n for n in ("httpx", "anywidget", "sqlite_utils") if n in sys.modules]]))
"""


class Start(NamedTuple):
    """Milliseconds of wall and CPU until the server answers, and its memory then, in MB."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Print JSON, then a table."""
    report = begin("startup", __doc__)
    rounds = 7 if report.quick else 11
    with folder() as home:
        servers(report, home, rounds)
        extras(report, home, rounds)
    imports(report, rounds)
    packages(report)
    bundle(report)
    report.show()


def servers(report: Report, home: Path, rounds: int) -> None:
    """Starts in turns; the first of each is thrown away, for it compiles bytecode."""
    found: dict[str, list[Start]] = defaultdict(list)
    both = {name: Server(home / (name or "bare"), *filter(None, [name])) for name in ("", CHATCORE)}
    for server in both.values():
        start(server)
    for name in turns(rounds, list(both)):
        found[name].append(start(both[name]))
    for server in both.values():
        server.close()
    for figure, unit, limit in (("cpu", "ms", 150), ("wall", "ms", None), ("memory", "MB", 15)):
        pairs = zip(found[CHATCORE], found[""], strict=True)
        added = spread([getattr(w, figure) - getattr(b, figure) for w, b in pairs])
        bare = spread([getattr(b, figure) for b in found[""]])
        report.add(
            Row(f"start of a server: {figure} added (floor: the whole start without it)", unit,
                added, bare, target=limit)
        )  # fmt: skip


def extras(report: Report, home: Path, rounds: int) -> None:
    """Starts with every extra installed and with none, in turns; and the list of assistants."""
    hidden = only_for_extras()
    if not hidden:
        report.notes.append("no extra is installed here, so there is nothing to compare")
        return
    pythons = {
        "all": environment(home / "with-extras", set()),
        "none": environment(home / "without-extras", hidden),
    }
    starts(report, home, rounds, pythons)
    seen = {name: loaded(home / f"traced-{name}", python) for name, python in pythons.items()}
    bare = traced(home / "traced-bare", pythons["all"])
    bare.start()
    jupyters = {name.partition(".")[0] for name in bare.imported()}
    bare.close()
    for number, when in enumerate(("once it answers", "once it has listed the assistants")):
        counts = {name: one(len(found[number])) for name, found in seen.items()}
        theirs = {name.partition(".")[0] for name in seen["all"][number]} & modules(hidden)
        note = f"of the extras: {named(theirs - jupyters)}; by Jupyter itself: "
        report.add(
            Row(f"modules loaded {when}, every extra installed (floor: none)", "", counts["all"],
                counts["none"], note=note + named(theirs & jupyters))
        )  # fmt: skip
    listing(report, home / "listing", pythons["all"], rounds)


def starts(report: Report, home: Path, rounds: int, pythons: dict[str, Path]) -> None:
    """CPU and wall time of a start with each Python."""
    found: dict[str, list[Start]] = defaultdict(list)
    both = {name: server_of(home / f"extras-{name}", python) for name, python in pythons.items()}
    for server in both.values():
        start(server)
    for name in turns(rounds, list(both)):
        found[name].append(start(both[name]))
    for server in both.values():
        server.close()
    for figure, unit, limit in (("cpu", "ms", 1.05), ("wall", "ms", None), ("memory", "MB", None)):
        ours, floor = ([getattr(each, figure) for each in found[name]] for name in ("all", "none"))
        report.add(
            Row(f"start of a server, every extra installed: {figure} (floor: none installed)",
                unit, spread(ours), spread(floor), judged="ratio", target=limit)
        )  # fmt: skip


def server_of(home: Path, python: Path) -> Server:
    """A server with the extension, run by another Python."""
    server = Server(home, CHATCORE)
    server.command[0] = str(python)
    return server


def named(modules: set[str]) -> str:
    """Modules in a note."""
    return ", ".join(sorted(modules)) or "none"


def listing(report: Report, home: Path, python: Path, rounds: int) -> None:
    """How long the list of assistants takes: the first time, and then."""
    first, then = list[float](), list[float]()
    for _ in range(rounds):
        server = server_of(home, python)
        server.start()
        caller = Caller(server)
        for figures in (first, then):
            watch = Stopwatch()
            caller.json("GET", "chatcore/assistants")
            figures.append(watch.read().wall * 1e3)
        caller.close()
        server.close()
    report.add(
        Row("GET assistants, the first after a start (floor: the second)", "ms", spread(first),
            spread(then), note="asks Ollama and LM Studio, loads the core")
    )  # fmt: skip


def one(figure: float) -> Spread:
    """A figure that does not vary."""
    return Spread(figure, figure, figure, 1)


def start(server: Server) -> Start:
    """Start it, wait until it answers, stop it."""
    begun = time.monotonic()
    with (server.home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            server.command, env=server.environment(), cwd=server.root, stdout=log, stderr=log
        )
    server.process = process
    # The clock of a new process begins at nought, so what is read is its whole CPU.
    watch = Stopwatch(process.pid)
    before = watch._cpu
    while not answers(server.port):
        if process.poll() is not None or time.monotonic() - begun > 60:
            raise RuntimeError(f"the server did not start:\n{server.log()}")
        time.sleep(0.005)
    wall, cpu = time.monotonic() - begun, watch.read().cpu + before
    found = Start(wall * 1e3, cpu * 1e3, memory(process.pid) / 1e6)
    server.stop()
    return found


def answers(port: int) -> bool:
    """Whether a request is answered, with whatever status."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            wire.sendall(b"GET /api HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return wire.recv(5) == b"HTTP/"
    except ConnectionError:
        return False


def imports(report: Report, rounds: int) -> None:
    """Statements in a fresh Python each time."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    loaded: dict[str, list[str]] = {}
    for statement in STATEMENTS:
        measured(statement)
    for statement in turns(rounds, STATEMENTS):
        cpu, wall, names = measured(statement)
        found[statement].append((cpu * 1e3, wall * 1e3))
        loaded[statement] = names
    *ours, nothing = STATEMENTS
    floor = spread([cpu for cpu, _ in found[nothing]])
    for statement, limit in zip(ours, (50, None), strict=True):
        figures = spread([cpu for cpu, _ in found[statement]])
        whole = spread([wall for _, wall in found[statement]])
        note = f"wall {whole.median:.1f} ms; loads {', '.join(loaded[statement]) or 'no more'}"
        report.add(Row(f"{statement}: CPU", "ms", figures, floor, target=limit, note=note))


def measured(statement: str) -> tuple[float, float, list[str]]:
    """CPU and wall seconds of a statement, and which of the heavy packages it loaded."""
    code = IMPORT.format(kernel=KERNEL, statement=statement)
    # `__hello__` says so on standard output in some versions of Python.
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("JPY_")},
    )  # fmt: skip
    cpu, wall, names = json.loads(done.stdout.splitlines()[-1])
    return cpu, wall, names


def packages(report: Report) -> None:
    """What an install brings that jupyter_server and anywidget do not."""
    ours, others = closure(PROJECT), closure("jupyter-server", "anywidget")
    more = sorted(ours - others - {PROJECT})
    report.add(
        Row("packages beyond jupyter_server and anywidget", "", one(len(more)), target=14,
            note=", ".join(more))
    )  # fmt: skip


def bundle(report: Report) -> None:
    """The widget's script as a Jupyter page loads it, and as one file for other pages."""
    package = Path(jupyter_chatcore.__file__).parent
    pieces, whole = package / "labextension" / "static", package / "static" / "widget.js"
    if not ((pieces / "widget.js").exists() and whole.exists()):
        report.notes.append("the widget's bundle is not built, so its size is not known")
        return
    first = gzipped(initial(pieces, "widget.js"))
    report.add(
        Row("the widget's bundle, gzipped, before maths and highlighting", "kB", first, target=80),
        Row("the same as one file with all in it", "kB", gzipped({whole})),
    )


def initial(folder: Path, name: str) -> set[Path]:
    """A script and those that it imports right away, not when first needed."""
    found, left = set[Path](), [folder / name]
    while left:
        path = left.pop()
        if path not in found:
            found.add(path)
            names = re.findall(r'(?:from|import)\s*"\./([^"]+)"', path.read_text(encoding="utf-8"))
            left += [folder / other for other in names]
    return found


def gzipped(paths: set[Path]) -> Spread:
    """The size of files as they are sent, in kB."""
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths) / 1e3
    return one(size)


if __name__ == "__main__":
    main()
