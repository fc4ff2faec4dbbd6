"""The socket that tabs watch by."""

from __future__ import annotations

import asyncio
import socket as sockets
import struct

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import folded, listeners, said
from serving import PATIENCE, Served, Socket
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketProtocol13

from jupyter_chatcore.errors import BadRequest, CursorAhead, NotFound, StoreBusy
from jupyter_chatcore.handlers.socket import close_code, close_reason, text_frame
from jupyter_chatcore.protocol import Event, MessagePut, Page, SessionPut


async def page(served: Served) -> Page:
    answer = await served.ask("GET", "chat/chat/messages")
    return msgspec.json.decode(answer.content, type=Page)


async def test_page_then_watch_sees_everything_once(served: Served) -> None:
    await served.chat()
    start = (await page(served)).cursor
    tab = await served.socket(f"chat/chat/ws?after={start}")
    posted = await served.posted("chat", "Hi")
    reply = await served.ended("chat", posted["reply"])
    events = await tab.until(reply.seq)
    assert said(folded(events, reply.id)) == "Hi"
    seqs = [event.seq for event in events]
    assert seqs == sorted(set(seqs))
    assert seqs[0] > start


async def test_after_resumes_where_a_tab_left(served: Served) -> None:
    await served.chat()
    first = await served.socket("chat/chat/ws?after=0")
    posted = await served.posted("chat", "one")
    reply = await served.ended("chat", posted["reply"])
    seen = await first.until(reply.seq)
    first.close()
    later = await served.posted("chat", "two")
    last = await served.ended("chat", later["reply"])
    second = await served.socket(f"chat/chat/ws?after={seen[-1].seq}")
    rest = await second.until(last.seq)
    assert {event.seq for event in seen}.isdisjoint(event.seq for event in rest)
    assert folded(seen + rest, last.id) == last


async def test_two_tabs_see_the_same_in_the_same_order(served: Served) -> None:
    await served.chat()
    one, two = [await served.socket("chat/chat/ws?after=0") for _ in range(2)]
    posted = await asyncio.gather(*(served.posted("chat", text) for text in "abc"))
    ends = [await served.ended("chat", ids["reply"]) for ids in posted]
    last = max(end.seq for end in ends)
    left, right = await one.until(last), await two.until(last)
    for end in ends:
        assert folded(left, end.id) == folded(right, end.id) == end
    births = [
        [e.seq for e in seen if isinstance(e.change, MessagePut) and e.seq == e.change.message.id]
        for seen in (left, right)
    ]
    assert births[0] == births[1]


async def test_a_stop_from_elsewhere_is_seen(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws?after=0")
    served.scripted.enqueue("Some", asyncio.Event())
    posted = await served.posted("chat", "Hi")
    await served.scripted.waiting.wait()
    answer = await served.ask("POST", f"chat/chat/messages/{posted['message']}/stop")
    assert answer.json()["id"] == posted["message"]
    reply = await served.message("chat", posted["reply"])
    assert reply.status == "cancelled"
    assert folded(await tab.until(reply.seq), reply.id) == reply


async def test_what_came_before_comes_in_one_batch(served: Served) -> None:
    await served.chat()
    for number in range(20):
        await served.ask("POST", "chat/chat/messages", {"text": str(number)})
    tab = await served.socket("chat/chat/ws?after=0")
    batch = await tab.next()
    assert batch is not None
    assert len(batch) > 20


@pytest.mark.settings(ping_seconds=0.03)
async def test_silence_is_broken_by_empty_batches(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws")
    assert await tab.next() == []
    await served.ask("POST", "chat/chat/messages", {"text": "new"})
    batch: list[Event] | None = []
    while not batch:
        batch = await tab.next()
        assert batch is not None


async def test_without_after_it_starts_now(served: Served) -> None:
    await served.chat()
    await served.ask("POST", "chat/chat/messages", {"text": "old"})
    tab = await served.socket("chat/chat/ws")
    await listeners(served, 1)
    core = await served.app.core()
    await core.feed.read(lambda store: store.clock())
    note = (await served.ask("POST", "chat/chat/messages", {"text": "new"})).json()
    assert note["seq"] in [event.seq for event in await tab.until(note["seq"])]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("chat/chat/ws?after=-1", 4400),
        ("chat/chat/ws?after=x", 4400),
        ("chat/chat/ws?before=1", 4400),
        ("chat/.bad/ws", 4400),
        ("chat/nowhere/ws", 4404),
        ("chat/chat/ws?after=999999", 4409),
    ],
)
async def test_what_cannot_be_watched_is_a_code(served: Served, path: str, code: int) -> None:
    await served.chat()
    tab = await served.socket(path)
    assert await tab.closed() == code
    assert tab.connection.close_reason
    await listeners(served, 0)


async def test_a_deleted_chat_closes_its_sockets(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws")
    await listeners(served, 1)
    await served.ask("DELETE", "sessions/chat")
    batch = await tab.next()
    assert batch is not None
    assert isinstance(batch[-1].change, SessionPut)
    assert batch[-1].change.session.deleted
    assert await tab.closed() == 4410


async def test_a_server_that_stops_says_so(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws")
    await listeners(served, 1)
    await served.app.stop_extension()
    assert await tab.closed() == 1001


async def test_what_a_tab_says_is_ignored(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws")
    await listeners(served, 1)
    before = served.dump()
    await tab.connection.write_message('{"text": "Hi"}')
    await tab.connection.write_message(b"\x00", binary=True)
    assert served.dump() == before
    note = (await served.ask("POST", "chat/chat/messages", {"text": "new"})).json()
    assert await tab.until(note["seq"])


async def test_a_tab_that_says_too_much_is_closed(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws")
    await tab.connection.write_message("x" * 5000)
    assert await tab.closed() == 1009
    await listeners(served, 0)


async def test_a_tab_that_vanishes_is_forgotten(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws")
    await listeners(served, 1)
    protocol = tab.connection.protocol
    assert isinstance(protocol, WebSocketProtocol13)
    linger = struct.pack("ii", 1, 0)
    protocol.stream.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, linger)
    protocol.stream.close()
    await listeners(served, 0)


@pytest.mark.server(websocket_ping_interval=1, websocket_ping_timeout=1)
async def test_a_tab_that_answers_no_ping_is_forgotten(served: Served) -> None:
    await served.chat()
    reader, writer = await handshake(served)
    await listeners(served, 1)
    await listeners(served, 0)
    writer.close()
    assert await reader.read()


async def handshake(served: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket that speaks just enough of the protocol to be let in, and then falls silent."""
    host, port = served.url.split("/")[2].split(":")
    path = "/" + served.url.split("/", 3)[3] + "chat/chat/ws"
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Sec-WebSocket-Version: 13\r\nAuthorization: token {served.token}\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def test_a_stalled_tab_holds_one_batch_and_delays_nobody(served: Served) -> None:
    await served.chat()
    _, writer = await handshake(served)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    quick = await served.socket("chat/chat/ws")
    await listeners(served, 2)
    seen = 0
    for _ in range(40):
        note = await served.ask("POST", "chat/chat/messages", {"text": "x" * 200_000})
        seen = (await quick.until(note.json()["seq"]))[-1].seq
    assert seen
    unsent = [waiting(listener) for listener in served.app.service.listeners]
    assert max(unsent) < 500_000
    writer.close()
    await listeners(served, 1)


def waiting(listener: object) -> int:
    """The bytes that the server holds for a client."""
    connection = getattr(listener, "ws_connection", None)
    assert isinstance(connection, WebSocketProtocol13)
    return len(connection.stream._write_buffer)


async def test_no_compression_is_agreed_on(served: Served) -> None:
    await served.chat()
    tab = await served.socket("chat/chat/ws", **{"Sec-WebSocket-Extensions": "permessage-deflate"})
    headers = tab.connection.headers
    assert headers is not None
    assert "Sec-WebSocket-Extensions" not in headers


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "token wrong"}])
async def test_without_the_token_the_handshake_is_refused(
    served: Served, headers: dict[str, str]
) -> None:
    await served.chat()
    with pytest.raises(HTTPClientError) as caught:
        await served.socket("chat/chat/ws", **headers)
    assert caught.value.code == 403
    assert b'"code":"forbidden"' in caught.value.response.body  # type: ignore[union-attr]


async def test_a_plain_get_is_told_to_upgrade(served: Served) -> None:
    answer = await served.ask("GET", "chat/chat/ws")
    assert answer.status_code == 400


@given(st.binary(max_size=300) | st.sampled_from([b"x" * 125, b"x" * 126, b"x" * 70_000]))
def test_frames_are_as_the_protocol_has_them(payload: bytes) -> None:
    frame = text_frame(payload)
    assert frame[0] == 0x81
    size, start = frame[1], 2
    if size == 126:
        (size,), start = struct.unpack("!H", frame[2:4]), 4
    elif size == 127:
        (size,), start = struct.unpack("!Q", frame[2:10]), 10
    assert (size, frame[start:]) == (len(payload), payload)
    assert text_frame(payload) is frame


def test_codes_and_reasons() -> None:
    errors = [BadRequest("a"), NotFound("b"), CursorAhead("c"), StoreBusy("d"), KeyError("e")]
    assert [close_code(e) for e in errors] == [4400, 4404, 4409, 1011, 1011]
    assert close_reason(KeyError("secret")) == "The server failed."
    assert len(close_reason(NotFound("\u00e4" * 100)).encode()) <= 123


async def test_the_tabs_of_a_hundred_readers(served: Served) -> None:
    await served.chat()
    tabs: list[Socket] = [await served.socket("chat/chat/ws") for _ in range(30)]
    await listeners(served, 30)
    note = (await served.ask("POST", "chat/chat/messages", {"text": "new"})).json()
    async with asyncio.timeout(PATIENCE):
        batches = await asyncio.gather(*(tab.until(note["seq"]) for tab in tabs))
    assert all(batch[-1].seq >= note["seq"] for batch in batches)
