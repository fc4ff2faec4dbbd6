"""The core within a kernel: in a thread of its own, from the first request to the kernel's end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT
from desks import Page
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from jupyterprocess import PLUGIN, wait_for

from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.embedded import Embedded, shown
from jupyter_chatcore.store import Store


@pytest.mark.asyncio
async def test_it_starts_when_asked_and_ends_with_its_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    core = Embedded(tmp_path / "chats.sqlite")
    page = Page(core.take)
    assert not (tmp_path / "chats.sqlite").exists()
    await page.ask("open", {"title": "Ideas"}, session=CHAT)
    watch = page.begin("watch", {"after": 0}, session=CHAT)
    await page.ask("ask", {"text": "/help"}, session=CHAT)
    await page.until(lambda: any('"done"' in answer["body"] for answer in page.of(watch)[2:]))
    core.close()
    core.close()
    left = [thread.name for thread in threading.enumerate() if thread not in before]
    assert not [name for name in left if name in ("chatcore", "chatcore-writer")]


@pytest.mark.asyncio
async def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    core = Embedded(tmp_path / "file" / "chats.sqlite")
    page = Page(core.take)
    error = await page.ask("open", {}, session=CHAT)
    assert error["code"] == "store_read_only"
    core.close()


def test_a_path_is_shown_as_its_user_writes_it() -> None:
    assert shown(Path.home() / "a" / "b.sqlite") == "~/a/b.sqlite"
    assert shown(Path("/data/b.sqlite")) == str(Path("/data/b.sqlite"))


def test_it_needs_no_server() -> None:
    code = "import sys, json, jupyter_chatcore.desk; print(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    found = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not found & {"tornado", "jupyter_server", "IPython", "anywidget", "traitlets"}


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel whose chats are in the test's folder, with the scripted assistant."""
    paths = os.pathsep.join([str(PLUGIN), os.environ.get("PYTHONPATH", "")])
    private = {"IPYTHONDIR": tmp_path, "JUPYTER_DATA_DIR": tmp_path / "data", "PYTHONPATH": paths}
    env = os.environ | {name: str(value) for name, value in private.items()}
    manager, client = start_new_kernel(env=env)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


class Comm:
    """A widget in a kernel, as its page talks to it."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.answers: list[dict[str, Any]] = []
        self.id = ""

    def show(self, code: str) -> None:
        """Run a cell that makes a chat."""
        self.client.execute(code)
        wait_for("the widget", lambda: self.read() and self.id)

    def read(self) -> bool:
        """Take in one message, if there is one."""
        message = self.client.get_iopub_msg(timeout=30)
        content = message["content"]
        if message["msg_type"] == "comm_open" and "session" in content["data"]["state"]:
            self.id = content["comm_id"]
        elif message["msg_type"] == "comm_msg" and content["data"]["method"] == "custom":
            self.answers.append(content["data"]["content"])
        return True

    def send(self, content: dict[str, Any]) -> None:
        """Send what the page would."""
        body = {"comm_id": self.id, "data": {"method": "custom", "content": content}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", body))

    def ask(self, request: str, verb: str, body: object = None, **more: object) -> None:
        """Ask for something, and wait until the kernel has answered."""
        text = json.dumps(body or {})
        self.send({"kind": "request", "request": request, "verb": verb, "body": text, **more})
        wait_for(verb, lambda: self.read() and set(self.states(request)) - {"taken"})

    def states(self, request: str) -> list[str]:
        """The states of what was answered to a request."""
        return [a["state"] for a in self.answers if a.get("request") == request]


def test_an_answer_goes_on_while_a_cell_runs_and_is_interrupted_with_its_kernel(
    kernel: tuple[KernelManager, BlockingKernelClient], tmp_path: Path
) -> None:
    manager, client = kernel
    comm = Comm(client)
    comm.show("from jupyter_chatcore import Chat; chat = Chat('ideas'); chat")
    comm.ask("1", "open", {"assistant": "scripted"}, session="ideas")
    comm.ask("2", "watch", {"after": 0}, session="ideas")
    assert comm.states("1") == ["taken", "done"]
    comm.ask("3", "ask", {"text": "stream 2000 20ms"}, session="ideas")
    client.execute("import time; time.sleep(600)")
    known = len(comm.states("2"))
    wait_for("events while a cell runs", lambda: comm.read() and len(comm.states("2")) > known + 10)
    manager.interrupt_kernel()
    manager.shutdown_kernel(restart=True)
    store = Store(DatabaseConfig(path=tmp_path / "data" / "chatcore" / "chats.sqlite"))
    page = store.get_messages("ideas")
    store.close()
    assert [message.status for message in page.messages] == ["done", "interrupted"]
    assert list((tmp_path / "data" / "chatcore").glob("*.owners/*")) == []
