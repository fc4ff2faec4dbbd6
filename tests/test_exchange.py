"""Chats that go out into files and come in from them."""

from __future__ import annotations

import json
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from core_fixtures import CHAT, text
from exchanged import ADA, EVERY_PART
from exchanging import exchanging, exported, imported

from jupyter_chatcore.api import NewSession, SessionPatch
from jupyter_chatcore.errors import Conflict
from jupyter_chatcore.exporting import download
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.protocol import Message, Sent, Usage
from jupyter_chatcore.store import Store

pytestmark = pytest.mark.asyncio


async def tree(feed: Feed, session: str) -> list[Message]:
    """All messages of a chat, as ids and keys do not count."""

    def work(store: Store) -> list[Message]:
        return store.messages_of(session, store.message_ids(session, whole=True), 2**30)

    return await feed.read(work)


def shape(messages: list[Message]) -> list[dict[str, Any]]:
    """What is the same of a chat wherever it is: parents as places."""
    places = {message.id: place for place, message in enumerate(messages)}
    plain = [json.loads(msgspec.json.encode(message)) for message in messages]
    for each in plain:
        for name in ("id", "seq", "session", "key", "author"):
            each.pop(name, None)
        if "parent" in each:
            each["parent"] = places[each["parent"]]
    return plain


async def rich(feed: Feed) -> None:
    """Fill `CHAT` with branches, usage, an error, a tombstone."""

    def work(store: Store) -> None:
        question, _ = store.persist_message(CHAT, EVERY_PART, author=ADA, key="k")
        for words in ("one", "two"):
            answer, _ = store.persist_message(
                CHAT, [], role="assistant", status="streaming", owner="o", parent=question.id
            )
            store.update_message_parts(
                CHAT,
                answer.id,
                text(words),
                status="done",
                usage=Usage(model="m", input_tokens=3, cost=0.5),
                sent=Sent(digest="d", messages=1, ext={"p": {"secret": 1}}),
            )
        gone, _ = store.persist_message(CHAT, text("oops"), author=ADA)
        store.delete_message(CHAT, gone.id)
        store.patch_session(CHAT, SessionPatch(head=answer.id, title="Ours"))

    await feed.write(work)


class TestExport:
    async def test_a_long_chat_comes_in_pieces_and_in_order(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, _):
            await feed.write(lambda s: [s.persist_message(CHAT, text(f"m{n}")) for n in range(950)])
            file = await download(feed, tmp_path, CHAT, "markdown")
            pieces = [piece.decode() async for piece in file.pieces]
            assert len(pieces) > 9
            found = [line for line in "".join(pieces).splitlines() if line.startswith("m")]
            assert found == [f"m{n}" for n in range(950)]

    async def test_large_messages_come_alone(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, _):
            large = "x" * 2**20
            await feed.write(lambda s: [s.persist_message(CHAT, text(large)) for _ in range(5)])
            file = await download(feed, tmp_path, CHAT, "jsonl")
            sizes = [len(piece) async for piece in file.pieces]
            assert max(sizes) < 2 * 2**20

    async def test_people_read_the_branch_shown_and_programs_all(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, _):
            await rich(feed)
            transcript = (await exported(feed, CHAT, "markdown")).decode()
            assert "\ntwo\n" in transcript
            assert "\none\n" not in transcript
            everything = (await exported(feed, CHAT)).decode()
            assert '"one"' in everything
            assert "secret" not in everything

    async def test_a_chat_that_goes_meanwhile_ends_in_an_error(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, _):
            await feed.write(lambda s: s.persist_message(CHAT, text("x")))
            file = await download(feed, tmp_path, CHAT, "jsonl")
            async with aclosing(file.pieces) as pieces:
                await anext(pieces)
                await feed.write(lambda store: store.delete_session(CHAT))
                with pytest.raises(Conflict):
                    await anext(pieces)

    async def test_code_is_in_the_language_of_the_chats_notebook(self, tmp_path: Path) -> None:
        spec = {"kernelspec": {"name": "ir", "language": "R"}, "language_info": {"name": "R"}}
        (tmp_path / "r.ipynb").write_text(json.dumps({"metadata": spec}), encoding="utf-8")
        async with exchanging(tmp_path) as (feed, _):
            for notebook, kernel in (("r.ipynb", "ir"), ("../r.ipynb", "python3")):
                new = NewSession(notebook=notebook)
                made, _ = await feed.write(lambda store, new=new: store.create_session(new))  # type: ignore[misc]
                file = await download(feed, tmp_path, made.id, "notebook")
                data = b"".join([piece async for piece in file.pieces])
                assert json.loads(data)["metadata"]["kernelspec"]["name"] == kernel


class TestRoundTrip:
    async def test_an_exported_chat_comes_back_equal(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, importer):
            await rich(feed)
            result = await imported(importer, await exported(feed, CHAT))
            (made,) = result.sessions
            before, after = await tree(feed, CHAT), await tree(feed, made.id)
            assert shape(after) == [each | _without_ext(each) for each in shape(before)]
            assert (made.title, made.named, made.count) == ("Ours", True, 2)
            assert [m.author and m.author.username for m in after] == [
                "imported:ada",
                "imported:assistant",
                "imported:assistant",
                "imported:ada",
            ]
            again = await imported(importer, await exported(feed, made.id))
            twice = await tree(feed, again.sessions[0].id)
            assert shape(twice) == shape(after)
            assert [m.author for m in twice] == [m.author for m in after]

    async def test_a_later_export_adds_what_is_new(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, importer):
            await rich(feed)
            first = await imported(importer, await exported(feed, CHAT))
            await feed.write(lambda s: s.persist_message(CHAT, text("more"), author=ADA))
            later = await exported(feed, CHAT)
            second = await imported(importer, later)
            assert (first.made, first.known, first.messages) == (1, 0, 4)
            assert (second.made, second.known, second.messages) == (0, 1, 1)
            third = await imported(importer, later)
            assert (third.made, third.known, third.messages, third.sessions) == (0, 1, 0, [])
            made = first.sessions[0].id
            assert shape(await tree(feed, made)) == [
                each | _without_ext(each) for each in shape(await tree(feed, CHAT))
            ]
            page = await feed.read(lambda store: store.get_messages(made))
            assert page.messages[-1].parts == text("more")

    async def test_whoever_went_on_here_stays_where_they_are(self, tmp_path: Path) -> None:
        async with exchanging(tmp_path) as (feed, importer):
            await feed.write(lambda s: s.persist_message(CHAT, text("one"), author=ADA))
            first = await imported(importer, await exported(feed, CHAT))
            made = first.sessions[0].id
            mine, _ = await feed.write(lambda s: s.persist_message(made, text("mine"), author=ADA))
            await feed.write(lambda s: s.persist_message(CHAT, text("two"), author=ADA))
            second = await imported(importer, await exported(feed, CHAT))
            assert (second.messages, second.sessions[0].head) == (1, mine.id)


def _without_ext(each: dict[str, Any]) -> dict[str, Any]:
    sent = {k: v for k, v in each.get("sent", {}).items() if k != "ext"}
    return {"sent": sent} if sent else {}
