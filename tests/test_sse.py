"""Server-sent events: the standard's own examples, and what JSON may hold."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.sse import PING, Decoder, ServerEvent, encode


def decoded(*chunks: bytes) -> list[ServerEvent]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def texts(stream: bytes) -> list[str]:
    return [event.data for event in decoded(stream)]


def test_the_standards_first_example() -> None:
    stream = b"data: YHOO\ndata: +2\ndata: 10\n\n"
    assert texts(stream) == ["YHOO\n+2\n10"]


def test_the_standards_second_example() -> None:
    stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third"
    assert decoded(stream + b" event\n\n") == [
        ServerEvent("message", "first event", "1"),
        ServerEvent("message", "second event", ""),
        ServerEvent("message", " third event", ""),
    ]


def test_the_standards_third_example() -> None:
    assert texts(b"data\n\ndata\ndata\n\ndata:") == ["", "\n"]


def test_a_space_after_the_colon_is_no_matter() -> None:
    assert texts(b"data:test\n\ndata: test\n\n") == ["test", "test"]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_every_line_end_of_the_standard(end: bytes) -> None:
    stream = end.join([b"event: a", b"data: 1", b"", b"data: 2", b"", b""])
    assert decoded(stream) == [ServerEvent("a", "1"), ServerEvent("message", "2")]


@pytest.mark.parametrize("text", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_no_other_character_ends_a_line(text: str) -> None:
    assert texts(encode("message", f"a{text}b".encode())) == [f"a{text}b"]


def test_the_last_id_stays_until_another_comes() -> None:
    decoder = Decoder()
    assert [event.id for event in decoder.feed(b"id: 7\ndata: a\n\ndata: b\n\n")] == ["7", "7"]
    decoder.feed(b"id: 8\0\n\nid: 9\n\n")
    assert decoder.last_id == "9"


def test_retry_and_unknown_fields_are_no_events() -> None:
    decoder = Decoder()
    assert decoder.feed(b"retry: 250\nretry: soon\nfoo: bar\n\n") == []
    assert decoder.retry == 250


def test_a_byte_order_mark_is_skipped_only_at_the_start() -> None:
    mark = "\ufeff".encode()
    assert decoded(mark, b"data: a\n\n") == [ServerEvent("message", "a")]
    assert decoded(b"data: a\n\n", mark, b"data: b\n\n") == [ServerEvent("message", "a")]


def test_an_unfinished_event_is_dropped() -> None:
    assert decoded(b"id: 1\ndata: half\n") == []


def test_encode_writes_one_frame() -> None:
    assert encode("message", b"{}", 5) == b"id: 5\nevent: message\ndata: {}\n\n"
    assert encode("error", b"a\r\nb") == b"event: error\ndata: a\ndata: b\n\n"


def test_a_ping_is_no_event() -> None:
    assert decoded(PING, encode("done", b"x"), PING) == [ServerEvent("done", "x")]


@given(
    st.lists(st.tuples(st.sampled_from(["message", "done", "error"]), st.text()), max_size=4),
    st.data(),
)
def test_what_is_encoded_comes_back_however_it_is_cut(
    events: list[tuple[str, str]], data: st.DataObject
) -> None:
    stream = b"".join(
        encode(name, msgspec.json.encode(text), number)
        for number, (name, text) in enumerate(events)
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = [0, *cuts, len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    found = [(e.event, msgspec.json.decode(e.data), e.id) for e in decoded(*chunks)]
    assert found == [(name, text, str(number)) for number, (name, text) in enumerate(events)]


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_mean_the_same_however_they_are_cut(stream: bytes, cut: int) -> None:
    assert decoded(stream[:cut], stream[cut:]) == decoded(stream)
