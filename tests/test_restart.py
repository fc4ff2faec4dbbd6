"""A server is killed or stopped while a real model asks for permission; the next one goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyterprocess import BARE, JupyterProcess, running, wait_for
from modelserver import ModelServer, model_server
from scriptedgguf import PLAIN, tool_call

CHAT = "chat"
SEARCH = tool_call('{"words": "search"}', name="search_chats", word="search")
CONFIG = """
c.ChatcoreApp.models = {{"own": {{"base_url": {url!r}, "key": {key!r}}}}}
c.ChatcoreApp.default_assistant = "own"
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    """A model that searches the chats, where it is asked to."""
    with model_server(tmp_path_factory.mktemp("model"), (SEARCH, PLAIN)) as server:
        yield server


@pytest.fixture
def server(tmp_path: Path, model: ModelServer) -> Iterator[JupyterProcess]:
    """A server whose assistant is that model."""
    config = tmp_path / "config" / "jupyter_server_config.py"
    config.parent.mkdir()
    config.write_text(CONFIG.format(url=model.base_url, key=model.key))
    with running(tmp_path, "server", BARE) as server:
        yield server


def reply_when(server: JupyterProcess, what: str, ready: Callable[[Any], bool]) -> dict[str, Any]:
    """The last message, once it is so."""

    def look() -> dict[str, Any] | None:
        last = server.messages(CHAT)[-1]
        return last if ready(last) else None

    found: dict[str, Any] = wait_for(what, look, 60)
    return found


def tools(message: dict[str, Any]) -> list[str]:
    """The states of the tool calls."""
    return [part["status"] for part in message["parts"] if part["type"] == "tool"]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("ends", [JupyterProcess.kill, JupyterProcess.stop], ids=["kill", "stop"])
def test_an_approval_outlives_its_server(
    server: JupyterProcess, ends: Callable[[JupyterProcess], None]
) -> None:
    server.call("PUT", f"chatcore/sessions/{CHAT}", {})
    posted = server.post(CHAT, "search my chats")
    asked = reply_when(server, "a request", lambda reply: tools(reply) == ["awaiting"])
    ends(server)
    server.start()
    left = server.messages(CHAT)[-1]
    assert (left["id"], left["status"], left["parts"]) == (
        posted["reply"],
        "streaming",
        asked["parts"],
    )
    approval = f"chatcore/chat/{CHAT}/messages/{left['id']}/parts/0/approval"
    server.call("POST", approval, {"option": "allow"})
    reply = reply_when(server, "the answer", lambda reply: reply["status"] != "streaming")
    assert (reply["id"], reply["status"], tools(reply)) == (left["id"], "done", ["done"])
    assert reply["parts"][0]["approval"]["outcome"] == "allow"
    assert reply["parts"][-1]["text"] == PLAIN.text
    again = server.http.post(approval, json={"option": "reject"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
