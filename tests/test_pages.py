"""Pages of the branch shown: before, after and around a message, and who stands beside whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from core_fixtures import CHAT, opened, text
from serving import Served

from jupyter_chatcore.api import SessionPatch
from jupyter_chatcore.errors import Conflict, Invalid, NotFound
from jupyter_chatcore.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        yield store


def fill(store: Store, number: int) -> list[int]:
    return [store.persist_message(CHAT, text(str(n)))[0].id for n in range(number)]


def ids(store: Store, **at: int) -> list[int]:
    return [message.id for message in store.get_messages(CHAT, **at).messages]


class TestPlaces:
    def test_paging_down_meets_what_paging_up_showed(self, store: Store) -> None:
        all_ids = fill(store, 23)
        seen = [all_ids[0]]
        after: int | None = all_ids[0]
        while after is not None:
            page = store.get_messages(CHAT, after=after, limit=5)
            seen += [message.id for message in page.messages]
            after = page.after
        assert seen == all_ids

    def test_a_page_says_whether_there_is_more_below(self, store: Store) -> None:
        all_ids = fill(store, 9)
        assert store.get_messages(CHAT).after is None
        assert store.get_messages(CHAT, all_ids[5], 3).after == all_ids[4]
        page = store.get_messages(CHAT, after=all_ids[2], limit=3)
        assert (page.before, page.after) == (all_ids[3], all_ids[5])

    def test_nothing_comes_after_the_newest(self, store: Store) -> None:
        all_ids = fill(store, 3)
        page = store.get_messages(CHAT, after=all_ids[-1])
        assert (page.messages, page.after) == ([], None)

    def test_around_a_message_is_what_was_said_before_and_after(self, store: Store) -> None:
        all_ids = fill(store, 30)
        assert ids(store, around=all_ids[15], limit=10) == all_ids[11:21]
        assert ids(store, around=all_ids[-1], limit=10) == all_ids[-10:]
        assert ids(store, around=all_ids[0], limit=10) == all_ids[:6]

    def test_after_nothing_is_the_oldest(self, store: Store) -> None:
        assert ids(store, after=0) == []
        all_ids = fill(store, 9)
        page = store.get_messages(CHAT, after=0, limit=4)
        assert [message.id for message in page.messages] == all_ids[:4]
        assert (page.before, page.after) == (None, all_ids[3])
        assert ids(store, after=0, limit=50) == all_ids
        other, _ = store.persist_message(CHAT, text("other first"), parent=None)
        assert ids(store, after=0) == [other.id]

    def test_other_branches_are_left_out(self, store: Store) -> None:
        one, two, three = fill(store, 3)
        other, _ = store.persist_message(CHAT, text("other two"), parent=one)
        last, _ = store.persist_message(CHAT, text("other three"))
        assert ids(store, after=one) == [other.id, last.id]
        for place in (two, three):
            with pytest.raises(Conflict, match="another branch"):
                store.get_messages(CHAT, after=place)
        with pytest.raises(NotFound):
            store.get_messages(CHAT, around=99)


class TestVersions:
    def test_messages_beside_each_other_are_told(self, store: Store) -> None:
        one, two, three = fill(store, 3)
        other, _ = store.persist_message(CHAT, text("other"), parent=one)
        assert store.get_messages(CHAT).versions == [[two, other.id]]
        store.patch_session(CHAT, SessionPatch(branch=two))
        page = store.get_messages(CHAT)
        assert [message.id for message in page.messages] == [one, two, three]
        assert page.versions == [[two, other.id]]

    def test_first_messages_stand_beside_each_other_too(self, store: Store) -> None:
        [one] = fill(store, 1)
        other, _ = store.persist_message(CHAT, text("other"), parent=None)
        assert store.get_messages(CHAT).versions == [[one, other.id]]

    def test_a_plain_chat_has_none(self, store: Store) -> None:
        fill(store, 30)
        assert store.get_messages(CHAT).versions == []


class TestBranch:
    def test_the_newest_branch_through_a_message_is_shown(self, store: Store) -> None:
        one, two, three = fill(store, 3)
        beside, _ = store.persist_message(CHAT, text("beside three"), parent=two)
        store.persist_message(CHAT, text("beside two"), parent=one)
        shown = store.patch_session(CHAT, SessionPatch(branch=two))
        assert (shown.head, shown.count) == (beside.id, 3)
        assert store.patch_session(CHAT, SessionPatch(branch=three)).head == three

    def test_a_message_that_is_not_there_is_no_branch(self, store: Store) -> None:
        fill(store, 1)
        with pytest.raises(Invalid):
            store.patch_session(CHAT, SessionPatch(branch=99))


async def test_only_one_place_can_be_asked_for(served: Served) -> None:
    await served.chat()
    answer = await served.ask("GET", "chat/chat/messages?before=1&after=2")
    assert answer.status_code == 400
    assert "only one of" in answer.json()["message"]
