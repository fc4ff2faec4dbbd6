"""What a server tells of itself, well or not."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import msgspec
import pytest
from serving import Served

from jupyter_chatcore import __version__
from jupyter_chatcore.health import Health


async def health(served: Served, query: str = "") -> Health:
    answer = await served.ask("GET", f"health{query}")
    assert answer.is_success, answer.text
    return msgspec.json.decode(answer.content, type=Health)


async def test_a_server_that_is_well(served: Served) -> None:
    posted = await served.posted(await served.chat(), "hello")
    await served.ended("chat", posted["reply"])
    found = await health(served)
    assert (found.version, found.state, found.problems) == (__version__, "ready", None)
    assert (found.chats, found.messages, found.answering) == (1, 2, 0)
    assert found.database == str(served.database)
    assert found.bytes > 0
    assert (await health(served, "?verify=1")).problems == []


@pytest.mark.settings(replay="only", journal_mode="delete")
async def test_what_is_broken_is_found_when_asked_for(served: Served) -> None:
    await served.chat()
    with closing(sqlite3.connect(served.database)) as database, database:
        database.execute("UPDATE sessions SET count = 7")
    found = await health(served, "?verify=1")
    assert (found.replay, found.journal_mode) == ("only", "delete")
    assert found.problems == ["chat chat does not show 7 messages up from its head"]


async def test_a_database_that_cannot_be_opened(served: Served) -> None:
    served.database.parent.mkdir(parents=True, exist_ok=True)
    served.database.write_bytes(b"no database at all, and longer than a header" * 100)
    found = await health(served)
    assert found.state == "failed"
    assert str(served.database) in found.reason
    assert (found.chats, found.problems) == (0, None)
