"""Whatever can be meant is kept exactly, and whatever else is refused with a reason."""

from __future__ import annotations

import asyncio
import json

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from serving import Served

from jupyter_chatcore.api import Ask, NewSession, Note
from jupyter_chatcore.bodies import decode
from jupyter_chatcore.errors import BadRequest, ChatcoreError, Invalid
from jupyter_chatcore.wellformed import MAX_DEPTH

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


# a busy machine is no reason to fail
@settings(suppress_health_check=[HealthCheck.too_slow])
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
