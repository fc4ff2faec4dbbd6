"""The chat core within a kernel, for pages that reach no server with the extension.

It starts in a thread of its own with the first request, so that an answer goes on while
a cell runs, and ends with the kernel. Its chats are the same as a server's of the same
user: both may use the file at once.
"""

from __future__ import annotations

import asyncio
import getpass
import logging
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .places import default_database

if TYPE_CHECKING:
    from .desk import Desk

Send = Callable[[dict[str, Any]], None]

_END_SECONDS = 4.0
_log = logging.getLogger(__name__)


class Embedded:
    """A chat core on a thread; `database` is the file that keeps the chats."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._desk: Desk | None = None
        # A daemon: where nobody ends it, it must not keep the interpreter from ending.
        self._thread = threading.Thread(target=self._run, name="chatcore", daemon=True)
        self._thread.start()

    def take(self, content: Mapping[str, Any], buffers: Sequence[bytes], send: Send) -> None:
        """Answer a request by `send`, which is called in the core's thread."""
        self._loop.call_soon_threadsafe(self._take, content, buffers, send)

    def close(self) -> None:
        """End it: answers that are being written are interrupted, and what there is is kept."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(_END_SECONDS)

    def _take(self, content: Mapping[str, Any], buffers: Sequence[bytes], send: Send) -> None:
        if self._desk is None:
            self._desk = self._open()
        self._desk.take(content, buffers, send)

    def _open(self) -> Desk:
        """Imported here, in the core's own thread: SQLite's tools take a while."""
        core, desk = (import_module(f"jupyter_chatcore.{name}") for name in ("core", "desk"))
        protocol = import_module("jupyter_chatcore.protocol")
        config = core.CoreConfig(db_path=self._database, root=Path.cwd())
        made: Desk = desk.Desk(
            core.ChatCore(config, _log),
            shown(self._database),
            protocol.Author(username=user(), name=user()),
            _log,
        )
        return made

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        await self._ended.wait()
        if self._desk is not None:
            await self._desk.close()


def shown(path: Path) -> str:
    """A path as its user would write it."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def user() -> str:
    """Who runs the kernel."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # a container's user may have no name
        return "user"


def for_threads(send: Send) -> Send:
    """`send` for other threads than the one that this is called in.

    IPython's kernel may send from any. Where another kernel runs in an event loop, that
    is where it sends.
    """
    kernel = sys.modules.get("ipykernel.kernelbase")
    if kernel is not None and kernel.Kernel.initialized():
        return send
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return send
    return lambda content: _later(loop, send, content)


def _later(loop: asyncio.AbstractEventLoop, send: Send, content: dict[str, Any]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(send, content)


@cache
def embedded() -> Embedded:
    """This kernel's, started when it is first asked for.

    It ends when IPython is told to: Python ends its pools of threads, which the database
    is written by, before the functions of `atexit` run. A kernel that is killed leaves
    its answers to the next core that opens the database, which ends or resumes them.
    """
    made = Embedded(default_database())
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.observe(lambda _: made.close(), "exit_now")
    return made
