"""The description of the API is sound, whole and true."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from notebookfiles import cell, sources, write
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from scripted import Decide, asking
from serving import Served
from tornado.web import RequestHandler

from jupyter_chatcore import schema
from jupyter_chatcore.handlers.table import ROUTES, tornado_handlers
from jupyter_chatcore.kernels.link import own_client
from jupyter_chatcore.openapi import describe

METHODS = ("get", "head", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description as it goes out."""
    decoded: dict[str, Any] = json.loads(msgspec.json.encode(describe(ROUTES, "/chatcore/")))
    return decoded


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    validate(described)
    assert described["openapi"].startswith("3.1")


def implemented(handler: type[RequestHandler]) -> set[str]:
    """The methods that a handler has code for."""
    none = RequestHandler._unimplemented_method
    return {name for name in METHODS if getattr(handler, name) is not none}


def test_every_method_is_described_and_served(described: dict[str, Any]) -> None:
    for route in ROUTES:
        served = implemented(route.handler)
        assert served == {method.lower() for method in route.operations}, route.path
        assert served == described["paths"][f"/{route.path}"].keys() - {"parameters"}
    assert len(described["paths"]) == len(ROUTES)


def test_every_handler_is_in_the_table() -> None:
    handlers = [entry[1] for entry in tornado_handlers()]
    assert handlers[:-1] == [route.handler for route in ROUTES]
    assert len(set(handlers)) == len(handlers)


def test_addresses_match_their_own_route_only() -> None:
    for route in ROUTES:
        at = {"session": "a-chat", "mid": "12", "part": "0", "digest": "0" * 64, "name": "a.png"}
        path = "chatcore/" + route.path.format(**at, kernel="a-kernel")
        matching = [r.path for r in ROUTES if re.fullmatch(r.pattern, path)]
        assert matching == [route.path]


def test_operation_ids_are_unique(described: dict[str, Any]) -> None:
    ids = [
        operation["operationId"]
        for path in described["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    ]
    assert len(set(ids)) == len(ids)


def test_the_schemas_are_the_wires(described: dict[str, Any]) -> None:
    components = described["components"]["schemas"]
    assert components.keys() <= schema.json_schema()["$defs"].keys()
    for name in ("Event", "Message", "ErrorBody", "TextPart"):
        wanted = schema.json_schema()["$defs"][name]["properties"].keys()
        assert components[name]["properties"].keys() == wanted


class Truth:
    """Compares real answers with what the description says of them."""

    def __init__(self, served: Served, described: dict[str, Any]) -> None:
        self.served = served
        self.described = described
        self.seen: set[tuple[str, str, int]] = set()

    async def ask(self, route: str, method: str, status: int, body: Any = None, **at: Any) -> Any:
        """The answer's JSON, which is as described."""
        query = at.pop("query", "")
        headers = at.pop("headers", {})
        answer = await self.served.ask(method, route.format(**at) + query, body, headers=headers)
        assert answer.status_code == status, answer.text
        responses = self.described["paths"][f"/{route}"][method.lower()]["responses"]
        self.seen.add((route, method, status))
        content = responses[str(status)].get("content")
        if content is None:
            assert answer.content == b""
            return None
        mime = answer.headers["Content-Type"].partition(";")[0]
        assert mime in content
        if mime != "application/json":
            return answer.content
        self.validate(content["application/json"]["schema"], answer.json())
        return answer.json()

    def validate(self, wanted: dict[str, Any], value: Any) -> None:
        """Raises where the value is not as the schema wants it."""
        whole = {**wanted, "components": self.described["components"]}
        OAS31Validator(whole).validate(value)


JSON_ONLY = {"Accept": "application/json"}


async def exchanges_are_as_described(truth: Truth) -> None:
    for kind in ("markdown", "notebook", "jsonl"):
        at = {"session": "chat", "query": f"?format={kind}"}
        file = await truth.ask("chat/{session}/export", "GET", 200, **at)
    name = {"query": "?name=a.jsonl", "headers": {"Content-Type": "application/jsonl"}}
    await truth.ask("import", "POST", 200, file, **name)
    await truth.ask("import", "POST", 422, b"no", **name)


async def files_are_as_described(truth: Truth) -> None:
    ask, at = truth.ask, {"session": "chat"}
    raw = {"Content-Type": "text/csv"}
    file = await ask(
        "chat/{session}/files", "POST", 201, b"1,2", **at, query="?name=a", headers=raw
    )
    await ask("chat/{session}/files", "POST", 422, b"", **at, query="?name=a", headers=raw)
    kept = {"digest": file["url"].split("/")[2], "name": "a"}
    assert await ask("files/{digest}/{name}", "GET", 200, **kept) == b"1,2"
    known = {"If-None-Match": f'"{kept["digest"]}"'}
    await ask("files/{digest}/{name}", "GET", 304, **kept, headers=known)
    await exchanges_are_as_described(truth)


async def lists_are_as_described(truth: Truth) -> None:
    """Who can answer, how the server is, and this description itself."""
    await truth.ask("assistants", "GET", 200)
    await truth.ask("health", "GET", 200, query="?verify=1")
    await truth.ask("openapi.json", "GET", 200)


async def notebooks_are_as_described(truth: Truth, root: Path) -> None:
    """A change that is taken back, and the variables of a kernel."""
    file = write(root / "n.ipynb", cell("one", "code", "a = 10"))
    change = {"type": "diff", "path": "n.ipynb", "cell": "one", "old": "a = 1", "new": "a = 10"}
    tool = {"type": "tool", "call": "c", "name": "edit_cell", "status": "done", "output": [change]}
    note = {"parts": [tool], "role": "assistant"}
    said = await truth.ask("chat/{session}/messages", "POST", 201, note, session="chat")
    undo = "chat/{session}/messages/{mid}/undo"
    undone = await truth.ask(undo, "POST", 200, session="chat", mid=said["id"])
    assert (undone["undone"], sources(file)) == (1, ["a = 1"])
    server = truth.served.app.serverapp
    assert server is not None
    manager: Any = server.kernel_manager
    kernel = await manager.start_kernel()
    client = own_client(manager.get_kernel(kernel))
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    client.stop_channels()
    await truth.ask("kernels/{kernel}/variables", "GET", 200, kernel=kernel)
    await manager.shutdown_kernel(kernel, now=True)


async def test_answers_are_as_described(
    served: Served, described: dict[str, Any], jp_root_dir: Path
) -> None:
    truth = Truth(served, described)
    ask, at = truth.ask, {"session": "chat"}
    served.scripted.enqueue("Hello ", "there")
    new = {"title": "A", "assistant": "scripted", "notebook": "a.ipynb", "settings": {"b": [1]}}
    await ask("sessions/{session}", "PUT", 201, new, **at)
    await ask("sessions/{session}", "PUT", 200, new, **at)
    await ask("sessions/{session}", "GET", 200, **at)
    await ask("sessions/{session}", "PATCH", 200, {"title": "B", "notebook": None}, **at)
    await ask("sessions", "POST", 201, {"key": "k"})
    await ask("sessions", "POST", 200, {"key": "k"})
    assert len((await ask("sessions", "GET", 200))["sessions"]) == 2
    parts = [{"type": "custom", "kind": "x", "data": {"y": 1}}, {"type": "text", "text": "z"}]
    await ask("chat/{session}/messages", "POST", 201, {"parts": parts, "key": "n"}, **at)
    await ask("chat/{session}/messages", "POST", 200, {"parts": parts, "key": "n"}, **at)
    posted = await ask("chat/{session}", "POST", 202, {"text": "Hi"}, headers=JSON_ONLY, **at)
    await served.ended("chat", posted["reply"])
    mid = {**at, "mid": posted["reply"]}
    await ask("chat/{session}/messages", "GET", 200, **at, query="?limit=2")
    await ask("chat/{session}/messages/{mid}", "GET", 200, **mid)
    again = await ask(
        "chat/{session}/messages/{mid}/regenerate", "POST", 202, {}, headers=JSON_ONLY, **mid
    )
    await served.ended("chat", again["reply"])
    edit = {**at, "mid": posted["message"]}
    edited = await ask("chat/{session}/messages/{mid}", "PATCH", 200, {"text": "Ho"}, **edit)
    await served.ended("chat", edited["reply"])
    await ask("chat/{session}/messages/{mid}/stop", "POST", 200, **mid)
    served.scripted.enqueue(asking(), Decide("c1"))
    asked = await ask("chat/{session}", "POST", 202, {"text": "Do"}, headers=JSON_ONLY, **at)
    await served.shown("chat", asked["reply"], lambda message: bool(message.parts))
    approval = "chat/{session}/messages/{mid}/parts/{part}/approval"
    await ask(approval, "POST", 200, {"option": "no"}, **at, mid=asked["reply"], part=0)
    await ask(approval, "POST", 409, {"option": "once"}, **at, mid=asked["reply"], part=0)
    await ask("chat/{session}/seen", "POST", 204, {"message": posted["reply"]}, **at)
    fork = {"message": posted["reply"], "key": "f"}
    await ask("chat/{session}/fork", "POST", 201, fork, **at)
    await ask("chat/{session}/fork", "POST", 200, fork, **at)
    await ask("chat/{session}/usage", "GET", 200, **at)
    hits = await ask("search", "GET", 200, query="?q=Hello")
    assert hits["hits"]
    await files_are_as_described(truth)
    await notebooks_are_as_described(truth, jp_root_dir)
    await ask("chat/{session}/typing", "POST", 204, **at)
    await lists_are_as_described(truth)
    await ask("chat/{session}/messages/{mid}", "DELETE", 200, **mid)
    await ask("sessions/{session}", "DELETE", 204, **at)
    for route, method in (("sessions/{session}", "GET"), ("chat/{session}/messages", "GET")):
        await ask(route, method, 404, **at)
    await ask("sessions", "GET", 400, query="?x=1")
    await ask("sessions", "POST", 422, {"x": 1})
    await ask("sessions", "POST", 415, {}, headers={"Content-Type": "text/plain"})
    described_as = {
        (route.path, method, status)
        for route in ROUTES
        for method, operation in route.operations.items()
        for status in operation.answers
        if status != 101
    }
    assert described_as <= truth.seen


async def test_events_are_as_described(served: Served, described: dict[str, Any]) -> None:
    truth = Truth(served, described)
    await served.chat()
    served.scripted.enqueue("Hello", RuntimeError())
    kinds = {"message": "Event", "done": "Message", "error": "ErrorBody"}
    seen = set()
    for text in ("one", "two"):
        async with served.stream("chat/chat", {"text": text}) as stream:
            for event in await stream.rest():
                seen.add(event.event)
                name = f"#/components/schemas/{kinds[event.event]}"
                truth.validate({"$ref": name}, json.loads(event.data))
    assert seen == kinds.keys()


async def test_it_is_served_with_the_servers_address(served: Served) -> None:
    answer = await served.ask("GET", "openapi.json")
    await asyncio.to_thread(validate, answer.json())
    assert served.url.endswith(answer.json()["servers"][0]["url"])
