"""Start the model's process, end it, and say why it ended by itself."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

import msgspec

from ..base import AssistantError
from ..secrets import without_secrets
from .modelfile import ModelFile
from .request import Serve, Serving

LAST_WORDS = 4096
"""Bytes of what it wrote last that are looked at when it ended."""
END_SECONDS = 5.0
"""How long a killed process may take to give its memory back."""

_ROOT = str(Path(__file__).resolve().parents[3])
# appended to the path, so that this package is found where it is not installed, and hides nothing
_START = f"import sys; sys.path.append({_ROOT!r}); from {__package__}.server import main; main()"
_NO_MEMORY = re.compile(r"bad_alloc|out of memory|failed to allocate|cannot allocate", re.I)
_REASON = re.compile(r" E [\w ]+: (?:error loading model: )?(.+)")
_KILLED = None if sys.platform == "win32" else -signal.SIGKILL


class Child:
    """One process that serves one model file, from `load` to `end`."""

    def __init__(self, file: ModelFile, asked: Serve) -> None:
        self.key = asked.key
        self._file = file
        self._asked = asked
        # a file and no pipe: nobody has to read it for the process to go on
        self._words: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `end`)
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process's number, None before its start."""
        return self._process.pid if self._process is not None else None

    def load(self) -> str:
        """Start it and load the model; the address that it is served at.

        It takes as long as the file takes to be read: call it in a thread.

        Raises:
            AssistantError: `out_of_memory` or `bad_model`, where it cannot be loaded.
        """
        try:
            return self._load()
        except BaseException:
            self.end()
            raise

    def has_ended(self, seconds: float = 0) -> bool:
        """Whether the process is gone, by itself or not, within so many seconds."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return self._ended or (self._process is not None and self._process.returncode is not None)

    def end(self) -> None:
        """End it at once, whatever it does. Call it in a thread: its memory takes a while."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                for pipe in filter(None, (self._process.stdin, self._process.stdout)):
                    pipe.close()
            self._words.close()

    def died(self) -> AssistantError:
        """What the user is told where it has ended by itself in mid-answer."""
        return AssistantError(
            "model_died",
            f"The process of {self._file.name} ended in mid-answer: {self._ending()}."
            " Ask again, and it is loaded anew.",
        )

    def _load(self) -> str:
        with self._lock:
            process = self._start()
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(_answer(process, self._asked), type=Serving).address
        self.has_ended(END_SECONDS)
        raise self._cannot_load(process.returncode)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._ended:
            raise AssistantError("bad_model", "The server is stopping.")
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        self._process = subprocess.Popen(
            # -P: a file random.py beside the notebook must not be imported here
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            start_new_session=sys.platform != "win32",
            creationflags=flags,
        )
        return self._process

    def _cannot_load(self, code: int | None) -> AssistantError:
        name, words = self._file.name, self._last_words()
        if code == _KILLED or _NO_MEMORY.search(words):
            return AssistantError(
                "out_of_memory",
                f"There is not enough memory for {name} with a window of {self._asked.window}"
                " tokens. Choose a smaller file, or a smaller `window`, in the server's setting"
                " `ChatcoreApp.local_model`.",
            )
        why = self._why(words) or f"its process ended with status {code}"
        return AssistantError("bad_model", f"{name} cannot be loaded: {why}.")

    def _ending(self) -> str:
        if self._ended:
            return "it had hung in another chat"
        code = self._process.returncode if self._process is not None else None
        if code == _KILLED:
            return "it was killed, as the system does where memory runs out"
        return self._why(self._last_words()) or f"status {code}"

    def _why(self, words: str) -> str:
        """The first error that it wrote, else its last line, without the file's folder."""
        lines = _REASON.findall(words)[:1] or words.strip().splitlines()[-1:]
        plain = "".join(lines).replace(str(self._file.path), self._file.name)
        return without_secrets(plain.replace(self.key, "")).rstrip(".")

    def _last_words(self) -> str:
        self._words.seek(0, 2)
        self._words.seek(max(0, self._words.tell() - LAST_WORDS))
        return self._words.read().decode(errors="replace")


def _answer(process: subprocess.Popen[bytes], asked: Serve) -> bytes:
    """The line that the process says once it serves, nothing where it ends before."""
    assert process.stdin is not None
    assert process.stdout is not None
    # stdin stays open: its end tells the process that the server is gone
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(msgspec.json.encode(asked) + b"\n")
        process.stdin.flush()
    return process.stdout.readline()
