"""Chats that come in from files: whole ones, once, and without holding others up."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT, text
from exchanged import ADA, branched, conversation, jupyter_chat, node, packed
from exchanging import exchanging, imported

from jupyter_chatcore.errors import Invalid, StoreError
from jupyter_chatcore.importing import Importer
from jupyter_chatcore.store import Store

pytestmark = pytest.mark.asyncio


class TestImport:
    async def test_chatgpts_tree_is_ours(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, importer):
            result = await imported(importer, packed([branched()]))
            (made,) = result.sessions
            assert (made.title, made.count, made.created) == (
                "Plots",
                4,
                "2023-11-14T22:13:20.000Z",
            )
            assert made.updated == "2023-11-14T22:13:20.500Z"
            page = await feed.read(lambda store: store.get_messages(made.id))
            assert len(page.versions) == 1
            hits = await feed.read(lambda store: store.search("And then"))
            assert [hit.session for hit in hits.hits] == [made.id]

    async def test_it_stands_in_the_list_as_read_and_by_its_time(self, tmp_path: Path) -> None:
        later = conversation(
            node("x", None, "user", "later", create_time=1_800_000_000), conversation_id="conv-2"
        )
        async with exchanging(tmp_path) as (feed, importer):
            await imported(importer, packed([later, branched()]))
            user = ADA.username
            page = await feed.read(lambda store: store.sessions(user=user))
            listed = [(s.last, s.unread) for s in page.sessions]
            assert listed == [("later", False), ("Done.", False), ("", False)]

    async def test_what_has_no_title_gets_one(self, tmp_path: Path) -> None:
        untitled = conversation(node("x", None, "user", "How do **plots** work?"), title=None)
        silent = conversation(node("x", None, "assistant", "Hm"), title="", conversation_id="2")
        async with exchanging(tmp_path) as (_, importer):
            result = await imported(importer, packed([untitled, silent]))
            assert [s.title for s in result.sessions] == ["How do plots work?", "Imported chat"]

    async def test_done_twice_at_once_it_is_done_once(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, importer):
            data = packed(jupyter_chat())
            both = await asyncio.gather(
                imported(importer, data), imported(Importer(feed), data), imported(importer, data)
            )
            assert sum(result.made for result in both) == 1
            assert sum(result.messages for result in both) == 3

    async def test_a_bad_file_leaves_nothing(self, tmp_path: Path) -> None:
        circle = conversation(node("a", "a", "user", "x"), conversation_id="bad")
        async with exchanging(tmp_path) as (feed, importer):
            before = await feed.read(Store.clock)
            for data in (packed([branched(), circle]), packed([branched()])[:-1], b"[]"):
                with pytest.raises(Invalid):
                    await imported(importer, data)
            assert await feed.read(Store.clock) == before

    async def test_a_disk_that_is_full_leaves_whole_chats(self, tmp_path: Path) -> None:
        nodes = [node("0", None, "user", "x")]
        nodes += [node(str(n), str(n - 1), "user", "x" * 5000) for n in range(1, 500)]
        large = conversation(*nodes, conversation_id="large")
        data = packed([branched(), large])
        async with exchanging(tmp_path) as (feed, importer):
            await feed.write(_allow(200))
            with pytest.raises(StoreError, match="1 chats of the file were imported"):
                await imported(importer, data)
            await feed.write(_allow(2**30))
            page = await feed.read(lambda store: store.sessions())
            assert sorted(s.count for s in page.sessions if s.id != CHAT)[-1] == 4
            result = await imported(importer, data)
            assert (result.known + result.made, result.messages) == (2, 500)

    async def test_a_long_one_lets_others_write(self, tmp_path: Path) -> None:
        nodes = [node("0", None, "user", "x")]
        nodes += [node(str(n), str(n - 1), "user", f"m{n}") for n in range(1, 3000)]
        async with exchanging(tmp_path) as (feed, importer):
            running = asyncio.create_task(imported(importer, packed([conversation(*nodes)])))
            written = 0
            while not running.done():
                await feed.write(lambda s: s.persist_message(CHAT, text("me")), durable=False)
                written += 1
            assert (await running).messages == 3000
            assert written > 5

    async def test_one_that_was_deleted_comes_anew(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, importer):
            first = await imported(importer, packed(jupyter_chat()))
            await feed.write(lambda store: store.delete_session(first.sessions[0].id))
            second = await imported(importer, packed(jupyter_chat()))
            assert (second.made, second.messages) == (1, 3)


def _allow(pages: int) -> Any:
    """How large the database may become: SQLite says that the disk is full beyond it."""

    def work(store: Store) -> None:
        store.db.execute(f"PRAGMA max_page_count = {pages}")

    return work


async def test_the_file_is_sound_for_sqlite(tmp_path: Path) -> None:
    async with exchanging(tmp_path) as (_, importer):
        await imported(importer, packed([branched()]))
    with sqlite3.connect(tmp_path / "chats.sqlite") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    raw.close()
