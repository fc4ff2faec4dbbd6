"""The store: what is said is kept, paged, resumed and recovered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from core_fixtures import CHAT, more, opened, said, seqs, text, unfinished

from jupyter_chatcore.api import NewSession, SessionPatch
from jupyter_chatcore.errors import Conflict, CursorAhead, Invalid, NotFound
from jupyter_chatcore.parts import Part, ReasoningPart, TextPart, ToolPart
from jupyter_chatcore.protocol import (
    Author,
    Message,
    MessagePut,
    PartPut,
    SessionPut,
    TextAppend,
    apply,
)
from jupyter_chatcore.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        yield store


def fill(store: Store, number: int) -> list[Message]:
    return [store.persist_message(CHAT, text(f"message {n}"))[0] for n in range(number)]


class TestMessages:
    def test_what_is_persisted_is_read_back(self, store: Store) -> None:
        author = Author(username="ada", name="Ada")
        parts: list[Part] = [TextPart(text="hello\0\u2028\U0001f600"), ReasoningPart(text="hm")]
        made, new = store.persist_message(CHAT, parts, author=author, key="k")
        assert new and store.get_message(CHAT, made.id) == made
        assert (made.parts, made.author, made.status, made.key) == (parts, author, "done", "k")

    def test_a_key_finds_its_message_again(self, store: Store) -> None:
        first, _ = store.persist_message(CHAT, text("once"), key="nonce")
        again, new = store.persist_message(CHAT, text("once"), key="nonce")
        assert not new and again == first
        assert store.get_message_count(CHAT) == 1

    def test_a_message_continues_the_newest_by_default(self, store: Store) -> None:
        first, second = fill(store, 2)
        assert (first.parent, second.parent) == (None, first.id)

    def test_an_unknown_chat_or_parent_is_refused_and_changes_nothing(self, store: Store) -> None:
        clock = store.clock()
        with pytest.raises(NotFound, match="PUT sessions/nowhere"):
            store.persist_message("nowhere", text("lost"))
        with pytest.raises(Invalid, match="no message 99"):
            store.persist_message(CHAT, text("lost"), parent=99)
        assert (store.clock(), store.get_message_count(CHAT)) == (clock, 0)

    def test_a_deleted_message_leaves_its_place(self, store: Store) -> None:
        first, second, third = fill(store, 3)
        tomb = store.delete_message(CHAT, second.id)
        assert (tomb.status, tomb.parts, tomb.id) == ("deleted", [], second.id)
        assert [m.id for m in store.get_messages(CHAT).messages] == [first.id, second.id, third.id]
        assert store.search("message 1").hits == []
        with pytest.raises(Conflict):
            store.update_message_parts(CHAT, second.id, text("back from the dead"))

    def test_parts_can_be_replaced(self, store: Store) -> None:
        (made,) = fill(store, 1)
        put = store.update_message_parts(CHAT, made.id, text("better"))
        assert said(store.get_message(CHAT, made.id)) == "better"
        assert put.seq > made.seq and put.id == made.id


class TestPages:
    def test_pages_meet_without_gap_or_overlap(self, store: Store) -> None:
        made = [m.id for m in fill(store, 60)]
        page = store.get_messages(CHAT)
        seen = [m.id for m in page.messages]
        assert (len(seen), page.total, page.has_more) == (25, 60, True)
        while page.has_more:
            page = store.get_messages(CHAT, before=page.before)
            seen = [m.id for m in page.messages] + seen
        assert seen == made and page.before is None

    def test_an_empty_chat_has_an_empty_page(self, store: Store) -> None:
        page = store.get_messages(CHAT)
        assert (page.messages, page.total, page.has_more, page.before) == ([], 0, False, None)

    def test_a_page_before_the_first_message_is_empty(self, store: Store) -> None:
        first, _ = fill(store, 2)
        assert store.get_messages(CHAT, before=first.id).messages == []

    def test_an_unknown_before_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound):
            store.get_messages(CHAT, before=12345)

    def test_a_page_shows_one_branch(self, store: Store) -> None:
        first, second = fill(store, 2)
        other, _ = store.persist_message(CHAT, text("instead"), parent=first.id)
        assert [m.id for m in store.get_messages(CHAT).messages] == [first.id, other.id]
        store.patch_session(CHAT, SessionPatch(head=second.id))
        assert [m.id for m in store.get_messages(CHAT).messages] == [first.id, second.id]

    def test_the_first_message_can_have_a_sibling(self, store: Store) -> None:
        fill(store, 2)
        root, _ = store.persist_message(CHAT, text("from the start"), parent=None)
        page = store.get_messages(CHAT)
        assert ([m.id for m in page.messages], page.total) == ([root.id], 1)

    def test_a_cursor_is_where_to_go_on(self, store: Store) -> None:
        fill(store, 3)
        cursor = store.get_messages(CHAT).cursor
        assert store.since(CHAT, cursor).events == []
        (late,) = fill(store, 1)
        assert seqs(store.since(CHAT, cursor).events) == [late.seq]


class TestLiveReplies:
    def grow(self, store: Store) -> tuple[Message, int]:
        reply = unfinished(store)
        first = PartPut(message=0, base=0, index=0, part=TextPart(text="one"))
        return reply, store.append_deltas(CHAT, reply.id, reply.seq, [first, more(" two")])

    def test_a_page_folds_in_what_has_grown(self, store: Store) -> None:
        reply, seq = self.grow(store)
        (message,) = store.get_messages(CHAT).messages
        assert (said(message), message.seq, message.status) == ("one two", seq, "streaming")
        assert store.get_message(CHAT, reply.id) == message

    def test_a_tools_input_grows(self, store: Store) -> None:
        reply = unfinished(store)
        tool = PartPut(message=0, base=0, index=0, part=ToolPart(call="c", name="f", input="{"))
        store.append_deltas(CHAT, reply.id, reply.seq, [tool, more("}")])
        (part,) = store.get_message(CHAT, reply.id).parts
        assert isinstance(part, ToolPart) and part.input == "{}"

    def test_the_final_put_takes_the_place_of_the_deltas(self, store: Store) -> None:
        reply, _ = self.grow(store)
        store.update_message_parts(CHAT, reply.id, text("one two three"), status="done")
        assert store.db["deltas"].count == 0
        assert said(store.get_message(CHAT, reply.id)) == "one two three"

    def test_an_ended_reply_neither_grows_nor_ends_again(self, store: Store) -> None:
        reply, seq = self.grow(store)
        store.update_message_parts(CHAT, reply.id, [], status="cancelled")
        with pytest.raises(Conflict):
            store.append_deltas(CHAT, reply.id, seq, [more("late")])
        with pytest.raises(Conflict):
            store.update_message_parts(CHAT, reply.id, [], status="done")

    def test_recover_takes_only_from_those_who_are_gone(self, store: Store) -> None:
        mine, theirs = unfinished(store, "gone"), unfinished(store, "alive")
        store.append_deltas(
            CHAT,
            mine.id,
            mine.seq,
            [PartPut(message=0, base=0, index=0, part=TextPart(text="so far"))],
        )
        assert store.owners() == {"gone", "alive"}
        store.recover({"gone"}, "heir")
        ended = store.get_message(CHAT, mine.id)
        assert (ended.status, said(ended)) == ("interrupted", "so far")
        assert ended.error and "Ask again" in ended.error.message
        assert store.get_message(CHAT, theirs.id).status == "streaming"
        store.recover({"alive"}, "heir")

    def test_a_stop_is_left_for_the_owner(self, store: Store) -> None:
        reply = unfinished(store, "other")
        store.ask_to_stop(CHAT, [reply.id])
        assert store.asked_to_stop("other") == [reply.id]
        assert store.asked_to_stop("somebody") == []


class TestSince:
    def test_a_reader_that_is_behind_gets_growth_joined(self, store: Store) -> None:
        reply = unfinished(store)
        seq = store.append_deltas(
            CHAT,
            reply.id,
            reply.seq,
            [PartPut(message=0, base=0, index=0, part=TextPart(text=""))],
        )
        seen = store.get_message(CHAT, reply.id)
        store.append_deltas(CHAT, reply.id, seq, [more(f"{n} ") for n in range(100)])
        (event,) = store.since(CHAT, seq).events
        assert isinstance(event.change, TextAppend)
        assert apply(seen, event) == store.get_message(CHAT, reply.id)

    def test_a_large_backlog_comes_in_pieces(self, store: Store) -> None:
        cursor = store.clock()
        made = [m.seq for m in fill(store, 50)]
        seen: list[int] = []
        pieces = 0
        while True:
            backlog = store.since(CHAT, cursor, max_bytes=1000)
            seen += seqs(backlog.events)
            cursor, pieces = backlog.cursor, pieces + 1
            if not backlog.more:
                break
        assert seen == made and pieces > 5

    def test_a_cursor_of_another_database_is_refused(self, store: Store) -> None:
        with pytest.raises(CursorAhead, match="fresh page"):
            store.since(CHAT, store.clock() + 1)

    def test_another_branch_is_told(self, store: Store) -> None:
        first, _ = fill(store, 2)
        cursor = store.clock()
        store.persist_message(CHAT, text("instead"), parent=first.id)
        kinds = [type(event.change) for event in store.since(CHAT, cursor).events]
        assert kinds == [MessagePut, SessionPut]


class TestSessions:
    def test_the_most_recently_used_comes_first_and_pages(self, store: Store) -> None:
        for name in "abc":
            store.create_session(NewSession(title=name.upper()), name)
        store.persist_message("a", text("again"))
        first = store.sessions(limit=3)
        rest = store.sessions(before=first.before)
        assert [s.id for s in first.sessions + rest.sessions] == ["a", "c", "b", CHAT]

    def test_making_one_twice_makes_it_once(self, store: Store) -> None:
        new = NewSession(key="notebook:a.ipynb", notebook="a.ipynb")
        made, first = store.create_session(new)
        found, second = store.create_session(new)
        assert (first, second) == (True, False) and found == made
        assert store.create_session(NewSession(), CHAT)[1] is False
        with pytest.raises(Conflict):
            store.create_session(new, "another-id")

    def test_a_patch_changes_what_it_names(self, store: Store) -> None:
        made = store.get_session(CHAT)
        put = store.patch_session(CHAT, SessionPatch(title="New", assistant="parrot"))
        assert (put.title, put.assistant, put.birth) == ("New", "parrot", made.birth)
        assert store.patch_session(CHAT, SessionPatch(assistant=None)).title == "New"

    def test_a_deleted_chat_is_gone_and_can_be_made_again(self, store: Store) -> None:
        fill(store, 3)
        unfinished(store)
        old = store.get_session(CHAT)
        store.delete_session(CHAT)
        with pytest.raises(NotFound):
            store.get_messages(CHAT)
        (event,) = store.since(CHAT, old.seq).events
        assert isinstance(event.change, SessionPut) and event.change.session.deleted
        again, new = store.create_session(NewSession(), CHAT)
        assert new and again.birth > old.birth and store.get_message_count(CHAT) == 0
        assert store.search("message").hits == []

    def test_a_chat_follows_its_notebook(self, store: Store) -> None:
        for path in ("work/a.ipynb", "workshop/b.ipynb"):
            store.create_session(NewSession(key=f"notebook:{path}", notebook=path))
        store.move_notebook("work", "home/new")
        moved, new = store.create_session(NewSession(key="notebook:home/new/a.ipynb"))
        assert not new and moved.notebook == "home/new/a.ipynb"
        assert store.create_session(NewSession(key="notebook:work/a.ipynb"))[1] is True
        assert store.create_session(NewSession(key="notebook:workshop/b.ipynb"))[1] is False
        assert [s.id for s in store.sessions(notebook="home/new/a.ipynb").sessions] == [moved.id]


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store:
        clock = store.clock()
        with pytest.raises(Invalid), store.transaction():
            store.persist_message(CHAT, text("gone"))
            store.persist_message(CHAT, text("wrong"), parent=99)
        assert (store.clock(), store.get_message_count(CHAT), store.events) == (clock, 0, [])


def test_a_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "private" / "chats.sqlite"
    with opened(path):
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    path = tmp_path / "chats.sqlite"
    with opened(path) as first, opened(path) as second:
        assert first.clock() == second.clock()
