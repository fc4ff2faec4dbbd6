"""What a disk can do to a database: a clear answer, a server that lives, nothing half-written."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from core_fixtures import opened, text
from disks import full, guarded
from serving import Served

from jupyter_chatcore.api import ErrorBody
from jupyter_chatcore.store import Store

BIG = "x" * 400_000
HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


async def refused(served: Served, status: int, code: str, hint: str) -> None:
    """Writing is answered with this error, which names the file and says what to do."""
    answer = await served.ask("POST", "chat/chat/messages", {"text": BIG})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert str(served.database) in answer.json()["message"]
    assert hint in answer.json()["message"]


async def works(served: Served) -> None:
    """Everything works, and the database keeps all its promises."""
    await served.chat("well")
    async with served.stream("chat/well", {"text": "Are you well?"}) as stream:
        assert (await stream.rest())[-1].event == "done"
    core = await served.app.core()
    assert await core.feed.read(Store.verify) == []


@contextmanager
def held(path: Path) -> Iterator[None]:
    """While another process has the database to itself."""
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
        process.communicate()


@pytest.mark.settings(busy_seconds=0.1)
async def test_a_database_that_another_process_holds(served: Served) -> None:
    await served.chat()
    before = served.dump()
    with held(served.database):
        await refused(served, 503, "store_busy", "try again")
        ask = await served.ask("POST", "chat/chat", {"text": "Hi"})
        assert (ask.status_code, ask.json()["code"]) == (503, "store_busy")
        # With WAL, who writes does not keep others from reading.
        assert (await served.ask("GET", "chat/chat/messages")).status_code == 200
    assert served.dump() == before
    await works(served)


@pytest.mark.settings(busy_seconds=0.1, journal_mode="delete")
async def test_without_wal_it_cannot_be_read_either(served: Served) -> None:
    await served.chat()
    with held(served.database):
        await refused(served, 503, "store_busy", "try again")
        assert (await served.ask("GET", "chat/chat/messages")).status_code == 503
        tab = await served.socket("chat/chat/ws")
        assert await tab.closed() == 1011
        events = await served.ask("GET", "chat/chat/events")
        assert events.status_code == 503
    await works(served)


@pytest.mark.settings(busy_seconds=0.1)
async def test_one_that_is_held_from_the_start(served: Served) -> None:
    served.database.parent.mkdir()
    with held(served.database):
        for _ in range(2):
            await refused(served, 503, "store_busy", "try again")
        tab = await served.socket("chat/chat/ws")
        assert await tab.closed() == 1011
    await works(served)


@pytest.mark.parametrize(
    "junk", [b"This is no database. " * 500, b"SQLite format 3\0" + b"\xff" * 5000]
)
async def test_a_file_that_is_no_database(served: Served, junk: bytes) -> None:
    served.database.parent.mkdir()
    served.database.write_bytes(junk)
    for _ in range(2):
        await refused(served, 500, "store_corrupt", "backup")
    assert served.database.read_bytes() == junk
    assert (await served.ask("GET", "openapi.json")).status_code == 200
    served.database.unlink()
    await works(served)


async def test_a_database_with_a_damaged_table(served: Served) -> None:
    with opened(served.database) as store, store.transaction():
        for number in range(50):
            store.persist_message("chat", text(f"{number} " * 300))
    with served.database.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        for page in range(3 * 4096, size, 4096):
            file.seek(page)
            file.write(b"\xee" * 4096)
    answer = await served.ask("GET", "chat/chat/messages")
    assert (answer.status_code, answer.json()["code"]) == (500, "store_corrupt")
    assert (await served.ask("GET", "openapi.json")).status_code == 200


async def test_a_file_that_cannot_be_written(served: Served, open_folder: Path) -> None:
    served.app.db_path = str(open_folder / "chats.sqlite")
    await reopened(served)
    with opened(served.database):
        pass
    with guarded(open_folder):
        await refused(served, 503, "store_read_only", "permissions")
    await works(served)


async def test_a_folder_that_cannot_be_written(served: Served, open_folder: Path) -> None:
    served.app.db_path = str(open_folder / "new" / "chats.sqlite")
    await reopened(served)
    with guarded(open_folder):
        await refused(served, 503, "store_read_only", "Permission")
    await works(served)


async def reopened(served: Served) -> None:
    """The app with a core that has its present settings."""
    served.app._core = None
    core = await served.app.unopened_core()
    core.assistants.add(served.scripted)


async def test_a_quota_that_is_used_up(served: Served) -> None:
    await served.chat()
    before = served.dump()
    size = max(path.stat().st_size for path in served.database.parent.iterdir() if path.is_file())
    with full(size + 4096):
        await refused(served, 507, "store_full", "space")
        assert (await served.ask("GET", "chat/chat/messages")).status_code == 200
    assert served.dump() == before
    await works(served)


async def limit_pages(served: Served, more: int | None) -> None:
    """Let the database grow by so many pages only, or freely; SQLite says FULL beyond."""
    core = await served.app.core()

    def work(store: Store) -> None:
        pages = store._execute("PRAGMA page_count").fetchone()[0]
        store._execute(f"PRAGMA max_page_count = {2**31 if more is None else pages + more}")

    await core.feed.write(work)


async def test_a_disk_that_is_full(served: Served) -> None:
    await served.chat()
    await limit_pages(served, 2)
    before = served.dump()
    await refused(served, 507, "store_full", "space")
    ask = await served.ask("POST", "chat/chat", {"text": BIG})
    assert (ask.status_code, ask.json()["code"]) == (507, "store_full")
    assert served.dump() == before
    await limit_pages(served, None)
    await works(served)


async def test_a_disk_that_fills_while_an_answer_is_written(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("So far ", gate, BIG, asyncio.Event())
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.until("So far")
        reply = served.scripted.turns[0].reply
        await limit_pages(served, 4)
        gate.set()
        last = (await stream.rest())[-1]
    error = msgspec.json.decode(last.data, type=ErrorBody)
    assert (last.event, error.code) == ("error", "store_full")
    await limit_pages(served, None)
    message = await served.ended("chat", reply)
    assert (message.status, message.error and message.error.code) == ("failed", "store_full")
    await works(served)


@pytest.mark.settings(busy_seconds=0.1)
async def test_a_lock_in_mid_answer_loses_nothing_that_was_stored(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("So far ", gate, "and more", asyncio.Event())
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.until("So far")
        reply = served.scripted.turns[0].reply
        with held(served.database):
            gate.set()
            assert (await stream.rest())[-1].event == "error"
    message = await served.ended("chat", reply)
    assert message.status == "failed"
    assert message.error is not None
    assert message.error.code == "store_busy"
    await works(served)


async def test_errors_of_the_store_are_logged_with_what_happened(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    served.database.parent.mkdir()
    served.database.write_bytes(b"no database" * 500)
    await served.ask("GET", "sessions")
    errors = [r for r in caplog.records if r.levelname == "ERROR" and r.exc_info]
    assert len(errors) == 1
    assert "GET /a%40b/chatcore/sessions failed" in errors[0].getMessage()
    caplog.clear()
    await served.ask("GET", "sessions/.bad")
    assert not [record for record in caplog.records if record.exc_info]
