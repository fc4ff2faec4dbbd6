"""The model server that other tests stand on: it plays what it is told, and can be hurt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jupyterprocess import wait_for
from modelserver import ModelServer, model_server
from scriptedgguf import PLAIN

TOOLS = [{"type": "function", "function": {"name": "get_vars", "parameters": {"type": "object"}}}]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    with model_server(tmp_path_factory.mktemp("model")) as running:
        yield running


@pytest.fixture
def http(server: ModelServer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.address, headers=headers, trust_env=False) as client:
        yield client


def ask(http: httpx.Client, words: str, **more: Any) -> dict[str, Any]:
    body = {"model": "scripted", "messages": [{"role": "user", "content": words}], **more}
    answer: dict[str, Any] = http.post("/v1/chat/completions", json=body).raise_for_status().json()
    message: dict[str, Any] = answer["choices"][0]["message"]
    return message


def test_it_says_its_script_to_the_letter(http: httpx.Client) -> None:
    assert ask(http, "hello")["content"].strip() == PLAIN.text.strip()


def test_it_thinks_before_it_speaks(http: httpx.Client) -> None:
    said = ask(http, "please think")
    assert said["reasoning_content"].strip() == "The user asks about grouping."
    assert said["content"] == "Grouping is split-apply-combine."


def test_it_calls_a_tool_where_one_is_offered(http: httpx.Client) -> None:
    call = ask(http, "use a tool", tools=TOOLS)["tool_calls"][0]["function"]
    assert call["name"] == "get_vars"
    assert json.loads(call["arguments"]) == {"pattern": "df*"}
    assert not ask(http, "use a tool").get("tool_calls")


def test_it_goes_on_until_nobody_listens(server: ModelServer, http: httpx.Client) -> None:
    body = {"messages": [{"role": "user", "content": "forever"}], "stream": True}
    with http.stream("POST", "/v1/chat/completions", json=body) as stream:
        lines = stream.iter_lines()
        assert next(lines)
        assert server.busy() == 1
    wait_for("an idle server", lambda: server.busy() == 0)


def test_it_wants_its_key(server: ModelServer) -> None:
    assert httpx.get(f"{server.base_url}/models", trust_env=False).status_code == 401


def test_it_comes_back_where_it_was(tmp_path: Path) -> None:
    with model_server(tmp_path) as server:
        before = server.base_url
        server.kill()
        with pytest.raises(httpx.ConnectError):
            server.busy()
        server.start()
        assert server.base_url == before
        assert server.busy() == 0
