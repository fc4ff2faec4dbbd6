"""The list of chats: what it shows, in what order, and what tells it of changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from functools import partial
from pathlib import Path

import pytest
from core_fixtures import CHAT, feeding, opened, text, unfinished
from serving import Served

from jupyter_chatcore.api import NewSession, SessionPatch
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.listing import Show
from jupyter_chatcore.protocol import Author, Session, SessionPut
from jupyter_chatcore.store import Store

ADA, BOB = Author(username="ada"), Author(username="bob")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        yield store


def listed(store: Store, user: str = "ada", show: Show = "open") -> list[Session]:
    return store.sessions(show=show, user=user).sessions


def ids(store: Store, show: Show) -> list[str]:
    return [chat.id for chat in listed(store, show=show)]


class TestRows:
    def test_a_chat_ends_with_its_newest_message_in_a_line(self, store: Store) -> None:
        store.persist_message(CHAT, text("How do  I\n\nplot " + "very " * 60 + "much?"))
        [chat] = listed(store)
        assert chat.last.startswith("How do I plot very very")
        assert chat.last.endswith("…") and len(chat.last) <= 160

    def test_an_answer_shows_once_it_has_ended(self, store: Store) -> None:
        store.persist_message(CHAT, text("question"))
        reply = unfinished(store)
        assert [(chat.last, chat.running) for chat in listed(store)] == [("question", True)]
        store.update_message_parts(CHAT, reply.id, text("answer"), status="done")
        assert [(chat.last, chat.running) for chat in listed(store)] == [("answer", False)]

    def test_it_was_used_when_its_newest_message_was_written(self, store: Store) -> None:
        made = store.create_session(NewSession(), "new")[0]
        message, _ = store.persist_message(CHAT, text("hello"))
        store.patch_session(CHAT, SessionPatch(title="Renamed later", pinned=True))
        used = {chat.id: chat.used for chat in listed(store)}
        assert used == {CHAT: message.created, "new": made.created}

    def test_another_branch_has_another_end(self, store: Store) -> None:
        one, _ = store.persist_message(CHAT, text("one"))
        store.persist_message(CHAT, text("two"))
        store.patch_session(CHAT, SessionPatch(head=one.id))
        assert listed(store)[0].last == "one"

    def test_pinned_and_archived_ones_are_told_apart(self, store: Store) -> None:
        for name in ("pinned", "archived", "both"):
            store.create_session(NewSession(), name)
        store.patch_session("pinned", SessionPatch(pinned=True))
        store.patch_session("archived", SessionPatch(archived=True))
        store.patch_session("both", SessionPatch(pinned=True, archived=True))
        assert ids(store, "open") == ["pinned", CHAT]
        assert ids(store, "pinned") == ["pinned"]
        assert ids(store, "archived") == ["both", "archived"]
        assert ids(store, "all") == ["both", "archived", "pinned", CHAT]

    def test_a_title_that_somebody_gave_stays(self, store: Store) -> None:
        assert store.entitle(CHAT, "Prices of flats")
        assert store.get_session(CHAT).title == "Prices of flats"
        store.patch_session(CHAT, SessionPatch(title="Mine"))
        assert not store.entitle(CHAT, "Something else")
        assert store.get_session(CHAT).title == "Mine"

    def test_titles_are_found_by_their_words(self, store: Store) -> None:
        for title in ("Prices of flats", "100% of _it_", "Flat earth"):
            store.create_session(NewSession(title=title))

        def found(q: str) -> list[str]:
            return [chat.title for chat in store.named_like(q, 10, "ada")]

        assert found("flat") == ["Flat earth", "Prices of flats"]
        assert found("FLATS price") == ["Prices of flats"]
        assert (found("0%"), found("_it_")) == (["100% of _it_"], ["100% of _it_"])
        assert found("%%") == []


class TestUnread:
    def unread(self, store: Store) -> tuple[bool, bool]:
        return listed(store, "ada")[0].unread, listed(store, "bob")[0].unread

    def test_what_others_say_is_unread_until_it_was_seen(self, store: Store) -> None:
        assert self.unread(store) == (False, False)
        asked, _ = store.persist_message(CHAT, text("hello"), author=ADA)
        assert self.unread(store) == (False, True)
        store.mark_seen(CHAT, asked.id, "bob")
        assert self.unread(store) == (False, False)

    def test_an_answer_that_ends_after_it_was_seen_is_unread(self, store: Store) -> None:
        store.persist_message(CHAT, text("hello"), author=ADA)
        reply = unfinished(store)
        store.mark_seen(CHAT, reply.id, "ada")
        assert self.unread(store) == (False, True)
        store.update_message_parts(CHAT, reply.id, text("hi"), status="done")
        assert self.unread(store) == (True, True)
        store.mark_seen(CHAT, reply.id, "ada")
        assert self.unread(store) == (False, True)

    def test_reading_what_is_older_takes_nothing_back(self, store: Store) -> None:
        first, _ = store.persist_message(CHAT, text("one"), author=BOB)
        second, _ = store.persist_message(CHAT, text("two"), author=BOB)
        store.mark_seen(CHAT, second.id, "ada")
        store.mark_seen(CHAT, first.id, "ada")
        assert not listed(store)[0].unread

    def test_only_what_is_there_can_be_seen(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.mark_seen(CHAT, 99, "ada")


async def told(feed: Feed, after: int, count: int) -> list[Session]:
    """The first chats that a list is told of after a cursor."""
    found: list[Session] = []
    async with aclosing(feed.watch_list("ada", after)) as batches:
        async for batch in batches:
            changes = [stored.event.change for stored in batch.events]
            found += [change.session for change in changes if isinstance(change, SessionPut)]
            if len(found) >= count:
                break
    return found


@pytest.mark.asyncio
class TestWatching:
    async def test_a_late_list_is_told_what_it_missed_once_a_chat(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "a.sqlite") as feed:
            start = await feed.read(Store.clock)
            for words in ("one", "two"):
                await feed.write(partial(Store.persist_message, session=CHAT, parts=text(words)))
            await feed.write(lambda store: store.create_session(NewSession(title="Other"), "o"))
            assert [(c.id, c.last) for c in await told(feed, start, 2)] == [
                (CHAT, "two"),
                ("o", ""),
            ]

    async def test_a_list_is_told_when_an_answer_starts_and_ends(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "a.sqlite") as feed:
            async with aclosing(feed.watch_list("ada", await feed.read(Store.clock))) as batches:
                reply = await feed.write(unfinished)
                batch = await anext(batches)
                assert b'"running":true' in batch.frame
                await feed.write(
                    lambda store: store.update_message_parts(
                        CHAT, reply.id, text("hi"), status="done"
                    )
                )
                batch = await anext(batches)
            assert b'"last":"hi"' in batch.frame and b'"unread":true' in batch.frame

    async def test_a_deleted_chat_leaves_the_list(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "a.sqlite") as feed:
            start = await feed.read(Store.clock)
            await feed.write(lambda store: store.delete_session(CHAT))
            [gone] = await told(feed, start, 1)
            assert gone.deleted

    async def test_what_another_server_writes_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "a.sqlite"
        async with feeding(path) as feed, feeding(path) as other:
            start = await feed.read(Store.clock)
            async with aclosing(feed.watch_list("ada", start, ping=0.05)) as batches:
                assert not await anext(batches)
                await other.write(lambda store: store.persist_message(CHAT, text("from afar")))
                async for batch in batches:
                    if batch:
                        break
            assert b"from afar" in batch.frame


async def test_a_tab_lists_and_watches(served: Served) -> None:
    await served.chat()
    page = (await served.ask("GET", "sessions")).json()
    tab = await served.socket(f"ws?after={page['cursor']}")
    served.scripted.enqueue("Hello")
    posted = await served.posted("chat", "Hi")
    await served.ended("chat", posted["reply"])
    lines: list[str] = []
    while lines[-1:] != ["Hello"]:
        batch = await tab.next()
        assert batch is not None
        lines += [e.change.session.last for e in batch if isinstance(e.change, SessionPut)]
    assert set(lines) <= {"Hi", "Hello"}


async def test_a_search_finds_titles_too(served: Served) -> None:
    await served.ask("POST", "sessions", {"title": "Prices of flats"})
    found = (await served.ask("GET", "search?q=price")).json()
    assert [chat["title"] for chat in found["sessions"]] == ["Prices of flats"]
