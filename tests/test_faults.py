"""A disk that is full, a file that is locked, damaged or read-only: told, and survived."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import aclosing, closing
from pathlib import Path

import pytest
from core_fixtures import CHAT, feeding, said, text
from core_running import LOG, ask, core, ended, message
from scripted import Echo, Gate, Scripted

from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.core import ChatCore, CoreConfig
from jupyter_chatcore.errors import StoreBusy, StoreCorrupt, StoreFull, StoreReadOnly
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.reply import ReplyOptions
from jupyter_chatcore.store import Store

pytestmark = pytest.mark.asyncio


async def fill_up(feed: Feed) -> None:
    """Let the database grow by no page more, as on a full disk."""

    def work(store: Store) -> None:
        (pages,) = store.db.execute("PRAGMA page_count").fetchone()
        store.db.execute(f"PRAGMA max_page_count = {pages}")

    await feed.write(work)


async def make_room(feed: Feed) -> None:
    await feed.write(lambda store: store.db.execute("PRAGMA max_page_count = 1000000"))


async def test_a_full_disk_refuses_and_keeps_what_was(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        await feed.write(lambda store: store.persist_message(CHAT, text("before")))
        await fill_up(feed)
        with pytest.raises(StoreFull, match="free some space"):
            await feed.write(lambda store: store.persist_message(CHAT, text("x" * 10**6)))
        assert await feed.read(lambda store: store.get_message_count(CHAT)) == 1
        await make_room(feed)
        await feed.write(lambda store: store.persist_message(CHAT, text("x" * 10**6)))


async def test_a_disk_that_fills_in_mid_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    assistant = Scripted()
    assistant.enqueue("so far", gate, "x" * 10**6, Gate())
    async with core(tmp_path, assistant) as chat:
        posted = await ask(chat)
        await gate.reached.wait()
        await fill_up(chat.feed)
        with pytest.raises(StoreFull):
            async with aclosing(chat.feed.watch(CHAT, posted.cursor)) as batches:
                async for _ in batches:
                    gate.set()
        assert "cannot be stored yet" in caplog.text
        await make_room(chat.feed)
        reply = await ended(chat, posted)
        assert (reply.status, said(reply)) == ("failed", "so far" + "x" * 10**6)
        assert reply.error and reply.error.code == "store_full"
        assert (await ended(chat, await ask(chat, "go on"))).status == "done"


async def test_a_locked_database_is_waited_for_and_then_told(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    async with feeding(path):
        pass
    feed = Feed(DatabaseConfig(path=path, busy_seconds=0.05))
    await feed.start()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="try again"):
            await feed.write(lambda store: store.persist_message(CHAT, text("x")))
        assert await feed.read(lambda store: store.get_message_count(CHAT)) == 0
        other.execute("ROLLBACK")
    await feed.write(lambda store: store.persist_message(CHAT, text("x")))
    await feed.close()


async def test_a_short_lock_is_only_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    async with feeding(path) as feed:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.create_task(
                feed.write(lambda store: store.persist_message(CHAT, text("x")))
            )
            assert await feed.read(lambda store: store.get_message_count(CHAT)) == 0
            other.execute("ROLLBACK")
        await waiting


async def opening(path: Path) -> ChatCore:
    chat = ChatCore(CoreConfig(db_path=path, default_assistant="echo"), LOG)
    chat.assistants.add(Echo())
    await chat.start()
    return chat


async def test_a_damaged_file_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"no database " * 1000)
    for _ in range(2):
        with pytest.raises(StoreCorrupt, match="backup"):
            await opening(path)
    assert path.read_bytes() == b"no database " * 1000


async def test_a_core_that_could_not_start_starts_when_it_can(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"no database " * 1000)
    chat = ChatCore(CoreConfig(db_path=path), LOG)
    with pytest.raises(StoreCorrupt):
        await chat.start()
    path.unlink()
    await chat.start()
    await chat.close()


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreReadOnly):
        await opening(tmp_path / "file" / "c.sqlite")


async def test_damaged_pages_are_told(tmp_path: Path) -> None:
    async with core(tmp_path, Echo()) as chat:
        reply = await ended(chat, await ask(chat))
        assert (await message(chat, reply.id)).status == "done"
    damage(tmp_path / "chats.sqlite")
    with pytest.raises(StoreCorrupt):
        await opening(tmp_path / "chats.sqlite")


def damage(path: Path) -> None:
    """Overwrite everything but the first page."""
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


async def test_a_stop_does_not_wait_for_a_full_disk(tmp_path: Path) -> None:
    gate = Gate()
    assistant = Scripted()
    assistant.enqueue("x" * 10**6, gate)
    options = ReplyOptions(coalesce_seconds=0.001, stop_seconds=0.1)
    async with core(tmp_path, assistant, options=options) as chat:
        posted = await ask(chat)
        await fill_up(chat.feed)
        await gate.reached.wait()
        stopped = await chat.replies.stop(CHAT, posted.reply or 0)
        assert stopped.status == "streaming"
        await make_room(chat.feed)
        assert (await ended(chat, posted)).status != "streaming"
