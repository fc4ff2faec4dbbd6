"""A page at a kernel's desk: the same verbs as over HTTP, and no watch that nobody wants."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from core_fixtures import CHAT
from desks import Page, desk
from scripted import Decide, Gate, asking, scripted

from jupyter_chatcore.protocol import MessagePut, Session, TextAppend

pytestmark = pytest.mark.asyncio


async def posted(page: Page, text: str = "hello", **more: object) -> int:
    """Ask in `CHAT`; the reply's id."""
    reply: int = (await page.ask("ask", {"text": text, **more}, session=CHAT))["reply"]
    return reply


async def ended(page: Page, watch: str, reply: int, status: str = "done") -> None:
    """Wait until a watch has told of a reply's end."""
    await page.until(
        lambda: any(
            isinstance(event.change, MessagePut)
            and (event.change.message.id, event.change.message.status) == (reply, status)
            for event in page.events(watch)
        )
    )


async def test_a_page_says_where_chats_are_kept(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted()) as (page, _):
        assert await page.ask("place") == {"path": "~/chats.sqlite"}


async def test_a_chat_is_made_once_and_found_by_its_id_or_key(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted()) as (page, _):
        first = await page.ask("open", {"title": "Ideas"}, session="ideas")
        assert (first["id"], first["title"]) == ("ideas", "Ideas")
        assert await page.ask("open", {"title": "Other"}, session="ideas") == first
        own = await page.ask("open", {"key": "notebook:a.ipynb", "notebook": "a.ipynb"})
        assert await page.ask("open", {"key": "notebook:a.ipynb"}) == own


async def test_a_question_is_answered_into_the_watch(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted("Hello, ", "world")) as (page, _):
        start = await page.ask("page", {"limit": 5}, session=CHAT)
        watch = page.begin("watch", {"after": start["cursor"]}, session=CHAT)
        await page.until(lambda: page.states(watch) == ["opened"])
        reply = await posted(page, key="k1")
        assert await posted(page, key="k1") == reply, "a repeated question is the same one"
        await ended(page, watch, reply)
        texts = [e.change.text for e in page.events(watch) if isinstance(e.change, TextAppend)]
        shown = await page.ask("page", {"limit": 5}, session=CHAT)
        assert [m["role"] for m in shown["messages"]] == ["user", "assistant"]
        assert shown["messages"][0]["author"]["username"] == "ada"
        assert shown["messages"][1]["parts"] == [{"type": "text", "text": "Hello, world"}]
        assert "Hello, world".endswith("".join(texts))


async def test_an_answer_is_stopped_regenerated_edited_and_removed(tmp_path: Path) -> None:
    gate = Gate()
    async with desk(tmp_path, scripted("so far", gate)) as (page, _):
        reply = await posted(page)
        await gate.reached.wait()
        stopped = await page.ask("stop", session=CHAT, message=reply)
        assert stopped["status"] == "cancelled"
        again = await page.ask("regenerate", {"key": "k"}, session=CHAT, message=reply)
        assert again["reply"] != reply
        edited = await page.ask(
            "edit", {"text": "bye", "reply": False}, session=CHAT, message=again["message"]
        )
        shown = await page.ask("page", {}, session=CHAT)
        assert [m["id"] for m in shown["messages"]] == [edited["message"]]
        removed = await page.ask("remove", session=CHAT, message=edited["message"])
        assert (removed["status"], removed["parts"]) == ("deleted", [])


async def test_a_request_for_permission_is_answered(tmp_path: Path) -> None:
    assistant = scripted(asking(), Decide("c1"), "done")
    async with desk(tmp_path, assistant) as (page, _):
        watch = page.begin("watch", {"after": 0}, session=CHAT)
        reply = await posted(page)
        await assistant_asks(page, watch)
        await page.ask("approve", {"option": "once"}, session=CHAT, message=reply, part=0)
        await ended(page, watch, reply)
        assert assistant.decisions == ["once"]


async def test_taking_back_needs_a_server_and_says_so(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted("done")) as (page, _):
        refused = await page.ask("undo", session=CHAT, message=await posted(page))
        assert (refused["code"], "needs a Jupyter server" in refused["message"]) == (
            "workspace",
            True,
        )


async def assistant_asks(page: Page, watch: str) -> None:
    """Wait until a watch has told of a request for permission."""
    await page.until(lambda: any("awaiting" in answer["body"] for answer in page.of(watch)))


async def test_a_chat_is_changed_and_who_can_answer_is_listed(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted()) as (page, chat):
        await page.ask("patch", {"title": "New"}, session=CHAT)
        session = msgspec.convert(await page.ask("session", session=CHAT), Session)
        assert session.title == "New"
        listed = await page.ask("assistants")
        assert "scripted" in [info["name"] for info in listed["assistants"]]
        reply = await posted(page)
        assert await page.ask("seen", {"message": reply}, session=CHAT) is None
        listing = await chat.feed.read(lambda store: store.sessions(user="ada"))
        assert not listing.sessions[0].unread


async def test_a_chat_is_forked_its_usage_told_and_a_file_kept(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted()) as (page, chat):
        watch = page.begin("watch", {"after": 0}, session=CHAT)
        reply = await posted(page)
        await ended(page, watch, reply)
        fork = await page.ask("fork", {"message": reply}, session=CHAT)
        assert fork["count"] == 2 and fork["id"] != CHAT
        assert (await page.ask("usage", session=CHAT))["answers"] == 1
        assert await page.ask("typing", session=CHAT) is None
        assert (await page.ask("upload", {"name": "a.txt"}, session=CHAT))["code"] == "invalid"
        page.beside = [b"1,2\n"]
        part = await page.ask("upload", {"name": "a.csv", "mime": "text/csv"}, session=CHAT)
        assert (part["name"], part["mime"], part["size"]) == ("a.csv", "text/csv", 4)
        assert chat.files.read(part["url"].split("/")[-2]) == b"1,2\n"


@pytest.mark.parametrize(
    ("verb", "body", "session", "code", "status"),
    [
        ("session", {}, "nobody", "not_found", 404),
        ("fly", {}, CHAT, "not_found", 404),
        ("ask", {"text": "a", "parts": []}, CHAT, "invalid", 422),
        ("ask", {"txt": "a"}, CHAT, "invalid", 422),
        ("watch", {"after": 10_000}, CHAT, "cursor_ahead", 409),
    ],
)
async def test_what_cannot_be_done_is_said(
    tmp_path: Path, verb: str, body: object, session: str, code: str, status: int
) -> None:
    async with desk(tmp_path, scripted()) as (page, _):
        request = page.begin(verb, body, session=session)
        await page.until(lambda: bool(page.of(request)))
        [answer] = page.of(request)
        assert (answer["state"], answer["status"]) == ("failed", status)
        assert msgspec.json.decode(answer["body"])["code"] == code


async def test_what_is_no_request_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk(tmp_path, scripted()) as (page, _):
        assert (await page.ask("stop", session=CHAT, message=2**63))["code"] == "invalid"
        page.take({"kind": "request", "verb": 7}, [], page.send)
        assert caplog.text.count("cannot be read") == 2
        assert await page.ask("place")


async def test_a_cancelled_watch_ends_and_a_deleted_chat_closes_it(tmp_path: Path) -> None:
    async with desk(tmp_path, scripted()) as (page, chat):
        first, second = (page.begin("watch", {"after": 0}, session=CHAT) for _ in range(2))
        await page.until(lambda: bool(page.events(first) and page.events(second)))
        page.begin("cancel", request=first)
        await page.ask("patch", {"title": "New"}, session=CHAT)
        await page.until(lambda: len(page.events(second)) == 2)
        assert len(page.events(first)) == 1
        await chat.feed.write(lambda store: store.delete_session(CHAT))
        await page.until(lambda: page.states(second)[-1] == "closed")
        assert "closed" not in page.states(first)


async def test_a_watch_that_no_page_wants_is_given_up(tmp_path: Path) -> None:
    now = 0.0
    async with desk(tmp_path, scripted(), clock=lambda: now) as (page, _):
        gone, there = (page.begin("watch", {"after": 0}, session=CHAT) for _ in range(2))
        await page.until(lambda: bool(page.events(gone) and page.events(there)))
        now = 170.0
        page.begin("here", request=there)
        now = 190.0
        await page.ask("patch", {"title": "New"}, session=CHAT)
        await page.until(lambda: len(page.events(there)) == 2)
        assert len(page.events(gone)) == 1
        page.begin("here", request=gone)
        await page.until(lambda: page.states(gone)[-1] == "failed")
        assert msgspec.json.decode(page.of(gone)[-1]["body"])["code"] == "lost"
