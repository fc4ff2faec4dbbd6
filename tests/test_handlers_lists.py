"""Assistants and search over HTTP."""

from __future__ import annotations

from serving import Served


async def test_assistants_are_listed_with_what_they_are(served: Served) -> None:
    found = (await served.ask("GET", "assistants")).json()["assistants"]
    ours = {one["name"]: one for one in found}["scripted"]
    assert ours == {
        "name": "scripted",
        "title": "Scripted",
        "description": "Says what it is told to",
    }


async def test_search_finds_words_in_all_chats_or_one(served: Served) -> None:
    for chat in ("one", "two"):
        await served.ask("PUT", f"sessions/{chat}", {"title": chat.title()})
        await served.ask("POST", f"chat/{chat}/messages", {"text": f"A needle in {chat}"})
    hits = (await served.ask("GET", "search?q=needle")).json()["hits"]
    assert {hit["session"] for hit in hits} == {"one", "two"}
    assert {"text": "needle", "match": True} in hits[0]["snippet"]
    hits = (await served.ask("GET", "search?q=needle&session=two&limit=1")).json()["hits"]
    assert [hit["title"] for hit in hits] == ["Two"]
    assert (await served.ask("GET", "search?q=haystack")).json() == {"hits": []}


async def test_what_was_deleted_is_not_found(served: Served) -> None:
    await served.chat()
    made = (await served.ask("POST", "chat/chat/messages", {"text": "needle"})).json()
    await served.ask("DELETE", f"chat/chat/messages/{made['id']}")
    assert (await served.ask("GET", "search?q=needle")).json() == {"hits": []}
