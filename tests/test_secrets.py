"""No key gets anywhere but to its own server: a real server, asked through every failure.

The model server here sends back whatever key it is shown, in every kind of refusal, and
the agent prints its whole environment. Afterwards everything that was sent, stored and
logged is searched for the keys.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from jupyterprocess import JupyterProcess
from kernels import opened, run
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

pytestmark = pytest.mark.asyncio

KEYS = {
    "openai": "sk-proj-Zq81LmQz07XwBv55",
    "anthropic": "sk-ant-api03-7Hq2mPzL",
    # one that looks like no key, and is in the server's configuration
    "mine": "correct.horse.battery",
    # one of an agent, in the server's configuration as well
    "printer": "staple-of-the-agent",
}
ENVIRONMENT = {"OPENAI_API_KEY": KEYS["openai"], "ANTHROPIC_API_KEY": KEYS["anthropic"]}
PRINTER = "import os, sys; print(dict(os.environ), file=sys.stderr); sys.exit(3)"
CONFIG = """
c.ChatcoreApp.models = {{
    "openai": {{"base_url": "{url}/v1", "model": "m"}},
    "anthropic": {{"base_url": "{url}", "model": "m"}},
    "mine": {{"base_url": "{url}/v1", "model": "m", "key": "{mine}"}},
}}
c.ChatcoreApp.agents = {{
    "printer": {{"command": [{python!r}, "-c", {printer!r}], "env": {{"PRINTER_KEY": "{agent}"}}}}
}}
"""
REFUSALS = (400, 401, 402, 403, 404, 413, 418, 429, 500, 503, 529)
STREAMS = ("garbage", "event", "cut", "nothing", "said")


def chunk(text: str) -> str:
    """A piece of an answer as OpenAI's servers send it."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    kind = "chat.completion.chunk"
    answer = {"id": "a", "object": kind, "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(answer)}\n\n"


class Echo(BaseHTTPRequestHandler):
    """Answers as the question says, and sends back the key that it was shown."""

    seen: set[str]

    def do_POST(self) -> None:
        """A question: `fault-401` in it is what comes of it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = re.findall(rb"fault-(\w+)", body)[-1].decode()
        if fault.isdigit():
            self._refuse(int(fault))
        else:
            self._stream(fault)

    def do_GET(self) -> None:
        """What it serves: nothing."""
        self._refuse(401)

    @property
    def _shown(self) -> str:
        found = self.headers["Authorization"] or self.headers["X-Api-Key"] or ""
        key = found.removeprefix("Bearer ")
        self.seen.add(key)
        return key

    def _refuse(self, status: int) -> None:
        key = self._shown
        words = f"No {key}, and no Authorization: Bearer {key}"
        body = json.dumps({"type": "error", "error": {"type": key, "message": words, "code": key}})
        self._begin(status, "application/json")
        self.wfile.write(body.encode())

    def _stream(self, fault: str) -> None:
        key = self._shown
        self._begin(200, "text/event-stream")
        said = {
            "garbage": f"data: {{{key}\n\n",
            "event": f'event: error\ndata: {{"error": {{"type": "a", "message": "{key}"}}}}\n\n',
            "cut": f'data: {{"id": "{key}", "cho',
            "nothing": "",
            "said": chunk(f"it is {key[:5]}") + chunk(key[5:]),
        }
        self.wfile.write(said[fault].encode())

    def _begin(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Retry-After", "0")
        self.send_header("X-Request-Id", self._shown)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the tests' own output."""


@pytest.fixture(scope="module")
def echo() -> Iterator[ThreadingHTTPServer]:
    """The model server."""
    handler = type("Handler", (Echo,), {"seen": set[str]()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def server(
    echo: ThreadingHTTPServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterProcess]:
    """A Jupyter server with all keys, that logs all that it can."""
    made = JupyterProcess(tmp_path_factory.mktemp("server"), "server", "--log-level=DEBUG")
    (made.home / "config").mkdir()
    config = CONFIG.format(
        url=f"http://127.0.0.1:{echo.server_port}",
        mine=KEYS["mine"],
        agent=KEYS["printer"],
        python=sys.executable,
        printer=PRINTER,
    )
    (made.home / "config" / "jupyter_server_config.py").write_text(config, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, key in ENVIRONMENT.items():
            patch.setenv(name, key)
        made.start()
    yield made
    made.close()


class Wire:
    """All that a client of the server is sent: bodies, headers, frames."""

    def __init__(self, server: JupyterProcess) -> None:
        self.received: list[str] = []
        self._server = server
        server.http.event_hooks = {"response": [self._note]}

    def _note(self, response: httpx.Response) -> None:
        self.received += [response.read().decode(errors="replace"), str(response.headers)]

    def ask(self, session: str, text: str) -> dict[str, Any]:
        """The error that an answer ends with, whose stream is read to its end."""
        answer = self._server.http.post(f"chatcore/chat/{session}", json={"text": text}, timeout=60)
        *_, last = answer.text.strip().split("\n\n")
        assert "event: error" in last, last
        error: dict[str, Any] = json.loads(last.partition("data: ")[2])
        return error

    async def tab(self, session: str) -> WebSocketClientConnection:
        """A tab that shows the chat."""
        address = f"ws{self._server.url.removeprefix('http')}chatcore/chat/{session}/ws?after=0"
        headers = {"Authorization": f"token {self._server.token}"}
        return await websocket_connect(HTTPRequest(address, headers=headers))

    async def hear(self, tab: WebSocketClientConnection, mid: int) -> None:
        """All frames until the end of an answer."""
        async with asyncio.timeout(30):
            while True:
                frame = str(await tab.read_message())
                self.received.append(frame)
                if any(is_end(event, mid) for event in json.loads(frame)):
                    return


def is_end(event: dict[str, Any], mid: int) -> bool:
    """Whether the event ends the message."""
    message = event["change"].get("message")
    return isinstance(message, dict) and message["id"] == mid and message["status"] != "streaming"


def save_widget(server: JupyterProcess) -> None:
    """Run a notebook with a chat in it, and save it with what it shows."""
    source = "from jupyter_chatcore import Chat\nChat('openai')"
    server.write_notebook("chat.ipynb", source)
    notebook = server.call("GET", "api/contents/chat.ipynb")
    with opened(server, "chat.ipynb") as kernel:
        outputs = run(kernel, source)
    assert "application/vnd.jupyter.widget-view+json" in outputs[0]["data"]
    notebook["content"]["cells"][0]["outputs"] = [
        {"output_type": "display_data", "data": each["data"], "metadata": {}} for each in outputs
    ]
    server.call("PUT", "api/contents/chat.ipynb", notebook)


def kept(server: JupyterProcess) -> Iterator[tuple[Path, str]]:
    """All that the server has written anywhere: chats, logs, notebooks, run-time files."""
    for path in server.home.rglob("*"):
        if path.is_file() and path.name != "jupyter_server_config.py":
            text = path.read_bytes().decode(errors="replace")
            # traitlets logs the whole configuration at the level of debugging, as the README says
            yield path, re.sub(r"^.*Config changed: .*$", "", text, flags=re.MULTILINE)


async def test_no_key_gets_anywhere_but_to_its_server(
    server: JupyterProcess, echo: ThreadingHTTPServer
) -> None:
    wire = Wire(server)
    codes = {}
    for name in KEYS:
        await asyncio.to_thread(
            server.call, "PUT", f"chatcore/sessions/{name}", {"assistant": name}
        )
        tab = await wire.tab(name)
        faults = [*map(str, REFUSALS), *STREAMS] if name != "printer" else ["agent"]
        for fault in faults:
            error = await asyncio.to_thread(wire.ask, name, f"do fault-{fault}")
            codes[name, fault] = error["code"]
            await wire.hear(tab, error["id"])
        tab.close()
    await asyncio.to_thread(server.call, "GET", "chatcore/assistants")
    await asyncio.to_thread(server.call, "GET", "chatcore/search?q=fault")
    await asyncio.to_thread(save_widget, server)
    assert "assistant_failed" not in codes.values(), codes
    # the test is one only where the keys were shown and sent back
    assert set(KEYS.values()) - {KEYS["printer"]} <= echo.RequestHandlerClass.seen  # type: ignore[attr-defined]
    assert any("it is [hidden]" in text for text in wire.received)
    files = dict(kept(server))
    assert {"chats.sqlite", "server.log", "chat.ipynb"} <= {path.name for path in files}
    for name, key in KEYS.items():
        assert [text for text in wire.received if key in text] == [], name
        assert [path for path, text in files.items() if key in text] == [], name
