"""How the small agent in `fakeagent` uses the MCP server that its session was given.

It starts the server and speaks the lines itself. What is called stands in the prompt: the
tool's name, its arguments as JSON, and last the word that says how.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

from fakesession import Session, cancelled, note

HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "fake", "version": "1"},
}


_running: dict[Session, Tools] = {}


class Tools:
    """The session's first MCP server, running."""

    def __init__(self, session: Session) -> None:
        told = session.servers[0]
        self.name = told["name"]
        env = {each["name"]: each["value"] for each in told["env"]}
        self.process = subprocess.Popen(
            [told["command"], *told["args"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **env},
            text=True,
        )
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.request("initialize", HELLO)
        self.send({"method": "notifications/initialized"})

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()

    def request(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self.send({"id": 1, "method": method, "params": params})
        answer = self.answers.get()
        found: dict[str, Any] = answer.get("result") or answer
        return found

    def call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.request("tools/call", {"name": name, "arguments": arguments})

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message = json.loads(line)
            if "id" in message:
                self.answers.put(message)
        note({"bridge": "ended"})


def started(session: Session) -> Tools:
    """The server, which one session starts once."""
    if session not in _running:
        tools = _running[session] = Tools(session)
        names = [tool["name"] for tool in tools.request("tools/list", {})["tools"]]
        note({"tools": names})
    return _running[session]


def asked_for(session: Session) -> tuple[str, dict[str, Any]]:
    """The tool and the arguments that the prompt names."""
    words = session.past[-1]["content"]["text"].split(maxsplit=1)
    return words[0], json.loads(words[1].rpartition(" ")[0] or "{}")


def told(session: Session, result: dict[str, Any], call: str = "m1") -> None:
    """Tell how a call ended, as agents do for all of theirs."""
    text = result["content"][0]["text"]
    status = "failed" if result.get("isError") else "completed"
    session.tool(call, status=status, content=[{"type": "content", "content": _text(text)}])
    session.say(text)
    note({"result": text, "failed": bool(result.get("isError"))})


def use(session: Session) -> None:
    """Call a tool, and tell of it before and after."""
    tools = started(session)
    name, arguments = asked_for(session)
    title = f"{tools.name}_{name}"
    session.tool("m1", first=True, title=title, kind="other", rawInput=arguments)
    told(session, tools.call(name, arguments))


def permit(session: Session) -> None:
    """Ask for permission before the call."""
    tools = started(session)
    name, arguments = asked_for(session)
    chosen = session.ask("m1", title=f"mcp__{tools.name}__{name}", rawInput=arguments)
    note({"chosen": chosen})
    told(session, tools.call(name, arguments))


def late(session: Session) -> None:
    """Tell of the call only when it has ended."""
    tools = started(session)
    name, arguments = asked_for(session)
    result = tools.call(name, arguments)
    title = f"{name} ({tools.name} MCP Server)"
    session.tool("m1", first=True, title=title, kind="other", status="in_progress")
    told(session, result)


def broken(session: Session) -> None:
    """Tell of a call that never reaches the server."""
    tools = started(session)
    name, _ = asked_for(session)
    session.tool("m1", first=True, title=f"{tools.name}_{name}", kind="other")
    text = {"content": [{"type": "text", "text": "the pipe is broken"}], "isError": True}
    told(session, text)


def impatient(session: Session) -> None:
    """Take a call back soon."""
    tools = started(session)
    name, arguments = asked_for(session)
    tools.send({"id": 5, "method": "tools/call", "params": {"name": name, "arguments": arguments}})
    time.sleep(0.3)
    params = {"requestId": 5, "reason": "timeout"}
    tools.send({"method": "notifications/cancelled", "params": params})
    tools.request("tools/list", {})
    session.say("Too slow.")


def careless(session: Session) -> None:
    """End the answer while a call still waits."""
    tools = started(session)
    name, arguments = asked_for(session)
    tools.send({"id": 5, "method": "tools/call", "params": {"name": name, "arguments": arguments}})
    tools.request("tools/list", {})
    session.say("Whatever.")


def after(session: Session) -> None:
    """Call when the answer has ended."""
    tools = started(session)
    name, arguments = asked_for(session)

    def call() -> None:
        time.sleep(0.3)
        result = tools.call(name, arguments)
        note({"result": result["content"][0]["text"], "failed": result["isError"]})

    threading.Thread(target=call, daemon=True).start()


def stopped(session: Session) -> None:
    """Call, and note what the call was answered although the prompt was stopped."""
    tools = started(session)
    name, arguments = asked_for(session)
    result = tools.call(name, arguments)
    cancelled.wait(10)
    note({"result": result["content"][0]["text"], "failed": result["isError"]})


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


CALLS: dict[str, Callable[[Session], None]] = {
    play.__name__: play for play in (use, permit, late, broken, impatient, careless, after, stopped)
}
