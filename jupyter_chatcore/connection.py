"""One connection to the chats' database, and what goes wrong with it.

A connection belongs to one thread. It counts changes on the clock and collects the
events of the open transaction; who commits takes them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlite_utils import Database

from .errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreReadOnly
from .migrations import chat_migrations
from .protocol import Change, Event

JournalMode = Literal["wal", "delete", "truncate", "persist"]


class DatabaseConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chats are kept.

    `journal_mode` other than `wal` is for network file systems, where WAL is unsafe.
    `busy_seconds` is how long to wait for another process that holds the database.
    """

    path: Path
    journal_mode: JournalMode = "wal"
    busy_seconds: float = 5.0


def now() -> str:
    """The time, RFC 3339 in UTC with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _kind_of(error: sqlite3.Error) -> tuple[type[StoreError], str]:
    match getattr(error, "sqlite_errorname", "").split("_")[1:2]:
        case ["FULL"]:
            return StoreFull, "the disk is full: free some space and try again"
        case ["BUSY"] | ["LOCKED"]:
            return StoreBusy, "another process holds it: try again in a moment"
        case ["READONLY"] | ["CANTOPEN"] | ["PERM"] | ["AUTH"]:
            return StoreReadOnly, "the file or its folder cannot be written: check its permissions"
        case ["CORRUPT"] | ["NOTADB"]:
            return StoreCorrupt, "the file is damaged: move it away, or restore it from a backup"
        case ["IOERR"]:
            return StoreFull, "the disk refuses to write: check its space, quota and health"
    return StoreError, f"SQLite says: {error}"


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into ours, which name the file and say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        kind, hint = _kind_of(error)
        raise kind(f"The chats' database {path} could not be used; {hint}.") from error
    except OSError as error:
        raise StoreReadOnly(
            f"The chats' database {path} could not be opened; {error.strerror}."
        ) from error


def _create_private(path: Path) -> None:
    """Makes the file readable by its owner alone before SQLite writes to it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


class Connection:
    """One thread's connection, with the clock and the events of its transaction."""

    def __init__(self, config: DatabaseConfig, *, read_only: bool = False) -> None:
        self.path = config.path
        self.events: list[Event] = []
        self._seq: int | None = None
        with translated(self.path):
            if not read_only:
                _create_private(self.path)
            # Closed by the thread that stops the server, so not bound to its own.
            self._conn = sqlite3.connect(
                self.path,
                timeout=config.busy_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._prepare(config, read_only)
            except BaseException:
                self._conn.close()
                raise

    def _prepare(self, config: DatabaseConfig, read_only: bool) -> None:
        self.db = Database(self._conn, execute_plugins=False)
        self._execute = self._conn.execute
        self._synchronous = ""
        if read_only:
            self._execute("PRAGMA query_only = ON")
            return
        # A commit writes whole pages, and a live reply commits small rows all the time.
        self._execute("PRAGMA page_size = 2048")
        self._execute(f"PRAGMA journal_mode = {config.journal_mode}")
        self.durable(True)
        # Two servers may start on a new file at once: the second waits, then finds all done.
        with self._all_or_nothing("IMMEDIATE"):
            chat_migrations.apply(self.db)

    def close(self) -> None:
        """Close the connection; it cannot be used again."""
        self._conn.close()

    def durable(self, full: bool) -> None:
        """Whether the next commit survives power loss, or only a crash of the process."""
        wanted = "FULL" if full else "NORMAL"
        if wanted != self._synchronous:
            self._execute(f"PRAGMA synchronous = {wanted}")
            self._synchronous = wanted

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; some errors end it by themselves."""
        return self._conn.in_transaction

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction: committed at the end, undone with its events on any error.

        The clock is counted on in memory and written once, however many changes there are.
        """
        with self._all_or_nothing("IMMEDIATE"):
            began = self._seq = self.clock()
            try:
                yield
                if self._seq != began:
                    self._execute("UPDATE clock SET seq = ?", (self._seq,))
            finally:
                self._seq = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Reads in it see one state of the database."""
        with self._all_or_nothing("DEFERRED"):
            yield

    @contextmanager
    def _all_or_nothing(self, kind: Literal["IMMEDIATE", "DEFERRED"]) -> Iterator[None]:
        self._execute(f"BEGIN {kind}")
        try:
            yield
            self._execute("COMMIT")
        except BaseException:
            self.events.clear()
            if self._conn.in_transaction:
                self._execute("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the open transaction that is undone by itself, with its events."""
        mark, seq = len(self.events), self._seq
        self._execute("SAVEPOINT job")
        try:
            yield
        except BaseException:
            del self.events[mark:]
            self._seq = seq
            if self._conn.in_transaction:
                self._execute("ROLLBACK TO job")
                self._execute("RELEASE job")
            raise
        self._execute("RELEASE job")

    def clock(self) -> int:
        """The number of the newest change."""
        if self._seq is not None:
            return self._seq
        seq: int = self._execute("SELECT seq FROM clock").fetchone()[0]
        return seq

    def data_version(self) -> int:
        """A number that differs once another connection has committed."""
        version: int = self._execute("PRAGMA data_version").fetchone()[0]
        return version

    def _tick(self) -> int:
        """The next change's number."""
        if self._seq is None:
            raise RuntimeError("only a transaction may change something")
        self._seq += 1
        return self._seq

    def _reserve(self, count: int) -> int:
        """Takes so many numbers in a row; they come after the one returned."""
        before = self._tick() - 1
        self._seq = before + count
        return before

    def _emit(self, seq: int, session: str, change: Change) -> None:
        self.events.append(Event(seq=seq, session=session, change=change))

    def _rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._execute(sql, parameters).fetchall()

    def _row(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._execute(sql, parameters).fetchone()
        return row
