"""A real llama.cpp server in a child process, which plays a scripted model.

Run as a program it is the child: it serves the file that it is given until its standard
input ends, so it never outlives the tests.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
from jupyterprocess import wait_for
from scriptedgguf import SCRIPTS, Script, write_model

KEY = "sk-test-5fGh81LmQz07Xw"
MODEL = "scripted"


class ModelServer:
    """An OpenAI-compatible server at `base_url`, whose `key` it asks for.

    `window` is the number of tokens that each of its two slots takes; a character that
    is in no script is a token. After `kill` the next `start` serves the same address.
    """

    key = KEY
    model = MODEL

    def __init__(
        self, folder: Path, scripts: Sequence[Script] = SCRIPTS, window: int = 32768
    ) -> None:
        self._file = folder / "scripted.gguf"
        self._log = folder / "modelserver.log"
        self._window = window
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        write_model(self._file, scripts, window)

    @property
    def address(self) -> str:
        """Where llama.cpp's own routes are."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def base_url(self) -> str:
        """Where OpenAI's routes are."""
        return f"{self.address}/v1"

    def start(self) -> None:
        """Serve, and wait until it answers."""
        command = [sys.executable, __file__, str(self._file), str(self._port), str(self._window)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        if not line.startswith("http"):
            self.kill()
            raise RuntimeError(f"the model server did not start:\n{self._log.read_text()}")
        self._port = int(line.rpartition(":")[2])
        wait_for("the model", lambda: self._get("/health").get("status") == "ok")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def stop(self) -> None:
        """Let it hang: it keeps its connections and says nothing more."""
        self._signal(signal.SIGSTOP)
        assert self._process is not None
        # until the last of its threads stands still, it may answer
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)

    def cont(self) -> None:
        """Let it go on after `stop`."""
        self._signal(signal.SIGCONT)

    def busy(self) -> int:
        """How many answers it is writing."""
        return sum(slot["is_processing"] for slot in self._get("/slots"))

    def _signal(self, what: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(what)

    def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.get(self.address + path, headers=headers, timeout=10, trust_env=False).json()


@contextlib.contextmanager
def model_server(
    folder: Path, scripts: Sequence[Script] = SCRIPTS, window: int = 32768
) -> Iterator[ModelServer]:
    """A server that runs, and is gone afterwards."""
    server = ModelServer(folder, scripts, window)
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _serve(file: str, port: int, window: int) -> None:
    import xllamacpp  # type: ignore[import-untyped]  # noqa: PLC0415  (in the child only)

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.model_alias = {MODEL}
    params.port = port
    params.n_parallel = 2
    params.n_ctx = window * 2
    params.api_keys = [KEY]
    params.endpoint_slots = True
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
