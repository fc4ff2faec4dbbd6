"""A process of ours: started in a group of its own, and ended with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from .threads import in_thread

LINE_LIMIT = 32 * 2**20
"""Bytes that one message of it may have."""
TERM_SECONDS = 2.0
"""How long a process that was asked to end gets before it is killed."""
MARK = "JUPYTER_CHATCORE_AGENT"
"""The variable that all processes of one tree carry, whatever group they move to."""

_TAIL = 4096
_KILL_SECONDS = 1.0
_LAST_WORDS = 0.2
# its input ends when the server does, even where that was killed and could end nothing itself
_GUARD = 'read _; kill -s KILL -- "-$1"'


class OwnProcess:
    """A running program, talked to over its standard input and output."""

    def __init__(self, process: Process, mark: str) -> None:
        self._process = process
        self._mark = mark
        self._tail = bytearray()
        self._ending: asyncio.Task[None] | None = None
        self._guard: Process | None = None
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(
        cls, command: Sequence[str], env: Mapping[str, str], folder: Path
    ) -> OwnProcess:
        """Start it in `folder`.

        Raises:
            OSError: it cannot be started.
        """
        mark = secrets.token_hex(16)
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
            env={**env, MARK: mark},
            limit=LINE_LIMIT,
            start_new_session=sys.platform != "win32",
        )
        started = cls(process, mark)
        try:
            await started._watch_over()
        except BaseException:
            await started.end()
            raise
        return started

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        return self._process.pid

    @property
    def reader(self) -> asyncio.StreamReader:
        """What it says."""
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def writer(self) -> asyncio.StreamWriter:
        """What it is told."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        return self._process.returncode

    @property
    def last_words(self) -> str:
        """The end of what it wrote to its standard error; it may hold secrets."""
        return self._tail.decode(errors="replace").strip()

    async def wait(self, seconds: float) -> None:
        """Wait for its end and its last words, `seconds` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
                await asyncio.wait({self._listening}, timeout=_LAST_WORDS)

    async def end(self) -> None:
        """End it and all that it started; it may have ended already."""
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        self.writer.close()
        self._ask_to_end()
        await self.wait(TERM_SECONDS)
        await in_thread(lambda: _kill_all(self.pid, self._mark), "chatcore-process-end")
        await self.wait(_KILL_SECONDS)
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            await self._guard.wait()
        await self._drain()

    async def _watch_over(self) -> None:
        """Have its group killed when this process is gone; the guard carries the mark too."""
        if sys.platform != "win32":
            self._guard = await asyncio.create_subprocess_exec(
                *("/bin/sh", "-c", _GUARD, "sh", str(self.pid)),
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env={MARK: self._mark},
                start_new_session=True,
            )

    def _ask_to_end(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.terminate()
            else:
                os.killpg(self.pid, signal.SIGTERM)

    async def _drain(self) -> None:
        """Read what is left, so that the pipes close."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_KILL_SECONDS):
                while await self.reader.read(65536):
                    continue
                await self._listening
        self._listening.cancel()

    async def _listen(self) -> None:
        """Take what it writes to its standard error, and keep the end of it."""
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(_TAIL):
            self._tail = (self._tail + piece)[-_TAIL:]


def _kill_all(pid: int, mark: str) -> None:
    """Kill the group of `pid`, and those who left it: they still carry the mark."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform != "win32":
            os.killpg(pid, signal.SIGKILL)
    for _ in range(3):  # again for what was started while others were killed
        if not (marked := _marked(mark)):
            return
        for process in marked:
            with contextlib.suppress(psutil.Error):
                process.kill()


def _marked(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _carries(process, mark)]


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        carries: bool = process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False  # it has ended, or belongs to somebody else
    return carries
