"""A small agent that speaks ACP, run as a program: it does what the prompt's last line says.

It knows nothing of the package or of the protocol's library: it writes and reads the
lines itself, so that a test sees what really goes over the pipes. Its sessions are kept
in the folder FAKE_HOME, where `heard.jsonl` has all that it was told.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

HOME = Path(os.environ["FAKE_HOME"])
FLAGS = set(sys.argv[1:])
ALLOW = [
    {"optionId": "yes", "name": "Allow", "kind": "allow_once"},
    {"optionId": "no", "name": "Reject", "kind": "reject_once"},
]
PICTURE = "iVBORw0KGgo="
MODES = {
    "currentModeId": "yolo",
    "availableModes": [{"id": "default", "name": "Ask"}, {"id": "yolo", "name": "Never ask"}],
}
MODEL = {
    "id": "model",
    "name": "Model",
    "category": "model",
    "type": "select",
    "options": [{"value": "small", "name": "Small"}, {"value": "large", "name": "Large"}],
}

_writing = threading.Lock()
_answers: dict[int, queue.Queue[Any]] = {}
_cancelled = threading.Event()


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

    def __init__(self, name: str) -> None:
        self.name = name
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
        number = 1000 + len(_answers)
        _answers[number] = queue.Queue()
        tool = {"toolCallId": call, **fields}
        params = {"sessionId": self.name, "toolCall": tool, "options": ALLOW}
        write({"id": number, "method": "session/request_permission", "params": params})
        outcome = _answers[number].get()["outcome"]
        chosen: str | None = outcome.get("optionId")
        return chosen

    def save(self) -> None:
        self.file.write_text(json.dumps(self.past), encoding="utf-8")

    def options(self) -> list[dict[str, Any]]:
        return [{**MODEL, "currentValue": self.model}]


def hello(session: Session) -> None:
    session.say("Hello ", messageId="a")
    session.say("there.", messageId="a")


def think(session: Session) -> None:
    session.say("Let me ", "agent_thought_chunk")
    session.say("see.", "agent_thought_chunk")
    session.say("First.", messageId="a")
    session.say("Second.", messageId="b")


def show(session: Session) -> None:
    session.update(
        "agent_message_chunk",
        content={"type": "image", "mimeType": "image/png", "data": PICTURE},
    )
    link = {"type": "resource_link", "name": "notes", "uri": "file:///notes.md"}
    session.update("agent_message_chunk", content=link)


def plan(session: Session) -> None:
    for status in ("pending", "completed"):
        entry = {"content": "Look", "priority": "high", "status": status}
        session.update("plan", entries=[entry])


def tool(session: Session) -> None:
    """Tell of a call in all ways, the first of them an update."""
    place = [{"path": "notes.txt", "line": 1}]
    session.tool("c1", title="Read notes.txt", kind="read", status="pending", locations=place)
    session.tool("c1", status="in_progress", rawInput={"path": "notes.txt"})
    text = {"type": "content", "content": {"type": "text", "text": "the notes"}}
    session.tool("c1", status="completed", content=[text])
    change = {"type": "diff", "path": "notes.txt", "oldText": "a", "newText": "b"}
    session.tool("c2", first=True, title="Edit", kind="edit", status="completed", content=[change])
    session.tool("c3", first=True, title="Mode", kind="switch_mode", rawOutput={"output": "ok"})
    session.tool("c3", status="completed", rawOutput={"output": "ok"})
    failed = {"error": "no such file"}
    session.tool("c4", first=True, title="Fail", kind="delete", status="failed", rawOutput=failed)
    session.tool("c5", first=True, title="Left open", status="in_progress")


def ask(session: Session) -> None:
    """Ask before a tool runs: the request is the first that is told of the call."""
    session.say("May I?")
    chosen = session.ask("c1", title="rm notes.txt", kind="execute", rawInput={"command": "rm"})
    note({"chosen": chosen})
    if chosen == "yes":
        session.tool("c1", status="in_progress")
        session.tool("c1", status="completed")
        session.say("Done.")
    else:
        text = {"type": "content", "content": {"type": "text", "text": "refused by the user"}}
        session.tool("c1", status="failed", content=[text])
        session.say("Then not.")


def twice(session: Session) -> None:
    """Ask two times for one call, and say more while a request is open."""
    for _ in range(2):
        session.ask("c1", title="Two steps", kind="execute")
    session.tool("c1", status="completed")


def beside(session: Session) -> None:
    """Go on with another call while a request is open."""
    asking = threading.Thread(target=lambda: note({"chosen": session.ask("c1", title="One")}))
    asking.start()
    session.tool("c2", first=True, title="Other", status="completed")
    session.tool("c1", status="in_progress", title="One, renamed")
    session.say("Meanwhile.")
    asking.join()
    session.tool("c1", status="completed")


def forever(session: Session) -> None:
    while not _cancelled.wait(0.01):
        session.say("on ")


def deaf(session: Session) -> None:
    """Take no notice of a cancel."""
    session.say("I go on.")
    while True:
        time.sleep(1)


def slow(session: Session) -> None:
    """Take a while to end after a cancel, and say more meanwhile."""
    session.say("Working.")
    _cancelled.wait()
    time.sleep(0.5)
    session.say("Too late.")
    note({"ended": time.monotonic()})


def family(session: Session) -> None:
    """Start a process that leaves the group, and another that stays."""
    nap = [sys.executable, "-c", "import time; time.sleep(600)"]
    ignore = [sys.executable, "-c", _IGNORANT]
    away = subprocess.Popen(nap, start_new_session=True)
    stays = subprocess.Popen(ignore)
    session.say(f"{os.getpid()} {away.pid} {stays.pid}")


_IGNORANT = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


def die(session: Session) -> None:
    session.say("Half an ")
    sys.stderr.write(f"panic: key={os.environ.get('FAKE_SECRET')} is bad\n")
    sys.stderr.flush()
    os._exit(3)


def shut(session: Session) -> None:
    """Close the pipe and stay."""
    session.say("Bye.")
    os.close(1)


def garbage(session: Session) -> None:
    for line in ("warning: strange", "[1, 2]", '{"half": ', "", "null", '"text"'):
        raw(line)
    write({"method": "session/update", "params": {"sessionId": session.name, "update": 5}})
    unknown = {"sessionUpdate": "from_the_future", "x": 1}
    write({"method": "session/update", "params": {"sessionId": session.name, "update": unknown}})
    write({"method": "own/notice", "params": {}})
    write({"id": 7, "method": "fs/read_text_file", "params": {"path": "/etc/passwd"}})
    write({"id": 8, "method": "session/request_permission", "params": {}})
    nothing = {"sessionId": session.name, "toolCall": {"toolCallId": "c0"}, "options": []}
    write({"id": 9, "method": "session/request_permission", "params": nothing})
    other = {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "other"}}
    write({"method": "session/update", "params": {"sessionId": "another", "update": other}})
    session.say("Still here.")


def huge(session: Session) -> None:
    session.say("x" * 5_000_000)


def endless_line(session: Session) -> None:
    piece = "x" * 1_000_000
    for _ in range(40):
        sys.stdout.write(piece)
    sys.stdout.flush()
    time.sleep(60)


def echo(session: Session) -> None:
    session.say("what you said", "user_message_chunk")
    session.say("What I say.")


def output(session: Session) -> None:
    """A tool whose output grows with each update."""
    text = ""
    session.tool("c1", first=True, title="Build", kind="execute", status="in_progress")
    for number in range(200):
        text += f"line {number} " * 100
        content = [{"type": "content", "content": {"type": "text", "text": text}}]
        session.tool("c1", status="in_progress", content=content)
    session.tool("c1", status="completed")


def modes(session: Session) -> None:
    session.update("current_mode_update", currentModeId="yolo")
    command = {"name": "init", "description": "Begin"}
    session.update("available_commands_update", availableCommands=[command])
    session.say("Changed.")


PLAYS: dict[str, Callable[[Session], None]] = {
    play.__name__: play
    for play in (
        hello,
        think,
        show,
        plan,
        tool,
        ask,
        twice,
        beside,
        forever,
        deaf,
        slow,
        family,
        die,
        shut,
        garbage,
        huge,
        endless_line,
        echo,
        output,
        modes,
    )
}
STOPS = {"max_tokens", "max_turn_requests", "refusal"}

sessions: dict[str, Session] = {}


def prompt(number: int, params: dict[str, Any]) -> None:
    try:
        play(number, params)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def play(number: int, params: dict[str, Any]) -> None:
    session = sessions[params["sessionId"]]
    texts = [block["text"] for block in params["prompt"] if block["type"] == "text"]
    session.past.append(
        {"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": texts[-1]}}
    )
    word = texts[-1].split()[-1]
    if word == "error":
        text = f"upstream said 401 with {os.environ.get('FAKE_SECRET')}"
        data = {"details": text}
        write({"id": number, "error": {"code": -32603, "message": "Internal error", "data": data}})
        return
    PLAYS.get(word, hello)(session)
    session.save()
    session.used += 100
    cost = {"amount": session.used / 1000, "currency": "USD"}
    write_update = {"sessionUpdate": "usage_update", "used": 50, "size": 1000, "cost": cost}
    write(
        {"method": "session/update", "params": {"sessionId": session.name, "update": write_update}}
    )
    reason = "cancelled" if _cancelled.is_set() else word if word in STOPS else "end_turn"
    usage = {"totalTokens": session.used, "inputTokens": session.used - 10, "outputTokens": 10}
    write({"id": number, "result": {"stopReason": reason, "usage": usage}})


def opened(session: Session) -> dict[str, Any]:
    sessions[session.name] = session
    return {"modes": MODES, "configOptions": session.options()}


def new_session(params: dict[str, Any]) -> dict[str, Any]:
    count = len(list(HOME.glob("s*.json")))
    session = Session(f"s{count}")
    session.save()
    return {"sessionId": session.name, **opened(session)}


def load_session(params: dict[str, Any]) -> dict[str, Any]:
    session = Session(params["sessionId"])
    for update in session.past:
        told = {"sessionId": session.name, "update": update}
        write({"method": "session/update", "params": told})
    return opened(session)


def set_option(params: dict[str, Any]) -> dict[str, Any]:
    session = sessions[params["sessionId"]]
    session.model = params["value"]
    return {"configOptions": session.options()}


def initialize(params: dict[str, Any]) -> dict[str, Any]:
    if "--silent" in FLAGS:
        raw("Please choose a theme")
        time.sleep(600)
    return {
        "protocolVersion": 9 if "--future" in FLAGS else 1,
        "agentCapabilities": {
            "loadSession": "--forgetful" not in FLAGS,
            "promptCapabilities": {"image": True},
        },
        "authMethods": [{"id": "x", "name": "Log in", "description": "Run `fake login`"}],
        "agentInfo": {"name": "fake", "version": "1"},
    }


REQUESTS = {
    "initialize": initialize,
    "session/new": new_session,
    "session/load": load_session,
    "session/set_mode": lambda params: {},
    "session/set_config_option": set_option,
}


def answer(message: dict[str, Any]) -> None:
    method, number = message["method"], message["id"]
    if method == "session/new" and "--locked" in FLAGS:
        write({"id": number, "error": {"code": -32000, "message": "Authentication required"}})
    elif method == "session/load" and "--lossy" in FLAGS:
        write({"id": number, "error": {"code": -32002, "message": "no such session"}})
    else:
        write({"id": number, "result": REQUESTS[method](message["params"])})


def hear(message: dict[str, Any]) -> None:
    method = message.get("method")
    if method is None:
        if message["id"] in _answers:
            _answers[message["id"]].put(message.get("result"))
    elif method == "session/cancel":
        _cancelled.set()
    elif method == "session/prompt":
        _cancelled.clear()
        job = threading.Thread(target=prompt, args=(message["id"], message["params"]), daemon=True)
        job.start()
    else:
        answer(message)


def main() -> None:
    if "--crash" in FLAGS:
        sys.exit("cannot read the configuration")
    if "--stubborn" in FLAGS:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note({"pid": os.getpid(), "cwd": str(Path.cwd()), "argv": sys.argv[1:]})
    for line in sys.stdin:
        message = json.loads(line)
        note(message)
        hear(message)
    while "--stubborn" in FLAGS:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    main()
