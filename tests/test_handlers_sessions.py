"""Chats over HTTP."""

from __future__ import annotations

import asyncio

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


async def test_nothing_is_needed_to_make_one(served: Served) -> None:
    for method, path in (("POST", "sessions"), ("PUT", "sessions/mine")):
        answer = await served.ask(method, path)
        assert answer.status_code == 201
        assert answer.headers["Cache-Control"] == "no-store"


async def test_a_key_finds_the_chat_again(served: Served) -> None:
    body = {"key": "notebook:a.ipynb", "notebook": "a.ipynb", "title": "a"}
    first, second = [await served.ask("POST", "sessions", body) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    other = await served.ask("PUT", "sessions/other", body)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")


async def test_put_makes_it_once_however_many_ask(served: Served) -> None:
    answers = await asyncio.gather(
        *(served.ask("PUT", "sessions/mine", {"title": f"t{n}"}) for n in range(8))
    )
    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.json()["title"] for a in answers}) == 1


async def test_a_deleted_chat_can_be_made_anew(served: Served) -> None:
    first = (await served.ask("PUT", "sessions/mine")).json()
    await served.ask("POST", "chat/mine/messages", {"text": "old"})
    await served.ask("DELETE", "sessions/mine")
    second = await served.ask("PUT", "sessions/mine")
    assert second.status_code == 201
    assert second.json()["birth"] > first["birth"]
    assert (await served.ask("GET", "chat/mine/messages")).json()["messages"] == []


async def test_they_are_listed_newest_first_in_pages(served: Served) -> None:
    ids = [f"chat{n}" for n in range(7)]
    for name in ids:
        await served.ask("PUT", f"sessions/{name}", {"notebook": "b.ipynb"})
    await served.ask("POST", "chat/chat0/messages", {"text": "again in use"})
    found, query = [], "?limit=3"
    while True:
        page = (await served.ask("GET", f"sessions{query}")).json()
        found += [session["id"] for session in page["sessions"]]
        if not page.get("before"):
            break
        query = f"?limit=3&before={page['before']}"
    assert found == ["chat0", *reversed(ids[1:])]
    await served.ask("PUT", "sessions/elsewhere", {"notebook": "c.ipynb"})
    ours = (await served.ask("GET", "sessions?notebook=c.ipynb")).json()["sessions"]
    assert [session["id"] for session in ours] == ["elsewhere"]


async def test_deleting_stops_what_is_being_written(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue("Some", asyncio.Event())
    await served.posted("chat", "Hi")
    await served.scripted.waiting.wait()
    assert (await served.ask("DELETE", "sessions/chat")).status_code == 204
    core = await served.app.core()
    assert await core.feed.read(lambda store: store.verify()) == []
    assert (await served.ask("GET", "chat/chat/messages")).status_code == 404


async def test_settings_and_head_can_be_changed(served: Served) -> None:
    await served.chat()
    first = (await served.ask("POST", "chat/chat/messages", {"text": "one"})).json()
    await served.ask("POST", "chat/chat/messages", {"text": "two"})
    patch = {"settings": {"a": {"b": None}}, "head": first["id"], "assistant": None}
    changed = (await served.ask("PATCH", "sessions/chat", patch)).json()
    assert (changed["settings"], changed["head"]) == ({"a": {"b": None}}, first["id"])
    assert "assistant" not in changed
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert [message["id"] for message in page["messages"]] == [first["id"]]
