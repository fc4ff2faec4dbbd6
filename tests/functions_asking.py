"""Asks functions of real kernels through the chats of a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, running, wait_for

DEFINE = "from jupyter_chatcore import assistant"


@contextmanager
def serving(folder: Path) -> Iterator[JupyterProcess]:
    """A server in a folder, which is its own and this process's."""
    with pytest.MonkeyPatch.context() as patch, running(folder, "server") as process:
        patch.chdir(process.root)
        yield process


def asked(server: JupyterProcess, name: str, text: str = "hello") -> Callable[[], dict[str, Any]]:
    """Ask a chat of this name's own; gives its newest answer as it is by then."""
    server.call("PUT", f"chatcore/sessions/{name}", {"assistant": name})
    reply = server.post(name, text)["reply"]
    return lambda: dict(server.call("GET", f"chatcore/chat/{name}/messages/{reply}"))


def answer(server: JupyterProcess, name: str, text: str = "hello") -> dict[str, Any]:
    """The whole answer."""
    return ended(asked(server, name, text))


def ended(reply: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """An answer after its end."""
    wait_for("the end of the answer", lambda: reply()["status"] != "streaming")
    return reply()


def words(reply: dict[str, Any]) -> str:
    return "".join(part.get("text", "") for part in reply["parts"])


def said(reply: Callable[[], dict[str, Any]]) -> str:
    """What an answer says by now."""
    return words(reply())


def listed(server: JupyterProcess, name: str) -> dict[str, Any]:
    """What the list of assistants tells of one."""
    assistants = server.call("GET", "chatcore/assistants")["assistants"]
    return next((each for each in assistants if each["name"] == name), {})


def failure(kernel: BlockingKernelClient, source: str) -> tuple[str, str]:
    """The exception that a cell ends with: its type and its text."""
    content = kernel.execute_interactive(source, output_hook=lambda _: None, timeout=60)["content"]
    return content["ename"], content["evalue"]
