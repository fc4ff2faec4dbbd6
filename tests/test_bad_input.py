"""What cannot be meant: the right status, a text that says what to do, nothing changed."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import pytest
from serving import Served

from jupyter_chatcore.api import ErrorBody
from jupyter_chatcore.handlers.route import Raw
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
    """Method and path of every operation that takes a body of JSON."""
    return [
        (method, route.path.replace("{session}", "chat"))
        for route in ROUTES
        for method, operation in route.operations.items()
        if operation.body is not None and not isinstance(operation.body, Raw)
    ]


BROKEN: list[tuple[bytes, int, str]] = [
    (b"{", 400, "not valid JSON"),
    (b"nul", 400, "not valid JSON"),
    ("{}".encode("utf-16"), 400, "not valid UTF-8"),
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
    Row("POST", "chat/chat", {"text": "a", "settings": {"api-key": "x"}}, 422, "secret"),
    Row("PATCH", "sessions/chat", {"settings": {"my_token": "x"}}, 422, "environment"),
    Row("POST", "sessions", {"settings": {"OPENAI_API_KEY": "x"}}, 422, "secret"),
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
    Row("POST", "chat/chat/fork", {"message": 4711}, 422, "4711"),
    Row("POST", "chat/chat/fork", {"message": 1, "key": ""}, 422, "$.key"),
    Row("POST", "chat/nowhere/fork", {"message": 1}, 404, "nowhere"),
    Row("GET", "chat/nowhere/usage", None, 404, "nowhere"),
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
    Row(
        "GET",
        "chat/chat/messages?offset=5",
        None,
        400,
        "`after`, `around`, `limit`",
    ),
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
        Row(method, path.replace("{mid}", "3").replace("{part}", "0"), body, status, text)
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
                path.replace("{mid}", "3").replace("{part}", "0"),
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
        answer = await served.ask(
            method, path.replace("{mid}", "3").replace("{part}", "0"), {"text": "x" * 1000}
        )
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
