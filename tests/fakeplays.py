"""What the small agent in `fakeagent` does for each word that a prompt can end with."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from fakesession import PICTURE, Session, cancelled, note, raw, write


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
    while not cancelled.wait(0.01):
        session.say("on ")


def deaf(session: Session) -> None:
    """Take no notice of a cancel."""
    session.say("I go on.")
    while True:
        time.sleep(1)


def slow(session: Session) -> None:
    """Take a while to end after a cancel, and say more meanwhile."""
    session.say("Working.")
    cancelled.wait()
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
