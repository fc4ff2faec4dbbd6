"""A real Jupyter server as a child process: startable, killable, startable again."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

PLUGIN = Path(__file__).parent / "e2e" / "plugin"
MODULES = {"lab": "jupyterlab", "notebook": "notebook", "server": "jupyter_server"}
START_TIMEOUT = 90.0
BARE = (
    '--ServerApp.jpserver_extensions={"jupyter_chatcore": True, "jupyterlab": False,'
    ' "notebook": False, "jupyter_lsp": False, "notebook_shim": False,'
    ' "jupyter_server_terminals": False}'
)
"""The option for a server that has no other extension."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, ready: Callable[[], Any], timeout: float = 30.0) -> Any:
    """The first true answer of `ready`, asked twenty times a second.

    Raises:
        TimeoutError: it had none within `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while not (answer := ready()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout:.0f} s for {what}")
        time.sleep(0.05)
    return answer


class JupyterProcess:
    """A server with folders of its own; `root` is what its users see.

    The token stays on, as users have it. After `kill` or `stop` the next `start`
    serves the same port, token, folders and chats.
    """

    def __init__(self, home: Path, app: str = "lab", *options: str) -> None:
        self.home = home
        self.root = home / "work"
        self.port = free_port()
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{self.port}/"
        self.command = [sys.executable, "-m", MODULES[app], *self._options(), *options]
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"token {self.token}"},
            timeout=30,
            trust_env=False,
            verify=False,
        )
        self.root.mkdir(parents=True, exist_ok=True)

    def _options(self) -> list[str]:
        as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        return [
            "--no-browser",
            *as_root,
            f"--ServerApp.root_dir={self.root}",
            f"--ServerApp.port={self.port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.ip=127.0.0.1",
            f"--IdentityProvider.token={self.token}",
        ]

    def environment(self) -> dict[str, str]:
        """The server's: the user's own settings and chats stay out of it."""
        private = {
            "HOME": self.home,
            "IPYTHONDIR": self.home / "ipython",
            "JUPYTER_CONFIG_DIR": self.home / "config",
            "JUPYTER_DATA_DIR": self.home / "data",
            "JUPYTER_RUNTIME_DIR": self.home / "runtime",
            "PYTHONPATH": os.pathsep.join([str(PLUGIN), os.environ.get("PYTHONPATH", "")]),
        }
        # JUPYTER_PATH says where the front end under test is, when it is not the installed one
        foreign = [
            k for k in os.environ if k.startswith(("JPY_", "JUPYTER_")) and k != "JUPYTER_PATH"
        ]
        kept = {k: v for k, v in os.environ.items() if k not in foreign}
        return kept | {name: str(value) for name, value in private.items()}

    def start(self) -> None:
        """Run it, and wait until it answers."""
        log = (self.home / "server.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                self.command, env=self.environment(), cwd=self.root, stdout=log, stderr=log
            )
        wait_for("the server's answer", self._answers, START_TIMEOUT)

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{self.log()}")
        with contextlib.suppress(httpx.TransportError):
            return self.http.get("api/status").is_success
        return False

    def kill(self) -> None:
        """End it as a power cut would; its kernels notice and end too."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait for it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def close(self) -> None:
        """Stop it and let go of everything; how it ends is no matter of the test any more."""
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            # now and then a worker thread of AnyIO's, which Jupyter uses, outlives its loop
            self.kill()
        self.http.close()

    def log(self) -> str:
        """What it has logged since its first start."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """An HTTP request's JSON answer."""
        response = self.http.request(method, path, json=body, **options)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def messages(self, session: str) -> list[dict[str, Any]]:
        """All that is stored of a chat's branch, oldest first, page by page."""
        found: list[dict[str, Any]] = []
        before = ""
        while True:
            path = f"chatcore/chat/{session}/messages?limit=200{before}"
            page = self.call("GET", path)
            found[:0] = page["messages"]
            if not page.get("has_more"):
                return found
            before = f"&before={page['before']}"

    def post(self, session: str, text: str) -> dict[str, Any]:
        """Ask a question without waiting for the answer; the ids."""
        headers = {"Accept": "application/json"}
        posted = self.call("POST", f"chatcore/chat/{session}", {"text": text}, headers=headers)
        assert isinstance(posted, dict)
        return posted

    def write_notebook(self, name: str, *cells: str) -> Path:
        """A notebook of code cells in the server's root."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_notebook(cells)), encoding="utf-8")
        return path

    def address(self, path: str, kind: str = "lab/tree") -> str:
        """The page of a file; the token logs in as a user's first link does."""
        return f"{self.url}{kind}/{quote(path)}?reset&token={self.token}"


def _notebook(cells: tuple[str, ...]) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    blank: dict[str, Any] = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": [blank | {"id": f"c{i}", "source": source} for i, source in enumerate(cells)],
    }


@contextlib.contextmanager
def running(home: Path, app: str = "lab", *options: str) -> Iterator[JupyterProcess]:
    """A server that runs, and is gone afterwards."""
    server = JupyterProcess(home, app, *options)
    try:
        server.start()
        yield server
    finally:
        server.close()
