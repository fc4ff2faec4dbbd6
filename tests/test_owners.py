"""Owners: a server is alive for as long as its process is, and nobody else says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_chatcore.owners import Owner

LIVE = """
import sys
from pathlib import Path
from jupyter_chatcore.owners import Owner
owner = Owner(Path(sys.argv[1]))
owner.acquire()
print(owner.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "chats.sqlite"


def alive(database: Path) -> Owner:
    owner = Owner(database)
    owner.acquire()
    return owner


def test_a_living_server_is_not_gone(database: Path) -> None:
    one, two = alive(database), alive(database)
    assert one.gone([one.name, two.name]) == set()
    two.release()
    assert one.gone([one.name, two.name]) == {two.name}
    one.release()


def test_one_that_was_never_there_is_gone(database: Path) -> None:
    owner = alive(database)
    assert owner.gone(["nobody"]) == {"nobody"}
    owner.release()


def test_a_killed_one_is_gone_at_once(database: Path) -> None:
    owner = alive(database)
    with subprocess.Popen(
        [sys.executable, "-c", LIVE, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert owner.gone([name]) == set()
        process.kill()
        process.wait()
        assert owner.gone([name]) == {name}
    assert owner.gone([name]) == {name}
    owner.release()


def test_servers_that_reach_the_file_by_a_link_meet(database: Path) -> None:
    database.touch()
    link = database.with_name("link.sqlite")
    link.symlink_to(database)
    one, two = alive(database), alive(link)
    assert one.gone([two.name]) == two.gone([one.name]) == set()
    one.release()
    two.release()


def test_a_server_that_stops_leaves_nothing(database: Path) -> None:
    alive(database).release()
    assert list(database.parent.rglob("*.lock")) == []
