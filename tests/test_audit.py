"""The audit: a database that broke a promise is found out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from core_fixtures import CHAT, opened, text

from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.store import Store


class TestVerify:
    DAMAGE = (
        "UPDATE clock SET seq = 1",
        "UPDATE messages SET depth = 7 WHERE parent IS NULL",
        "UPDATE messages SET parent = 99",
        "UPDATE messages SET status = 'streaming'",
        "UPDATE messages SET settings = '{}'",
        'UPDATE bodies SET parts = \'[{"type":"text","text":"other"}]\'',
        "UPDATE bodies SET parts = '[{}]'",
        "UPDATE sessions SET count = 9",
        "UPDATE sessions SET head = NULL",
        "DELETE FROM sessions",
        "DELETE FROM search",
        "DELETE FROM bodies",
        "INSERT INTO bodies VALUES (99, '[]')",
        "INSERT INTO deltas VALUES (3, 'chat', 2, '{}')",
        "UPDATE messages SET seq = (SELECT seq FROM sessions) WHERE parent IS NULL",
    )

    @pytest.mark.parametrize("damage", DAMAGE)
    def test_damage_is_found(self, tmp_path: Path, damage: str) -> None:
        path = tmp_path / "chats.sqlite"
        with opened(path) as store, store.transaction():
            store.persist_message(CHAT, text("one"))
            store.persist_message(CHAT, text("two"))
        with sqlite3.connect(path) as raw:
            raw.execute(damage)
        raw.close()
        damaged = Store(DatabaseConfig(path=path), read_only=True)
        assert damaged.verify()
        damaged.close()
