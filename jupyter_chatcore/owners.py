"""Which servers are alive, so that only a dead one's replies are taken from it.

A server holds a lock on a file of its own for as long as it lives; the operating
system lets go of it however the process ends. So neither a reused process id nor a
renamed host can be mistaken for a server, and no heartbeat is written.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from filelock import FileLock, Timeout


class Owner:
    """This server as the writer of its replies, `name` for as long as it lives."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self.name = secrets.token_hex(8)

    @cached_property
    def _folder(self) -> Path:
        """Beside the real file: servers that reach it by different links meet here."""
        real = self._database.resolve()
        return real.with_name(real.name + ".owners")

    @cached_property
    def _lock(self) -> FileLock:
        return self._lock_of(self.name)

    def acquire(self) -> None:
        """Declare this server alive."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock.acquire(timeout=0)

    def release(self) -> None:
        """Declare it gone, and leave nothing behind."""
        self._lock.release()
        self._file(self.name).unlink(missing_ok=True)

    def gone(self, names: Iterable[str]) -> set[str]:
        """Those of the servers that live no more."""
        return {name for name in names if name != self.name and self._is_gone(name)}

    def _is_gone(self, name: str) -> bool:
        file = self._file(name)
        if not file.exists():
            return True
        lock = self._lock_of(name)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
        lock.release()
        # On Windows another server may be trying the same lock: the next one sweeps.
        with contextlib.suppress(PermissionError):
            file.unlink(missing_ok=True)
        return True

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def _lock_of(self, name: str) -> FileLock:
        return FileLock(self._file(name), thread_local=False)
