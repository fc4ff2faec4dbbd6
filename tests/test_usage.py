"""What the answers of a chat took, added up."""

from __future__ import annotations

from pathlib import Path

import pytest
from core_fixtures import CHAT, opened, text, unfinished

from jupyter_chatcore.api import ChatUsage
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.protocol import Usage
from jupyter_chatcore.store import Store


def answered(store: Store, usage: Usage | None) -> int:
    reply = unfinished(store)
    store.update_message_parts(CHAT, reply.id, text("x"), status="done", usage=usage)
    return reply.id


def test_nothing_is_told_of_a_chat_without_answers(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        answered(store, None)
        assert store.get_usage(CHAT) == ChatUsage()
        with pytest.raises(NotFound):
            store.get_usage("nowhere")


def test_all_branches_are_added_up_and_what_has_no_price_is_counted(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        asked, _ = store.persist_message(CHAT, text("hello"))
        answered(store, Usage(input_tokens=10, output_tokens=2, seconds=1.5, cost=0.25))
        store.persist_message(CHAT, text("again"), parent=asked.id)
        answered(store, Usage(input_tokens=5, seconds=0.5, cost=0.5))
        answered(store, Usage(output_tokens=3))
        assert store.get_usage(CHAT) == ChatUsage(
            answers=3, input_tokens=15, output_tokens=5, seconds=2.0, cost=0.75, unpriced=1
        )


def test_no_price_is_no_cost_rather_than_none_to_pay(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        answered(store, Usage(input_tokens=10))
        deleted = answered(store, Usage(input_tokens=90))
        store.delete_message(CHAT, deleted)
        assert store.get_usage(CHAT) == ChatUsage(answers=1, input_tokens=10, unpriced=1)
