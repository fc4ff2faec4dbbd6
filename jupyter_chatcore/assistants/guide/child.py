"""Start, bound and end the reader's process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from ..threads import in_thread
from .entry import Read, Request, Seen

GRACE = 2.0
"""Seconds beyond its own limit that a process gets before it is killed."""

_ROOT = str(Path(__file__).resolve().parents[3])
# appended to the path, so that this package is found where it is not installed, and hides nothing
_START = f"import sys; sys.path.append({_ROOT!r}); from {__package__}.reader import main; main()"
_QUIET = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}


class ChildFailed(Exception):
    """The process gave no answer; the text says why."""


class Child:
    """One process, for one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._lock = threading.Lock()

    async def ask(self) -> Seen:
        """The answer. When the caller is cancelled, the process is killed.

        Raises:
            ChildFailed: it crashed, took too long, or was killed.
        """
        answer = in_thread(self._run, "chatcore-reader")
        try:
            async with asyncio.timeout(self._request.seconds + GRACE):
                return await asyncio.shield(answer)
        except TimeoutError:
            raise ChildFailed(self._too_long()) from None
        finally:
            self.kill()
            answer.add_done_callback(_heard)

    def kill(self) -> None:
        """End the process and all that it started; it may have ended already."""
        with self._lock:
            self._killed = True
            if self._process is not None:
                _kill_tree(self._process)

    def _run(self) -> Seen:
        with self._lock:
            if self._killed:
                raise ChildFailed("it was stopped")
            process = self._process = _popen(low=isinstance(self._request, Read))
        with process:
            said = _converse(process, msgspec.json.encode(self._request) + b"\n")
        return self._understood(said, process.returncode)

    def _understood(self, said: bytes, code: int) -> Seen:
        if said:
            with contextlib.suppress(msgspec.DecodeError):
                return msgspec.json.decode(said, type=Seen)
        if self._killed:
            raise ChildFailed("it was stopped")
        # the process's own timer ends it with status 1, as nothing else does
        raise ChildFailed(self._too_long() if code == 1 else f"it crashed (status {code})")

    def _too_long(self) -> str:
        return f"it took longer than {self._request.seconds:g} s"


def _converse(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ChildFailed("it has no pipes")
    # stdin stays open until the answer is there: its end tells the child that the server is gone
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(request)
        process.stdin.flush()
    return process.stdout.read()


def _popen(low: bool) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        flags |= subprocess.BELOW_NORMAL_PRIORITY_CLASS if low else 0
    return subprocess.Popen(
        # -P: a file random.py beside the notebook must not be imported here
        [sys.executable, "-P", "-W", "ignore", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_QUIET},
        start_new_session=sys.platform != "win32",
        creationflags=flags,
    )


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        if process.poll() is None:
            tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
            subprocess.run(tree, capture_output=True, check=False)
        return
    # the group outlives its leader: what the child started is ended with it
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _heard(answer: asyncio.Future[Seen]) -> None:
    """Take notice of a late failure, so that nobody warns of one that was never looked at."""
    if not answer.cancelled():
        answer.exception()
