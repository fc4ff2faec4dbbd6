"""Two environments out of this one: with the extras of the project, and without.

Each is a virtual environment whose packages are links to this one's, so nothing is
installed, and what is left out is not there: neither its modules nor its metadata.
"""

from __future__ import annotations

import re
import sys
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from sysconfig import get_path

from packaging.requirements import Requirement

PROJECT = "jupyter-chatcore"
EXTRAS = ("agents", "local", "models")


def closure(*wanted: str) -> set[str]:
    """What is named, with the extras in its brackets, and all that it requires here."""
    found, left = dict[str, set[str]](), [Requirement(each) for each in wanted]
    while left:
        one = left.pop()
        name, extras = normal(one.name), {"", *one.extras}
        if not extras <= found.get(name, set()):
            found[name] = found.get(name, set()) | extras
            left += required(name, extras)
    return set(found)


def required(name: str, extras: Iterable[str]) -> list[Requirement]:
    """What a distribution requires directly; nothing where it is not installed."""
    try:
        wanted = [Requirement(line) for line in distribution(name).requires or []]
    except PackageNotFoundError:
        return []
    return [
        each
        for each in wanted
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def only_for_extras() -> set[str]:
    """The distributions that are here because of an extra, and are not needed otherwise."""
    without = closure(PROJECT, "jupyter-server", "anywidget", "ipykernel", "jupyterlab", "notebook")
    return closure(*(f"{PROJECT}[{extra}]" for extra in EXTRAS)) - without


def environment(folder: Path, hidden: set[str]) -> Path:
    """Make one without the hidden distributions; its Python."""
    venv.create(folder, symlinks=True)
    [site] = folder.glob("lib/python*/site-packages")
    away = {entry for name in hidden for entry in entries(name)}
    for path in {Path(get_path("purelib")), Path(get_path("platlib"))}:
        for entry in path.iterdir():
            if entry.name not in away and entry.name != "__pycache__":
                (site / entry.name).symlink_to(entry)
    return folder / "bin" / Path(sys.executable).name


def entries(name: str) -> Iterator[str]:
    """The names of what a distribution has put into the folder of packages."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return
    yield from {file.parts[0] for file in files if file.parts[0] != ".."}


def modules(hidden: set[str]) -> set[str]:
    """The top names of the modules of these distributions."""
    return {
        entry.partition(".")[0]
        for name in hidden
        for entry in entries(name)
        if not entry.endswith(".dist-info")
    }


def normal(name: str) -> str:
    """A distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
