"""Words are found in the chats, whatever else they may mean to a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from core_fixtures import CHAT, opened, text

from jupyter_chatcore.api import NewSession
from jupyter_chatcore.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        yield store


class TestSearch:
    @pytest.mark.parametrize("q", ["grouped by", "GROUPED", "gro", "“grouped”", "by grouped"])
    def test_words_are_found(self, store: Store, q: str) -> None:
        store.persist_message(CHAT, text("How is a frame grouped by city?"))
        (hit,) = store.search(q).hits
        assert any(piece.match for piece in hit.snippet)
        assert "".join(piece.text for piece in hit.snippet) == "How is a frame grouped by city?"

    @pytest.mark.parametrize("q", ["", " ", '"', "NOT", "a AND", "*", "x:y", "(", "\0", "-"])
    def test_operators_mean_nothing(self, store: Store, q: str) -> None:
        store.persist_message(CHAT, text("plain words"))
        assert store.search(q).hits == []

    def test_one_chat_can_be_searched(self, store: Store) -> None:
        store.create_session(NewSession(), "other")
        store.persist_message("other", text("needle"))
        store.persist_message(CHAT, text("needle"))
        assert [hit.session for hit in store.search("needle", session="other").hits] == ["other"]
