"""Everything that happens in a chat, as a stream that does not end."""

from __future__ import annotations

import asyncio

import pytest
from reading import events_of, folded, said
from serving import EventStream, Served

from jupyter_chatcore.protocol import Message


async def test_events_are_everything_and_go_on(served: Served) -> None:
    await served.chat()
    async with served.stream("chat/chat/events?after=0") as stream:
        first = await stream.next()
        assert first is not None
        posted = await served.posted("chat", "Hi")
        await served.ended("chat", posted["reply"])
        found = [first, *await stream.until('"status":"done","created"')]
        found += await stream.until('"role":"assistant","status":"done"')
    assert {e.event for e in found} == {"message"}
    assert said(folded(events_of(found), posted["reply"])) == "Hi"


async def test_events_start_now_unless_said_otherwise(served: Served) -> None:
    await served.chat()
    await served.ask("POST", "chat/chat/messages", {"text": "old"})
    async with served.stream("chat/chat/events") as stream:
        await served.ask("POST", "chat/chat/messages", {"text": "new"})
        event = await stream.next()
    assert event is not None
    assert '"new"' in event.data


async def test_the_last_event_id_wins_over_after(served: Served) -> None:
    await served.chat()
    old = (await served.ask("POST", "chat/chat/messages", {"text": "old"})).json()
    await served.ask("POST", "chat/chat/messages", {"text": "new"})
    async with served.stream("chat/chat/events?after=0", Last_Event_ID=str(old["seq"])) as stream:
        found = await stream.until('"new"')
    assert not any('"old"' in event.data for event in found)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("chat/nowhere/events", {}, 404),
        ("chat/chat/events?after=999999", {}, 409),
        ("chat/chat/events", {"Last-Event-ID": "999999"}, 409),
        ("chat/chat/events", {"Last-Event-ID": "x"}, 400),
        ("chat/chat/events?after=-1", {}, 400),
    ],
)
async def test_what_cannot_be_watched_is_a_status(
    served: Served, path: str, headers: dict[str, str], status: int
) -> None:
    await served.chat()
    answer = await served.ask("GET", path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"


async def test_many_readers_of_one_answer_see_the_same(served: Served) -> None:
    await served.chat()
    gate = asyncio.Event()
    served.scripted.enqueue("a", gate, *"bcdefgh")
    posted = await served.posted("chat", "Hi", key="k")
    body = {"text": "Hi", "key": "k"}

    async def read(stream: EventStream) -> Message:
        return folded(events_of(await stream.rest()), posted["reply"])

    async with (
        served.stream("chat/chat", body) as one,
        served.stream("chat/chat", body) as two,
        served.stream(f"chat/chat/events?after={posted['cursor']}") as three,
    ):
        gate.set()
        messages = await asyncio.gather(read(one), read(two))
        third = await three.until('"status":"done","created"')
        while not any('"role":"assistant","status":"done"' in e.data for e in third):
            event = await three.next()
            assert event is not None
            third.append(event)
    assert messages[0] == messages[1] == folded(events_of(third), posted["reply"])
    assert said(messages[0]) == "abcdefgh"
