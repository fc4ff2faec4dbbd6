"""No process that reads documentation outlives what it is for."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from plugged import install, on_path

from jupyter_chatcore.assistants.guide.child import ChildFailed
from jupyter_chatcore.assistants.guide.library import Library
from jupyter_chatcore.assistants.guide.packages import Package

pytestmark = pytest.mark.asyncio


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to install packages into."""
    folder = tmp_path / "site"
    on_path(folder, monkeypatch)
    return folder


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A folder for an index."""
    return tmp_path / "docs"


def alive(folder: Path) -> list[int]:
    """The processes of this machine that run from a test's own folder of marks."""
    marks = [int(mark.stem) for mark in folder.iterdir()]
    return [pid for pid in marks if _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def gone(folder: Path, within: float = 10.0) -> bool:
    """Whether all marked processes end in time."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if await asyncio.to_thread(alive, folder) == []:
            return True
        await asyncio.sleep(0.02)
    return False


def _take_away(folder: Path, kind: str) -> int:
    """Take away a mark, and return its process."""
    mark = next(folder.glob(f"*.{kind}"))
    mark.unlink()
    return int(mark.stem)


MARKED = """
import os, pathlib, subprocess, sys, threading
marks = pathlib.Path({marks!r})
(marks / f"{{os.getpid()}}.reader").touch()
child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
(marks / f"{{child.pid}}.other").touch()
threading.Event().wait()
"""


@pytest.fixture
def marks(site: Path, tmp_path: Path) -> Path:
    """A folder in which the package `marked` and the process it starts leave their ids."""
    folder = tmp_path / "marks"
    folder.mkdir()
    install(site, "marked", MARKED.format(marks=str(folder)))
    return folder


async def marked(marks: Path, count: int = 2) -> None:
    """Wait until so many processes have left their id."""
    while await asyncio.to_thread(lambda: len(list(marks.iterdir()))) < count:
        await asyncio.sleep(0.02)


async def test_close_ends_every_process(docs: Path, marks: Path) -> None:
    box = Library(docs, (Package(name="marked", distribution="marked"),))
    await box.begin()
    await marked(marks)
    await box.close()
    assert await gone(marks)
    assert await box.look(["json.dumps"]) is None


async def test_cancelling_a_look_ends_its_processes(docs: Path, marks: Path) -> None:
    looking = asyncio.create_task(Library(docs, ()).look(["marked.anything"]))
    await marked(marks)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert await gone(marks)


async def test_a_look_is_bounded_in_time(docs: Path, marks: Path) -> None:
    with pytest.raises(ChildFailed, match="longer than 1 s"):
        await Library(docs, (), look_seconds=1.0).look(["marked.anything"])
    assert await gone(marks)


async def test_the_child_ends_with_its_server(site: Path, marks: Path) -> None:
    code = (
        "import asyncio\n"
        "from jupyter_chatcore.assistants.guide.child import Child\n"
        "from jupyter_chatcore.assistants.guide.entry import Look\n"
        "asyncio.run(Child(Look(names=('marked.x',), seconds=60)).ask())"
    )
    server = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-c", code])
    await marked(marks)
    # what the package itself has started is its own matter once nobody is there to kill the group
    others = await asyncio.to_thread(_take_away, marks, "other")
    server.kill()
    await asyncio.to_thread(server.wait)
    assert await gone(marks)
    os.kill(others, signal.SIGKILL)
