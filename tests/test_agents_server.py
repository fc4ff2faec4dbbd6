"""An agent on a real Jupyter server, by its configuration; the server killed, and resumed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from agents_running import FAKE, SECRET, living, noted
from jupyterprocess import JupyterProcess, running, wait_for


def configure(home: Path) -> None:
    agent = {
        "command": [sys.executable, str(FAKE), "--stubborn"],
        "title": "Fake",
        "env": {"FAKE_HOME": str(home), "FAKE_SECRET": SECRET},
    }
    folder = home / "config"
    folder.mkdir()
    config = {"ChatcoreApp": {"agents": {"fake": agent}}}
    (folder / "jupyter_server_config.json").write_text(json.dumps(config), encoding="utf-8")


def answer(server: JupyterProcess, words: str) -> dict[str, Any]:
    """The whole answer to a question."""
    server.post("chat", words)

    def ended() -> dict[str, Any] | None:
        last = server.messages("chat")[-1]
        return None if last["status"] == "streaming" else last

    found = wait_for("the answer", ended)
    assert isinstance(found, dict)
    return found


def test_an_agent_is_resumed_after_its_server_was_killed(tmp_path: Path) -> None:
    configure(tmp_path)
    with running(tmp_path, "server") as server:
        server.call("PUT", "chatcore/sessions/chat", {"assistant": "fake"})
        assert answer(server, "hello")["parts"] == [{"type": "text", "text": "Hello there."}]
        [first] = noted(tmp_path, "pid")
        server.kill()
        wait_for("the end of the agent", lambda: not living(first))
        server.start()
        again = answer(server, "think")
        assert [part["type"] for part in again["parts"]] == ["reasoning", "text"]
        assert again["sent"]["ext"]["acp"]["turns"] == 2
        _, second = noted(tmp_path, "pid")
        listed = server.call("GET", "chatcore/assistants")["assistants"]
        [fake] = [each for each in listed if each["name"] == "fake"]
        assert fake["title"] == "Fake"
        assert {choice["name"] for choice in fake["choices"]} == {"mode", "model"}
        assert answer(server, "die")["error"]["code"] == "agent_ended"
    assert not living(second)
    assert SECRET not in server.log()
