"""A program whose function answers, a server that goes away and comes back, and its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyterprocess import JupyterProcess, running, wait_for

PROGRAM = """
import pathlib, sys, threading
from jupyter_chatcore import assistant

@assistant("bot", url=sys.argv[1], token=sys.argv[2])
def bot(turn):
    try:
        while True:
            yield f"{turn.text} "
            if turn.text == "short":
                return
    except GeneratorExit:
        pathlib.Path("stopped").touch()
        raise

threading.Event().wait()
"""


@contextmanager
def program(server: JupyterProcess) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", PROGRAM, server.url, server.token]
    with subprocess.Popen(command, cwd=server.root) as process:
        yield process
        process.kill()


def listed(server: JupyterProcess) -> str:
    """The state of the program's function, and what is said of it."""
    assistants = server.call("GET", "chatcore/assistants")["assistants"]
    [info] = [each for each in assistants if each["name"] == "bot"] or [{"state": "unknown"}]
    return f"{info.get('state', 'ready')} {info.get('reason', '')}".strip()


def test_it_answers_again_after_the_server(tmp_path: Path) -> None:
    with running(tmp_path, "server") as server:
        with program(server):
            wait_for("the function", lambda: listed(server) == "ready")
            server.call("PUT", "chatcore/sessions/chat", {"assistant": "bot"})
            server.post("chat", "long")
            wait_for("some text", lambda: server.messages("chat")[-1]["parts"])
            server.stop()
            wait_for("the function's end", (server.root / "stopped").exists)
            server.start()
            assert server.messages("chat")[-1]["status"] == "interrupted"
            wait_for("the function again", lambda: listed(server) == "ready")
            server.post("chat", "short")
            wait_for("its answer", lambda: server.messages("chat")[-1]["status"] == "done")
            assert server.messages("chat")[-1]["parts"] == [{"type": "text", "text": "short "}]
        gone = "unreachable The program that answered as 'bot' is gone. Start it again."
        wait_for("its absence", lambda: listed(server) == gone)
