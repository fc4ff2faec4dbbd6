"""The house stands: what may import what, read from the sources themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "jupyter_chatcore"
NAME = "jupyter_chatcore"

# A name stands for a file, or for a folder and all that is in it.
FLOORS: dict[int, tuple[str, ...]] = {
    0: (
        "errors",
        "fences",
        "limits",
        "marks",
        "sse",
        "titletext",
        "wellformed",
    ),
    1: (
        "api",
        "bodies",
        "calls",
        "comm",
        "health",
        "likeness",
        "notebooks",
        "parts",
        "protocol",
        "schema",
    ),
    2: (
        "audit",
        "connection",
        "decisions",
        "exports",
        "files",
        "filetypes",
        "forks",
        "history",
        "imports",
        "listing",
        "migrations",
        "owners",
        "records",
        "references",
        "rows",
        "search",
        "sessions",
        "store",
        "transfer",
        "unfinished",
        "usage",
        "writer",
        "assistants",
        "context",
    ),
    3: (
        "cursor",
        "feed",
        "room",
        "workbench",
    ),
    4: (
        "abandoned",
        "core",
        "draft",
        "exporting",
        "forking",
        "importing",
        "permissions",
        "queueing",
        "redaction",
        "replaying",
        "replies",
        "reply",
        "titles",
        "toolset",
        "turns",
        "undo",
        "writing",
    ),
    5: (
        "handlers",
        "kernels",
        "openapi",
        "places",
        "workspace",
    ),
    6: (
        "app",
        "desk",
        "verbs",
    ),
}
KERNEL = ("cli", "client", "embedded", "functions", "magics", "widget")
LOOKING = ("names", "objects", "pictures", "statistics", "tables", "texts")
ANSWERING = ("define", "runs", "trouble", "turns")
KERNEL_STANDS_ON = {
    "embedded": 6,
    **dict.fromkeys((f"client.{name}" for name in LOOKING), 5),
    **dict.fromkeys((f"functions.{name}" for name in ANSWERING), 2),
}
"""The highest floor that a file of the kernel's side may import, by default 1.

`embedded` runs the core in the kernel where a page reaches no server that has it; the
widget imports it, and it the core, when such a page first asks. What looks at values in the
client knows them as `kernels.harmless` does, which needs nothing but Python. Functions that
answer are given the same turn as assistants, and their errors are told with no more secrets.
"""
JUPYTER_FROM = 5
"""The lowest floor that may import Jupyter; those below run in a plain script."""

STORE = (
    "audit",
    "connection",
    "decisions",
    "forks",
    "history",
    "listing",
    "migrations",
    "records",
    "references",
    "rows",
    "search",
    "sessions",
    "store",
    "transfer",
    "unfinished",
    "usage",
)
OWN_INDEX = ("writer", "owners", "assistants")
"""Not the store, but with a database of their own or a word with the connection itself."""

JUPYTER = re.compile(r"jupyter|notebook|ipykernel|IPython|ipywidgets|anywidget|traitlets|tornado")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM"
    r"|CREATE\s+(\w+\s+)*TABLE|PRAGMA\s+\w+)\b",
    re.DOTALL | re.IGNORECASE,
)

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "static" not in path.parts)

# Parsed before any test runs: Python 3.11 can fail to parse (SystemError: AST constructor
# recursion depth mismatch) while what other tests left is collected.
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def dotted(path: Path) -> str:
    """A file's name within the package: `store`, `handlers.base`, "" for the package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[str]:
    """All that a file imports, wherever in it, by absolute name."""
    package = [NAME, *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            whole = ".".join(filter(None, base))
            yield from (f"{whole}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def own_imports(path: Path) -> set[str]:
    """The files of the package that a file imports."""
    known = {dotted(module) for module in MODULES} - {""}
    found = {name.removeprefix(f"{NAME}.") for name in imports(path) if name.startswith(NAME)}
    return {
        name if name in known else name.rpartition(".")[0]
        for name in found
        if name in known or name.rpartition(".")[0] in known
    }


def floor(name: str) -> int | None:
    """The floor of a file of the package; None for the kernel's side."""
    head = name.partition(".")[0]
    if head in KERNEL:
        return None
    return next(level for level, names in FLOORS.items() if head in names)


def outside(path: Path) -> set[str]:
    """The top names of what a file imports from elsewhere."""
    return {name.partition(".")[0] for name in imports(path)} - {NAME}


SERVER = [path for path in MODULES if dotted(path).partition(".")[0] not in ("", *KERNEL)]
KERNEL_FILES = [path for path in MODULES if dotted(path).partition(".")[0] in KERNEL]


def test_every_file_has_a_floor() -> None:
    placed = {name for names in FLOORS.values() for name in names} | {*KERNEL, ""}
    unplaced = {dotted(path).partition(".")[0] for path in MODULES} - placed
    assert not unplaced, "give it a floor in FLOORS"


@pytest.mark.parametrize("path", SERVER, ids=dotted)
def test_imports_lead_downwards(path: Path) -> None:
    mine = floor(dotted(path))
    assert mine is not None
    for name in own_imports(path):
        theirs = floor(name)
        assert theirs is not None, f"the kernel's side, {name}, in the server"
        assert theirs <= mine, f"{name} is on floor {theirs}, above {mine}"


def test_no_two_files_need_each_other() -> None:
    graph = {dotted(path): own_imports(path) - {dotted(path)} for path in SERVER}
    lists = {"handlers.lists"}  # serves the description of the table that it is in, when asked
    for name in lists & graph.keys():
        graph[name] = {used for used in graph[name] if used not in {"handlers.table", "openapi"}}
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("path", SERVER, ids=dotted)
def test_lower_floors_need_no_jupyter(path: Path) -> None:
    level = floor(dotted(path))
    if level is not None and level < JUPYTER_FROM:
        found = outside(path)
        assert not [name for name in found if JUPYTER.match(name)]


@pytest.mark.parametrize("path", SERVER, ids=dotted)
def test_the_server_imports_no_widgets(path: Path) -> None:
    assert not outside(path) & {"anywidget", "ipywidgets", "ipykernel", "IPython"}


@pytest.mark.parametrize("path", KERNEL_FILES, ids=dotted)
def test_the_kernel_side_stands_on_the_ground(path: Path) -> None:
    for name in own_imports(path):
        if (level := floor(name)) is None:
            continue  # the kernel's side itself
        assert level <= KERNEL_STANDS_ON.get(dotted(path), 1)
    assert not outside(path) & {"tornado", "sqlite_utils", "sqlite3", "jupyter_server"}


def texts(path: Path) -> Iterator[str]:
    """The string literals of a file that are no docstrings."""
    tree = TREES[path]
    lone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in lone:
            yield node.value


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_only_the_store_speaks_sql(path: Path) -> None:
    if dotted(path).partition(".")[0] not in (*STORE, *OWN_INDEX):
        assert not [text for text in texts(path) if SQL.search(text)]


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_sql_rule_knows_sql_when_it_sees_it() -> None:
    seen = [path for path in MODULES if any(SQL.search(text) for text in texts(path))]
    assert {"history", "migrations"} & {dotted(path) for path in seen}
