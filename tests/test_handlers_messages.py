"""Messages over HTTP: pages, notes, edits, other answers, stops, tombstones."""

from __future__ import annotations

import asyncio
from typing import Any

from serving import Served


def said(message: dict[str, Any]) -> str:
    return "".join(part.get("text", "") for part in message["parts"])


async def notes(served: Served, count: int) -> list[dict[str, Any]]:
    """A chat with so many messages."""
    await served.chat()
    return [
        (await served.ask("POST", "chat/chat/messages", {"text": str(n)})).json()
        for n in range(count)
    ]


async def test_an_empty_chat_has_an_empty_page(served: Served) -> None:
    await served.chat()
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert (page["messages"], page["total"], page.get("has_more", False)) == ([], 0, False)


async def test_pages_walk_up_to_the_first_message(served: Served) -> None:
    made = await notes(served, 60)
    found: list[dict[str, Any]] = []
    query, sizes = "", []
    while True:
        page = (await served.ask("GET", f"chat/chat/messages{query}")).json()
        assert page["total"] == 60
        found = page["messages"] + found
        sizes.append(len(page["messages"]))
        if not page.get("has_more"):
            break
        query = f"?before={page['before']}"
    assert found == made
    assert sizes == [25, 25, 10]
    whole = (await served.ask("GET", "chat/chat/messages?limit=200")).json()
    assert whole["messages"] == made


async def test_a_note_is_stored_with_its_role_and_wakes_nobody(served: Served) -> None:
    await served.chat()
    body = {"parts": [{"type": "text", "text": "Be brief."}], "role": "system", "key": "n1"}
    first, second = [await served.ask("POST", "chat/chat/messages", body) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (first.json()["role"], first.json()["status"]) == ("system", "done")
    assert served.scripted.turns == []


async def test_every_kind_of_part_comes_back_as_it_was_sent(served: Served) -> None:
    await served.chat()
    parts = [
        {"type": "text", "text": "a", "ext": {"x": {"sig": "=="}}},
        {"type": "reasoning", "text": "b"},
        {"type": "tool", "call": "1", "name": "ls", "status": "done", "input": "{}",
         "output": [{"type": "text", "text": "c"}, {"type": "diff", "path": "d", "new": "e"}]},
        {"type": "plan", "entries": [{"content": "f", "status": "completed"}]},
        {"type": "output", "data": {"image/png": "AA=="}},
        {"type": "file", "name": "g", "mime": "text/plain", "url": "files/h", "size": 1},
        {"type": "cell", "path": "a.ipynb", "cell_id": "i", "cell_type": "code", "source": "1",
         "mark": "6b86b273ff34fce1"},
        {"type": "variable", "name": "df", "kernel": "k", "python_type": "DataFrame",
         "shape": [1, 2]},
        {"type": "custom", "kind": "j", "data": [None, {"k": 1.5}]},
    ]  # fmt: skip
    made = (await served.ask("POST", "chat/chat/messages", {"parts": parts})).json()
    assert made["parts"] == parts
    read = await served.ask("GET", f"chat/chat/messages/{made['id']}")
    assert read.json() == made


async def test_an_edit_makes_a_branch_and_asks_anew(served: Served) -> None:
    await served.chat()
    posted = await served.posted("chat", "Wrong")
    await served.ended("chat", posted["reply"])
    edit = {"text": "Right", "key": "e1"}
    path = f"chat/chat/messages/{posted['message']}"
    first = (await served.ask("PATCH", path, edit)).json()
    assert (await served.ask("PATCH", path, edit)).json() == first
    await served.ended("chat", first["reply"])
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert [said(m) for m in page["messages"]] == ["Right", "Right"]
    assert said((await served.ask("GET", path)).json()) == "Wrong"
    await served.ask("PATCH", "sessions/chat", {"head": posted["reply"]})
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert [said(m) for m in page["messages"]] == ["Wrong", "Wrong"]


async def test_an_edit_may_want_no_answer(served: Served) -> None:
    made = await notes(served, 1)
    path = f"chat/chat/messages/{made[0]['id']}"
    edited = (await served.ask("PATCH", path, {"text": "New", "reply": False})).json()
    assert "reply" not in edited
    assert served.scripted.turns == []


async def test_another_answer_stands_beside_the_first(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue("one")
    served.scripted.enqueue("two")
    posted = await served.posted("chat", "Hi")
    await served.ended("chat", posted["reply"])
    path = f"chat/chat/messages/{posted['reply']}/regenerate"
    again = await served.ask("POST", path, {"key": "r"}, headers={"Accept": "application/json"})
    reply = await served.ended("chat", again.json()["reply"])
    assert reply.parent == posted["message"]
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert [said(m) for m in page["messages"]] == ["Hi", "two"]
    question = f"chat/chat/messages/{posted['message']}/regenerate"
    async with served.stream(question, {}) as stream:
        assert (await stream.rest())[-1].event == "done"


async def test_stopping_is_safe_to_repeat(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("Some", gate)
    posted = await served.posted("chat", "Hi")
    await served.scripted.waiting.wait()
    path = f"chat/chat/messages/{posted['reply']}/stop"
    first, second = [(await served.ask("POST", path)).json() for _ in range(2)]
    assert first == second
    assert (first["status"], said(first)) == ("cancelled", "Some")


async def test_a_reply_can_be_stopped_before_its_first_word(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue(asyncio.Event())
    posted = await served.posted("chat", "Hi")
    stopped = await served.ask("POST", f"chat/chat/messages/{posted['reply']}/stop")
    assert (stopped.json()["status"], stopped.json()["parts"]) == ("cancelled", [])


async def test_a_deleted_message_leaves_its_place(served: Served) -> None:
    made = await notes(served, 3)
    path = f"chat/chat/messages/{made[1]['id']}"
    gone = (await served.ask("DELETE", path)).json()
    assert (gone["status"], gone["parts"]) == ("deleted", [])
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert [m["status"] for m in page["messages"]] == ["done", "deleted", "done"]
    assert (await served.ask("PATCH", path, {"text": "x"})).status_code == 409


async def test_deleting_a_reply_that_is_being_written_stops_it(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue("Some", asyncio.Event())
    posted = await served.posted("chat", "Hi")
    await served.scripted.waiting.wait()
    gone = await served.ask("DELETE", f"chat/chat/messages/{posted['reply']}")
    assert gone.json()["status"] == "deleted"
    core = await served.app.core()
    assert await core.feed.read(lambda store: store.verify()) == []


async def test_questions_sent_meanwhile_are_answered_in_order(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue(gate, "first")
    posted = [await served.posted("chat", text) for text in ("one", "two", "three")]
    gate.set()
    replies = [await served.ended("chat", ids["reply"]) for ids in posted]
    assert [r.seq for r in replies] == sorted(r.seq for r in replies)
    assert [turn.prompt.id for turn in served.scripted.turns] == [p["message"] for p in posted]
