"""Who may ask what: every route, with the token and the XSRF check on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import httpx
import pytest
from jupyter_server.auth import Authorizer, User
from serving import PATIENCE, Served
from traitlets.config import Config

from jupyter_chatcore.handlers.table import ROUTES

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
FOREIGN = "http://evil.example"


def every() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every operation of every route: method, path, headers to reach it."""
    for route in ROUTES:
        path = route.path.format(
            session="chat", mid="1", part="0", digest="0" * 64, name="a", kernel="k"
        )
        for method, operation in route.operations.items():
            yield method, path, UPGRADE if 101 in operation.answers else {}


async def statuses(served: Served, **headers: str) -> dict[str, int]:
    """What every operation answers to a request with these headers."""
    found = {}
    for method, path, needed in every():
        body = {} if method in ("GET", "DELETE") else {"json": {"text": "Hi"}}
        answer = await served.raw(method, path, headers={**needed, **headers}, **body)
        found[f"{method} {path}"] = answer.status_code
        if answer.status_code == 403:
            assert answer.json()["code"] == "forbidden"
    return found


def all_are(status: int) -> dict[str, int]:
    return {f"{method} {path}": status for method, path, _ in every()}


class Refusing(Authorizer):
    """Says no, as a coroutine: one that is not awaited would be taken for a yes."""

    async def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return False


class Recording(Authorizer):
    """Says no, and keeps what it was asked."""

    asked: ClassVar[list[tuple[str, str, str]]] = []

    def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        self.asked.append((handler.request.method, action, resource))
        return False


class Readers(Authorizer):
    """Lets everybody read, and nobody write."""

    async def is_authorized(self, handler: Any, user: User, action: str, resource: str) -> bool:
        return action == "read"


async def test_no_token_no_answer(served: Served) -> None:
    before = served.dump()
    assert await statuses(served) == all_are(403)
    assert await statuses(served, Authorization="token wrong") == all_are(403)
    assert served.dump() == before == []


@pytest.mark.server(authorizer_class=Refusing)
async def test_an_asynchronous_no_is_a_no(served: Served) -> None:
    assert await statuses(served, **served.auth) == all_are(403)
    assert served.dump() == []


@pytest.mark.server(authorizer_class=Recording)
async def test_reads_are_read_and_the_rest_is_write(served: Served) -> None:
    Recording.asked.clear()
    await statuses(served, **served.auth)
    assert len(Recording.asked) == len(list(every()))
    assert set(Recording.asked) == {
        ("GET", "read", "chatcore"),
        ("GET", "write", "chatcore"),  # the WebSocket of kernels that answer
        *((method, "write", "chatcore") for method in ("POST", "PUT", "PATCH", "DELETE")),
    }


@pytest.mark.server(authorizer_class=Readers)
async def test_who_may_only_read_writes_nothing(served: Served) -> None:
    assert (await served.ask("GET", "sessions")).status_code == 200
    before = served.dump()
    found = await statuses(served, **served.auth)
    assert {found[f"{m} {p}"] for m, p, _ in every() if m != "GET"} == {403}
    assert served.dump() == before


@pytest.fixture
def closed_config(jp_server_config: Config) -> Config:
    jp_server_config.ServerApp.allow_unauthenticated_access = False
    return jp_server_config


async def test_a_server_that_allows_nothing_unauthenticated_warns_of_nothing(
    closed_config: Config, request: pytest.FixtureRequest
) -> None:
    # Warnings are errors here: one about a handler without a decorator would end the start.
    assert every()


@pytest.mark.server(allow_unauthenticated_access=False)
async def test_all_is_closed_on_a_closed_server(served: Served) -> None:
    assert await statuses(served) == all_are(403)
    assert (await served.raw("GET", "nothing")).status_code == 403
    assert (await served.ask("GET", "sessions")).status_code == 200


async def test_what_is_no_route_tells_nothing_to_strangers(served: Served) -> None:
    for path in ("", "nothing", "chat/a/b/c/d", "sessions/a/b"):
        assert (await served.raw("GET", path)).status_code == 403
        known = await served.ask("GET", path)
        assert (known.status_code, known.json()["code"]) == (404, "not_found")
        assert "openapi.json" in known.json()["message"]


@asynccontextmanager
async def browser(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has logged in, and so has the cookies but sends no token."""
    root = served.url.removesuffix("chatcore/")
    async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False, base_url=root) as client:
        await client.get("login")
        await client.get(f"api/me?token={served.token}")
        assert "_xsrf" in client.cookies
        yield client


async def test_a_browser_reads_with_its_cookies(served: Served) -> None:
    async with browser(served) as client:
        origin = str(client.base_url).partition("/a%40b")[0]
        answer = await client.get("chatcore/sessions", headers={"Referer": str(client.base_url)})
        assert answer.status_code == 200
        same = {**UPGRADE, "Origin": origin}
        # An upgrade that is accepted cannot be read by this client, but has its status.
        async with client.stream("GET", "chatcore/chat/chat/ws", headers=same) as upgraded:
            assert upgraded.status_code == 101


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_browser_writes_only_with_the_xsrf_header(served: Served, method: str) -> None:
    path = "sessions" if method == "POST" else "sessions/chat"
    await served.chat()
    before = served.dump()
    async with browser(served) as client:
        body = None if method == "DELETE" else {"title": "Mine"}
        for wrong in ({}, {"X-XSRFToken": "2|wrong|0|1"}):
            answer = await client.request(method, f"chatcore/{path}", headers=wrong, json=body)
            assert answer.status_code == 403
            assert "`_xsrf` cookie" in answer.json()["message"]
        assert served.dump() == before
        right = {"X-XSRFToken": client.cookies["_xsrf"]}
        answer = await client.request(method, f"chatcore/{path}", headers=right, json=body)
        assert answer.is_success


async def test_another_origins_pages_get_nothing(served: Served) -> None:
    await served.chat()
    before = served.dump()
    async with browser(served) as client:
        right = {"X-XSRFToken": client.cookies["_xsrf"], "Origin": FOREIGN}
        for method, path, needed in every():
            answer = await client.request(method, f"chatcore/{path}", headers={**needed, **right})
            assert (path, answer.status_code) == (path, 403)
    assert served.dump() == before


async def test_the_author_is_who_the_server_says(served: Served) -> None:
    await served.chat()
    async with browser(served) as client:
        me = (await client.get("api/me")).json()["identity"]
        headers = {"X-XSRFToken": client.cookies["_xsrf"]}
        path = "chatcore/chat/chat/messages"
        said = (await client.post(path, json={"text": "Hi"}, headers=headers)).json()
        for name in ("username", "name", "initials", "color", "avatar_url"):
            assert said["author"].get(name) == me[name]
        forged = {"text": "Hi", "author": {"username": "somebody else"}}
        answer = await client.post(path, json=forged, headers=headers)
        assert answer.status_code == 422
        assert "author" in answer.json()["message"]


async def test_nothing_lies_outside_the_base_url(served: Served) -> None:
    outside = served.url.replace("/a%40b/", "/")
    async with served.client() as client:
        answer = await client.get(f"{outside}sessions", headers=served.auth)
    assert answer.status_code == 404


@pytest.mark.settings(max_posts_per_minute=5)
async def test_who_sends_too_much_is_told_to_wait(served: Served) -> None:
    await served.chat()
    answers = [await served.ask("POST", "chat/chat/messages", {"text": str(n)}) for n in range(6)]
    assert [a.status_code for a in answers] == [201] * 4 + [429] * 2
    assert answers[-1].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 12
    assert (await served.ask("GET", "chat/chat/messages")).status_code == 200
    stop = await served.ask("POST", f"chat/chat/messages/{answers[0].json()['id']}/stop")
    assert stop.status_code == 200


async def test_browsers_do_not_share_their_limit(served: Served) -> None:
    await served.chat()
    limiter = served.app.service.limiter
    async with browser(served) as client:
        headers = {"X-XSRFToken": client.cookies["_xsrf"]}
        await client.post("chatcore/chat/chat/messages", json={"text": "Hi"}, headers=headers)
        me = (await client.get("api/me")).json()["identity"]["username"]
    assert set(limiter._buckets) == {"", me}
