"""`jupyter chat` as a shell runs it: in a process of its own, piped or on a terminal."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jupyterprocess import JupyterProcess

COMMAND = (sys.executable, "-m", "jupyter_chatcore.cli")
PATIENCE = 120


@dataclass
class Shell:
    """Runs the command in the folder of a server, which it finds by that."""

    server: JupyterProcess
    folder: Path | None = None
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The server's, with the settings of the test."""
        plain = {"PYTHONUNBUFFERED": "1", "NO_COLOR": ""}  # who tests may want no colours
        return {**self.server.environment(), **plain, **self.more}

    def __call__(self, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run it to its end, its output piped; nothing is piped in unless `stdin` is given."""
        return subprocess.run(
            [*COMMAND, *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.environment,
            cwd=self.folder or self.server.root,
            timeout=PATIENCE,
            check=False,
            **({"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}),
        )

    def said(self, *words: str, stdin: str | None = None) -> str:
        """What it writes where all is well."""
        done = self(*words, stdin=stdin)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def started(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """It, while it runs; its output is piped."""
        process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.server.root,
        )
        with process:
            yield process
            process.wait(PATIENCE)

    def on_a_terminal(self, *words: str) -> str:
        """What it writes to a terminal, of 80 columns."""
        ours, its = pty.openpty()
        process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=its,
            stdout=its,
            stderr=its,
            env={**self.environment, "COLUMNS": "80", "TERM": "xterm"},
            cwd=self.server.root,
        )
        os.close(its)
        told = b""
        # a terminal that nobody writes to any more ends with an error
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 4096):
                told += piece
        os.close(ours)
        process.wait(PATIENCE)
        return told.decode()
