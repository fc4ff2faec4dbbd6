"""A session of the small agent in `fakeagent`, and the lines by which it is told and tells.

Sessions are kept in the folder FAKE_HOME, where `heard.jsonl` has all that was told.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import Any

HOME = Path(os.environ["FAKE_HOME"])
FLAGS = set(sys.argv[1:])
ALLOW = [
    {"optionId": "yes", "name": "Allow", "kind": "allow_once"},
    {"optionId": "no", "name": "Reject", "kind": "reject_once"},
]
PICTURE = "iVBORw0KGgo="
MODEL = {
    "id": "model",
    "name": "Model",
    "category": "model",
    "type": "select",
    "options": [{"value": "small", "name": "Small"}, {"value": "large", "name": "Large"}],
}

_writing = threading.Lock()
answers: dict[int, queue.Queue[Any]] = {}
cancelled = threading.Event()


def write(message: dict[str, Any]) -> None:
    raw(json.dumps({"jsonrpc": "2.0", **message}))


def raw(line: str) -> None:
    with _writing:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def note(what: dict[str, Any]) -> None:
    with (HOME / "heard.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")


class Session:
    """One session: what was said in it, as updates."""

    def __init__(self, name: str, servers: list[dict[str, Any]]) -> None:
        self.name = name
        self.servers = servers
        self.file = HOME / f"{name}.json"
        self.past: list[dict[str, Any]] = []
        self.model = "small"
        self.used = 0
        if self.file.is_file():
            self.past = json.loads(self.file.read_text(encoding="utf-8"))

    def update(self, what: str, /, **fields: Any) -> None:
        update = {"sessionUpdate": what, **fields}
        self.past.append(update)
        write({"method": "session/update", "params": {"sessionId": self.name, "update": update}})

    def say(self, text: str, what: str = "agent_message_chunk", **fields: Any) -> None:
        self.update(what, content={"type": "text", "text": text}, **fields)

    def tool(self, call: str, /, first: bool = False, **fields: Any) -> None:
        self.update("tool_call" if first else "tool_call_update", toolCallId=call, **fields)

    def ask(self, call: str, **fields: Any) -> str | None:
        """Ask for permission; the option chosen."""
        number = 1000 + len(answers)
        answers[number] = queue.Queue()
        tool = {"toolCallId": call, **fields}
        params = {"sessionId": self.name, "toolCall": tool, "options": ALLOW}
        write({"id": number, "method": "session/request_permission", "params": params})
        outcome = answers[number].get()["outcome"]
        chosen: str | None = outcome.get("optionId")
        return chosen

    def save(self) -> None:
        self.file.write_text(json.dumps(self.past), encoding="utf-8")

    def options(self) -> list[dict[str, Any]]:
        return [{**MODEL, "currentValue": self.model}]
