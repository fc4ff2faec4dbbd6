"""What cannot be meant: the right status, a text that says what to do, nothing changed."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Served

from jupyter_chatcore.api import Ask, ErrorBody, NewSession, Note
from jupyter_chatcore.errors import BadRequest, ChatcoreError, Invalid
from jupyter_chatcore.handlers.body import MAX_DEPTH, decode
from jupyter_chatcore.handlers.table import ROUTES

TOO_BIG = "9223372036854775808"


class Row(NamedTuple):
    """A request, the status that it is answered with, and a part of the text."""

    method: str
    path: str
    body: Any
    status: int
    text: str


def writing() -> list[tuple[str, str]]:
    """Method and path of every operation that takes a body."""
    return [
        (method, route.path.replace("{session}", "chat"))
        for route in ROUTES
        for method, operation in route.operations.items()
        if operation.body is not None
    ]


BROKEN: list[tuple[bytes, int, str]] = [
    (b"{", 400, "not valid JSON"),
    (b"nul", 400, "not valid JSON"),
    ("{}".encode("utf-16"), 400, "not valid JSON"),
    (b'{"\xff": 1}', 400, "not valid UTF-8"),
    (b'{"\xed\xa0\xbd": 1}', 400, "not valid UTF-8"),
    (b'{"\\ud83d": 1}', 400, "lone surrogate"),
    (b"[]", 422, "Expected `object`"),
    (b"null", 422, "Expected `object`"),
    (b'"text"', 422, "Expected `object`"),
    (b'{"nonsense": 1}', 422, "nonsense"),
]

CONTENTS: list[tuple[bytes, int, str]] = [
    (b'{"text": "\xff"}', 400, "not valid UTF-8"),
    (b'{"text": "\xed\xa0\xbd"}', 400, "not valid UTF-8"),
    (b'{"text": "\\ud83d"}', 400, "lone surrogate"),
    (b'{"text": "\\ude00\\ud83d and more"}', 400, "lone surrogate"),
    (b'{"settings": {"\\ud83d": 1}}', 400, "lone surrogate"),
    (b'{"settings": {"a": NaN}}', 400, "not valid JSON"),
    (b'{"settings": {"a": 1e999}}', 422, "out of range"),
    (b'{"text": "a", "settings": {"a": ' + b"[" * 101 + b"]" * 101 + b"}}", 400, "nested"),
    (b'{"settings": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", 400, "nested"),
    (b'{"text": "a", "key": 5}', 422, "$.key"),
    (b'{"text": "a", "key": ""}', 422, "$.key"),
    (b'{"text": "a", "settings": []}', 422, "$.settings"),
]

SHAPES = [
    Row("POST", "chat/chat", {}, 422, "`text` or `parts`"),
    Row("POST", "chat/chat", b"", 422, "`text` or `parts`"),
    Row("POST", "chat/chat", {"text": "a", "parts": []}, 422, "`text` or `parts`"),
    Row("POST", "chat/chat", {"text": None}, 422, "`text` or `parts`"),
    Row("POST", "chat/chat", {"text": 5}, 422, "$.text"),
    Row("POST", "chat/chat", {"parts": [{"type": "hologram"}]}, 422, "hologram"),
    Row("POST", "chat/chat", {"parts": [{"text": "a"}]}, 422, "`type`"),
    Row("POST", "chat/chat", {"parts": [{"type": "text", "text": "a", "b": 1}]}, 422, "`b`"),
    Row("POST", "chat/chat", {"parts": [{"type": "text"}]}, 422, "`text`"),
    Row("POST", "chat/chat", {"parts": "all"}, 422, "$.parts"),
    Row("POST", "chat/chat", {"text": "a", "parent": -1}, 422, "$.parent"),
    Row("POST", "chat/chat", {"text": "a", "parent": 2**63}, 422, "$.parent"),
    Row("POST", "chat/chat", {"text": "a", "parent": 10**30}, 422, "$.parent"),
    Row("POST", "chat/chat", {"text": "a", "parent": 1.5}, 422, "$.parent"),
    Row("POST", "chat/chat", {"text": "a", "parent": 4711}, 422, "no message 4711"),
    Row("POST", "chat/chat", {"text": "a", "key": "k" * 201}, 422, "$.key"),
    Row("POST", "chat/chat", {"text": "a", "assistant": "nobody"}, 404, "nobody"),
    Row("POST", "chat/chat", {"text": "a", "role": "assistant"}, 422, "role"),
    Row("POST", "chat/nowhere", {"text": "a"}, 404, "PUT sessions/nowhere"),
    Row("POST", "chat/nowhere/messages", {"text": "a"}, 404, "PUT sessions/nowhere"),
    Row("GET", "chat/nowhere/messages", None, 404, "PUT sessions/nowhere"),
    Row("GET", "chat/nowhere/messages/1", None, 404, "nowhere"),
    Row("GET", "chat/nowhere/events", None, 404, "nowhere"),
    Row("POST", "chat/chat/messages", {"text": "a", "role": "tool"}, 422, "$.role"),
    Row("POST", "chat/chat/messages", {"text": "a", "parent": 4711}, 422, "4711"),
    Row("GET", "chat/chat/messages/4711", None, 404, "4711"),
    Row("DELETE", "chat/chat/messages/4711", None, 404, "4711"),
    Row("PATCH", "chat/chat/messages/4711", {"text": "a"}, 404, "4711"),
    Row("POST", "chat/chat/messages/4711/stop", None, 404, "4711"),
    Row("POST", "chat/chat/messages/4711/regenerate", {}, 404, "4711"),
    Row("GET", "sessions/nowhere", None, 404, "PUT sessions/nowhere"),
    Row("PATCH", "sessions/nowhere", {"title": "a"}, 404, "nowhere"),
    Row("DELETE", "sessions/nowhere", None, 404, "nowhere"),
    Row("PATCH", "sessions/chat", {"head": 4711}, 422, "4711"),
    Row("PATCH", "sessions/chat", {"head": 2**63}, 422, "$.head"),
    Row("PATCH", "sessions/chat", {"head": None}, 422, "$.head"),
    Row("PATCH", "sessions/chat", {"title": ""}, 422, "$.title"),
    Row("PATCH", "sessions/chat", {"title": "t" * 301}, 422, "$.title"),
    Row("PATCH", "sessions/chat", {"deleted": True}, 422, "deleted"),
    Row("PUT", "sessions/new", {"title": 5}, 422, "$.title"),
    Row("POST", "sessions", {"notebook": ["a.ipynb"]}, 422, "$.notebook"),
]

ADDRESSES = [
    Row("GET", "chat/chat/messages?limit=0", None, 400, "limit"),
    Row("GET", "chat/chat/messages?limit=201", None, 400, "<= 200"),
    Row("GET", "chat/chat/messages?limit=ten", None, 400, "limit"),
    Row("GET", "chat/chat/messages?limit=", None, 400, "limit"),
    Row("GET", "chat/chat/messages?limit=5&limit=6", None, 400, "2 times"),
    Row("GET", "chat/chat/messages?before=-1", None, 400, "before"),
    Row("GET", "chat/chat/messages?before=1.0", None, 400, "before"),
    Row("GET", "chat/chat/messages?before=1e2", None, 400, "before"),
    Row("GET", "chat/chat/messages?before=null", None, 400, "before"),
    Row("GET", f"chat/chat/messages?before={TOO_BIG}", None, 400, "before"),
    Row("GET", "chat/chat/messages?before=%D9%A3", None, 400, "before"),
    Row("GET", "chat/chat/messages?before=4711", None, 404, "4711"),
    Row("GET", "chat/chat/messages?offset=5", None, 400, "It takes `before`, `limit`"),
    Row("GET", "chat/chat/messages?before=%FF", None, 400, "UTF-8"),
    Row("GET", "chat/chat/messages/1?x=1", None, 400, "no parameters"),
    Row("POST", "chat/chat?after=1", {"text": "a"}, 400, "after"),
    Row("GET", "sessions?limit=1000", None, 400, "limit"),
    Row("GET", "sessions?before=x", None, 400, "before"),
    Row("GET", "chat/chat/events?after=-1", None, 400, "after"),
    Row("GET", f"chat/chat/events?after={TOO_BIG}", None, 400, "after"),
    Row("GET", "chat/chat/events?after=999999", None, 409, "fresh page"),
    Row("GET", "search", None, 400, "`q`"),
    Row("GET", "search?q=", None, 400, "q"),
    Row("GET", f"search?q={'x' * 1001}", None, 400, "q"),
    Row("GET", "search?q=a&session=%20", None, 400, "session"),
    Row("GET", "chat/chat/messages/one", None, 400, "whole number"),
    Row("GET", "chat/chat/messages/-1", None, 400, "whole number"),
    Row("GET", "chat/chat/messages/01", None, 400, "whole number"),
    Row("GET", f"chat/chat/messages/{TOO_BIG}", None, 400, "whole number"),
    Row("GET", "sessions/.hidden", None, 400, "id of a chat"),
    Row("PUT", "sessions/a%20b", {}, 400, "id of a chat"),
    Row("PUT", "sessions/a%2Fb", {}, 400, "id of a chat"),
    Row("PUT", "sessions/a%00b", {}, 400, "id of a chat"),
    Row("PUT", "sessions/caf%C3%A9", {}, 400, "id of a chat"),
    Row("PUT", f"sessions/{'x' * 129}", {}, 400, "id of a chat"),
    Row("POST", "chat/a%0Ab", {"text": "a"}, 400, "id of a chat"),
    Row("PUT", "sessions/%FF", {}, 400, ""),
    Row("PUT", "sessions", {}, 405, "method"),
    Row("DELETE", "chat/chat", None, 405, "method"),
    Row("HEAD", "sessions", None, 405, ""),
]


async def check(served: Served, rows: list[Row]) -> None:
    """Every row is answered as it says, in JSON, and the database stays as it is."""
    await served.chat()
    await served.ask("POST", "chat/chat/messages", {"text": "Something old"})
    before, wrong = served.dump(), []
    for row in rows:
        answer = await served.ask(row.method, row.path, row.body)
        body = (
            msgspec.json.decode(answer.content, type=ErrorBody)
            if answer.content
            else ErrorBody(code="", message="")
        )
        if answer.status_code != row.status or row.text not in body.message:
            wrong.append((row, answer.status_code, body.message))
        if served.dump() != before:
            wrong.append((row, answer.status_code, "changed the database"))
            before = served.dump()
    assert wrong == []
    assert (await served.ask("GET", "chat/chat/messages")).json()["total"] == 1


async def test_bodies_of_the_wrong_shape(served: Served) -> None:
    await check(served, SHAPES)


async def test_addresses_that_lead_nowhere(served: Served) -> None:
    await check(served, ADDRESSES)


@pytest.mark.settings(max_posts_per_minute=0)
async def test_bodies_that_cannot_be_read_on_every_route(served: Served) -> None:
    rows = [
        Row(method, path.replace("{mid}", "3"), body, status, text)
        for method, path in writing()
        for body, status, text in BROKEN
    ]
    await check(served, rows)


async def test_contents_that_cannot_be_kept(served: Served) -> None:
    await check(served, [Row("POST", "chat/chat", *content) for content in CONTENTS])


async def test_other_types_of_content(served: Served) -> None:
    await served.chat()
    before = served.dump()
    for kind in ("application/x-www-form-urlencoded", "text/plain", "", "application/xml"):
        for method, path in writing():
            answer = await served.ask(
                method,
                path.replace("{mid}", "3"),
                {"text": "Hi"},
                headers={"Content-Type": kind},
            )
            assert (path, answer.status_code) == (path, 415)
            assert "application/json" in answer.json()["message"]
    assert served.dump() == before
    answer = await served.ask(
        "POST",
        "chat/chat/messages",
        {"text": "Hi"},
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )
    assert answer.status_code == 201


@pytest.mark.settings(max_message_bytes=1000, max_parts=3)
async def test_too_much_at_once(served: Served) -> None:
    await served.chat()
    before = served.dump()
    for method, path in writing():
        answer = await served.ask(method, path.replace("{mid}", "3"), {"text": "x" * 1000})
        assert (path, answer.status_code) == (path, 413)
        assert "max_message_bytes" in answer.json()["message"]
    parts = [{"type": "text", "text": str(n)} for n in range(4)]
    for path in ("chat/chat", "chat/chat/messages"):
        answer = await served.ask("POST", path, {"parts": parts})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "max_parts" in answer.json()["message"]
    assert served.dump() == before
    assert (await served.ask("POST", "chat/chat/messages", {"parts": parts[:3]})).is_success


async def test_ten_megabytes_are_too_large(served: Served) -> None:
    await served.chat()
    answer = await served.ask("POST", "chat/chat/messages", {"text": "x" * (10 * 2**20)})
    assert answer.status_code == 413


async def test_a_405_names_what_is_allowed(served: Served) -> None:
    answer = await served.ask("PUT", "sessions", {})
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}


async def test_what_jupyterlab_adds_to_addresses_is_no_parameter(served: Served) -> None:
    answer = await served.ask("GET", "sessions?1763950000000&no_track_activity=1")
    assert answer.status_code == 200


TEXTS = {
    "nul": "a\0b",
    "line separators": "a\u2028b\u2029c\x85d\r\ne\rf\ng\x0b\x0c\x1c",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0010ffff",
    "controls": "".join(map(chr, range(32))) + "\x7f\ufeff\ufffe\uffff",
    "right to left": "\u202eabc \u05d0\u05d1",
    "sse": "data: x\n\nevent: done\ndata: {}\n\n: ping",
    "html": "<script>alert(1)</script>\"'&",
    "empty": "",
    "quotes": "\"\\' ; DROP TABLE messages; --",
}


@pytest.mark.parametrize("name", TEXTS)
async def test_every_text_comes_back_exactly(served: Served, name: str) -> None:
    text = TEXTS[name]
    await served.chat()
    tab = await served.socket("chat/chat/ws?after=0")
    async with served.stream("chat/chat", {"text": text, "key": text[:200] or "k"}) as stream:
        done = json.loads((await stream.rest())[-1].data)
    parts = done["parts"]
    assert "".join(part["text"] for part in parts) == text
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert page["messages"][0]["parts"] == [{"type": "text", "text": text}]
    assert page["messages"][1] == done
    events = await tab.until(done["seq"])
    assert msgspec.to_builtins(events[-1].change)["type"] in ("message_put", "session_put")


async def test_a_line_of_five_megabytes(served: Served) -> None:
    await served.chat()
    text = "\U0001f600\0x\u2028" * (5 * 2**20 // 9)
    async with served.stream("chat/chat", {"text": text}) as stream:
        done = json.loads((await stream.rest())[-1].data)
    assert "".join(part["text"] for part in done["parts"]) == text
    page = (await served.ask("GET", "chat/chat/messages")).json()
    assert [m["parts"][0]["text"] == text for m in page["messages"]] == [True, True]


async def test_numbers_beyond_64_bits_are_kept(served: Served) -> None:
    big = 123456789012345678901234567890
    made = await served.ask("PUT", "sessions/chat", {"settings": {"big": big, "small": -1e-300}})
    assert made.status_code == 201
    kept = json.loads((await served.ask("GET", "sessions/chat")).content)["settings"]
    assert kept == {"big": big, "small": -1e-300}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["text", "parts", "key", "parent", "role", "settings", "type", "x"])


@given(st.binary(max_size=60) | st.dictionaries(FIELDS, JSON, max_size=3).map(json.dumps))
def test_any_body_is_read_or_refused_with_a_reason(body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    for kind in (Ask, Note, NewSession):
        try:
            value = decode(raw, kind)
        except (BadRequest, Invalid) as error:
            assert error.message
        else:
            assert decode(msgspec.json.encode(value), kind) == value


@given(st.text(st.characters(codec=None, categories=None), max_size=20))
def test_any_text_is_kept_or_refused_whole(text: str) -> None:
    whole = not any("\ud800" <= character <= "\udfff" for character in text)
    try:
        ask = decode(json.dumps({"text": text}).encode(), Ask)
    except BadRequest as error:
        assert not whole
        assert "lone surrogate" in error.message
    else:
        # Two halves in a row, escaped, are one character.
        assert ask.text == text.encode("utf-16", "surrogatepass").decode("utf-16")


@given(st.integers(1, 2 * MAX_DEPTH))
def test_depth_is_limited_where_it_says(depth: int) -> None:
    body = b'{"text":"{[{[{[{[","settings":{"a":' + b"[" * depth + b"]" * depth + b"}}"
    refused = False
    try:
        decode(body, Ask)
    except ChatcoreError:
        refused = True
    assert refused == (depth + 2 > MAX_DEPTH)


def test_any_body_over_http_is_answered(
    served: Served, jp_asyncio_loop: asyncio.AbstractEventLoop
) -> None:
    served.app.service.limiter._capacity = 0
    jp_asyncio_loop.run_until_complete(served.chat())

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.binary(max_size=40) | st.dictionaries(FIELDS, JSON, max_size=3).map(json.dumps))
    def any_body(body: bytes | str) -> None:
        raw = body if isinstance(body, bytes) else body.encode()
        answer = jp_asyncio_loop.run_until_complete(served.ask("POST", "chat/chat/messages", raw))
        assert answer.status_code in (201, 200, 400, 422)

    any_body()
    page = jp_asyncio_loop.run_until_complete(served.ask("GET", "chat/chat/messages"))
    assert page.status_code == 200


@pytest.mark.parametrize(
    "q", ['"', "'", "(", "a AND", "*", "NEAR(", "-", "a:b", "\0", "\U0001f600", "^a", "{x}", ";"]
)
async def test_any_search_is_answered(served: Served, q: str) -> None:
    await served.chat()
    await served.ask("POST", "chat/chat/messages", {"text": f"needle {q}"})
    answer = await served.ask("GET", "search", params={"q": q})
    assert answer.status_code == 200
