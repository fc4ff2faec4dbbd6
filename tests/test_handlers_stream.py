"""Answers as they are written: ids, resuming, leaving, ends."""

from __future__ import annotations

import asyncio

import httpx
import msgspec
import pytest
from reading import events_of, folded, listeners, said
from serving import PATIENCE, Served

from jupyter_chatcore.api import ErrorBody
from jupyter_chatcore.assistants.base import AssistantError
from jupyter_chatcore.protocol import Message, MessagePut, Page


async def test_an_answer_streams_from_its_question_to_done(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue("Hello ", "\u2028", "there \U0001f600")
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        headers = stream.response.headers
        found = await stream.rest()
    assert headers["Content-Type"] == "text/event-stream"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["X-Accel-Buffering"] == "no"
    assert {e.event for e in found[:-1]} == {"message"}
    events = events_of(found)
    assert [e.id for e in found[:-1]] == [str(e.seq) for e in events]
    done = msgspec.json.decode(found[-1].data, type=Message)
    assert (found[-1].event, found[-1].id) == ("done", str(done.seq))
    assert folded(events, done.id) == done
    assert said(done) == "Hello \u2028there \U0001f600"
    assert await served.message("chat", done.id) == done
    question = events[0].change
    assert isinstance(question, MessagePut)
    assert said(question.message) == "Hi"
    assert question.message.author is not None
    assert question.message.author.username


async def test_the_answer_is_seen_while_it_is_written(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("first", gate, " second")
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        found = await stream.until("first")
        assert '"status":"done","created"' not in found[-1].data
        gate.set()
        rest = await stream.rest()
    assert rest[-1].event == "done"
    assert "first second" in rest[-1].data


async def test_json_alone_is_answered_with_ids_at_once(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue(gate, "Late")
    posted = await served.posted("chat", "Hi", key="k1")
    assert await served.posted("chat", "Hi", key="k1") == posted
    assert (await served.message("chat", posted["reply"])).status == "streaming"
    gate.set()
    reply = await served.ended("chat", posted["reply"])
    assert (reply.status, said(reply), reply.parent) == ("done", "Late", posted["message"])


async def test_a_client_that_accepts_both_gets_the_stream(served: Served) -> None:
    await served.chat()
    accept = "text/event-stream, application/json"
    async with served.stream("chat/chat", {"text": "Hi"}, Accept=accept) as stream:
        assert (await stream.rest())[-1].event == "done"


async def test_a_broken_stream_is_resumed_by_the_same_post(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("one ", gate, "two")
    body = {"text": "Hi", "key": "k1"}
    async with served.stream("chat/chat", body) as stream:
        before = await stream.until("one ")
    gate.set()
    async with served.stream("chat/chat", body, Last_Event_ID=before[-1].id) as stream:
        after = await stream.rest()
    done = msgspec.json.decode(after[-1].data, type=Message)
    assert said(done) == "one two"
    assert folded(events_of(before + after), done.id) == done
    assert int(after[0].id) > int(before[-1].id)
    assert len(served.scripted.turns) == 1
    page = msgspec.json.decode((await served.ask("GET", "chat/chat/messages")).content, type=Page)
    assert len(page.messages) == 2


async def test_a_reader_that_joins_after_the_end_does_not_wait(served: Served) -> None:
    await served.chat()
    posted = await served.posted("chat", "Hi", key="k1")
    reply = await served.ended("chat", posted["reply"])
    body = {"text": "Hi", "key": "k1"}
    async with served.stream("chat/chat", body) as stream:
        whole = await stream.rest()
    assert whole[-1].event == "done"
    async with served.stream("chat/chat", body, Last_Event_ID=str(reply.seq)) as stream:
        assert [(e.event, e.id) for e in await stream.rest()] == [("done", str(reply.seq))]
    later = await served.posted("chat", "More")
    last = await served.ended("chat", later["reply"])
    async with served.stream("chat/chat", body, Last_Event_ID=str(last.seq)) as stream:
        assert [e.event for e in await stream.rest()] == ["done"]


async def test_whoever_leaves_stops_nothing(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("one ", gate, "two")
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.until("one ")
        reply = served.scripted.turns[0].reply
        assert len(served.app.service.listeners) == 1
    await listeners(served, 0)
    gate.set()
    message = await served.ended("chat", reply)
    assert (message.status, said(message)) == ("done", "one two")
    assert served.scripted.stopped == 0


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (AssistantError("bad_key", "Set SOME_KEY."), "bad_key", "Set SOME_KEY."),
        (RuntimeError("sk-secret"), "assistant_failed", "RuntimeError"),
    ],
)
async def test_a_failure_is_an_event_and_a_failed_message(
    served: Served, error: Exception, code: str, text: str
) -> None:
    await served.chat()
    served.scripted.enqueue("Well, ", error)
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        found = await stream.rest()
    body = msgspec.json.decode(found[-1].data, type=ErrorBody)
    assert (found[-1].event, body.code) == ("error", code)
    assert text in body.message
    assert body.id is not None
    message = await served.message("chat", body.id)
    assert (message.status, said(message), found[-1].id) == ("failed", "Well, ", str(message.seq))
    assert b"sk-secret" not in stream.text
    assert not any("sk-secret" in line for line in served.dump())


async def test_stop_ends_the_stream_with_what_there_is(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue("Some", asyncio.Event())
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.until("Some")
        reply = served.scripted.turns[0].reply
        stopped = await served.ask("POST", f"chat/chat/messages/{reply}/stop")
        found = await stream.rest()
    assert stopped.json()["status"] == "cancelled"
    done = msgspec.json.decode(found[-1].data, type=Message)
    assert (found[-1].event, done.status, said(done)) == ("done", "cancelled", "Some")


async def test_a_second_answer_streams_beside_the_first(served: Served) -> None:
    await served.chat()
    posted = await served.posted("chat", "Hi")
    await served.ended("chat", posted["reply"])
    served.scripted.enqueue("Another")
    path = f"chat/chat/messages/{posted['reply']}/regenerate"
    async with served.stream(path, {}) as stream:
        done = msgspec.json.decode((await stream.rest())[-1].data, type=Message)
    assert (said(done), done.parent) == ("Another", posted["message"])
    assert done.id != posted["reply"]


@pytest.mark.settings(ping_seconds=0.03)
async def test_silence_is_broken_by_pings(served: Served) -> None:
    await served.chat()
    async with served.stream("chat/chat/events") as stream:
        await stream.comment()
        await served.ask("POST", "chat/chat/messages", {"text": "new"})
        await stream.until('"new"')
    served.scripted.enqueue(asyncio.Event())
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.comment()


async def test_a_deleted_chat_ends_its_streams(served: Served) -> None:
    await served.chat()
    async with served.stream("chat/chat/events") as events:
        await served.ask("DELETE", "sessions/chat")
        assert '"deleted":true' in (await events.rest())[-1].data
    await served.chat()
    served.scripted.enqueue("Some", asyncio.Event())
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.until("Some")
        await served.ask("DELETE", "sessions/chat")
        assert (await stream.rest())[-1].event in ("done", "error")


async def test_a_server_that_stops_ends_streams_with_an_error(served: Served) -> None:
    await served.chat()
    served.scripted.enqueue("Some", asyncio.Event())
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        await stream.until("Some")
        await served.app.stop_extension()
        last = (await stream.rest())[-1]
    assert (
        last.event,
        ErrorBody("server_stopping") if False else "server_stopping" in last.data,
    ) == (
        "error",
        True,
    )


async def test_a_post_with_a_bad_last_event_id_stores_nothing(served: Served) -> None:
    await served.chat()
    before = served.dump()
    for last, status in (("999999", 409), ("-1", 400), ("1.5", 400)):
        answer = await served.ask(
            "POST", "chat/chat", {"text": "Hi"}, headers={"Last-Event-ID": last}
        )
        assert answer.status_code == status
    assert served.dump() == before


async def test_an_answer_without_end_does_not_starve_other_requests(served: Served) -> None:
    await served.ask("PUT", "sessions/chat", {"assistant": "endless"})
    async with served.stream("chat/chat", {"text": "Count"}) as stream:
        reading = asyncio.ensure_future(stream.rest())
        for _ in range(5):
            page = (await served.ask("GET", "chat/chat/messages")).json()
            assert page["messages"][-1]["status"] == "streaming"
        stop = f"chat/chat/messages/{page['messages'][-1]['id']}/stop"
        assert (await served.ask("POST", stop)).json()["status"] == "cancelled"
        assert (await reading)[-1].event == "done"


async def test_the_connection_is_kept_for_the_next_request(served: Served) -> None:
    await served.chat()
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
        for _ in range(2):
            answer = await client.post(
                f"{served.url}chat/chat", json={"text": "Hi"}, headers=served.auth
            )
            assert answer.text.count("event: done") == 1
