"""Chats over HTTP."""

from __future__ import annotations

from serving import Served


async def test_a_chat_is_made_read_renamed_and_deleted(served: Served) -> None:
    made = await served.ask("POST", "sessions", {"title": "Plans"})
    assert made.status_code == 201
    path = f"sessions/{made.json()['id']}"
    assert (await served.ask("GET", path)).json() == made.json()
    renamed = await served.ask("PATCH", path, {"title": "Old plans"})
    assert renamed.json()["title"] == "Old plans"
    assert renamed.json()["seq"] > made.json()["seq"]
    gone = await served.ask("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await served.ask("GET", path)).status_code == 404
