"""A real Jupyter server in a process of its own, with the chats and the floors in it."""

from __future__ import annotations

import http.client
import json
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "tests"))

from jupyterprocess import JupyterProcess  # noqa: E402  (the tests' own way to run a server)

from jupyter_chatcore.connection import DatabaseConfig  # noqa: E402
from jupyter_chatcore.store import Store  # noqa: E402

PATIENCE = 200.0
OTHERS = ("jupyterlab", "notebook", "jupyter_lsp", "notebook_shim", "jupyter_server_terminals")


def extensions(*enabled: str) -> str:
    """The option that enables these extensions of the server and no others."""
    known = dict.fromkeys((*OTHERS, "jupyter_chatcore", "floors"), False)
    return f"--ServerApp.jpserver_extensions={known | dict.fromkeys(enabled, True)}"


class Server(JupyterProcess):
    """A server whose chats are below `home`; `pid` is what is measured."""

    def __init__(self, home: Path, *enabled: str) -> None:
        settings = ["--ChatcoreApp.max_posts_per_minute=0"] if "jupyter_chatcore" in enabled else []
        super().__init__(home, "server", extensions(*enabled), *settings)

    def environment(self) -> dict[str, str]:
        """With the floors where the server can import them."""
        found = super().environment()
        return found | {"PYTHONPATH": os.pathsep.join([str(HERE), found["PYTHONPATH"]])}

    @property
    def pid(self) -> int:
        """The process."""
        if self.process is None:
            raise RuntimeError("the server does not run")
        return self.process.pid

    @property
    def database(self) -> Path:
        """The file of the chats."""
        return self.home / "data" / "chatcore" / "chats.sqlite"


class Caller:
    """One connection that is kept open, with as little client as can be."""

    def __init__(self, server: Server) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        self._headers = {
            "Authorization": f"token {server.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """The bytes of an answer.

        Raises:
            RuntimeError: it is an error.
        """
        self._http.request(method, f"/{path}", body, self._headers)
        response = self._http.getresponse()
        data = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {data[:200]!r}")
        return data

    def json(self, method: str, path: str, body: Any = None) -> Any:
        """An answer's JSON."""
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self.call(method, path, data))

    def close(self) -> None:
        """Hang up."""
        self._http.close()


@contextmanager
def serving(home: Path) -> Iterator[tuple[Server, Caller]]:
    """A running server with the floors, ready to chat."""
    server = Server(home, "jupyter_chatcore", "floors")
    try:
        server.start()
        caller = Caller(server)
        caller.json("POST", "floors/ready")
        yield server, caller
        caller.close()
    finally:
        server.close()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chatcore-bench-") as name:
        yield Path(name)


def fill(path: Path, chats: dict[str, int]) -> None:
    """Chats of so many messages of 520 bytes each, by plain SQL through the real schema.

    One transaction without a journal: a power cut would cost this file, which nobody needs.
    """
    Store(DatabaseConfig(path=path, journal_mode="delete")).close()
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -400000")
    database.execute("BEGIN")
    for chat, count in chats.items():
        _fill_one(database, chat, count)
    database.execute("COMMIT")
    database.close()


def _fill_one(database: sqlite3.Connection, chat: str, count: int) -> None:
    (birth,) = database.execute("UPDATE clock SET seq = seq + 1 RETURNING seq").fetchone()
    values = {"chat": chat, "birth": birth, "count": count, "text": "It is so. " * 27}
    database.execute(_MESSAGES, values)
    database.execute(_BODIES, values)
    database.execute(_SEARCH, values)
    database.execute(_SESSION, values)
    database.execute("UPDATE clock SET seq = seq + :count", values)


_MESSAGES = """
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    INSERT INTO messages (session, id, seq, parent, depth, role, status, created, author)
    SELECT :chat, :birth + i, :birth + i, nullif(:birth + i - 1, :birth), i,
        iif(i % 2, 'user', 'assistant'), 'done', '2026-01-01T00:00:00.000Z',
        '{"username":"ada","name":"Ada"}'
    FROM n"""
_BODIES = """
    INSERT INTO bodies SELECT id, '[{"type":"reasoning","text":"' || :text || '"},'
        || '{"type":"text","text":"Message ' || depth || '"}]'
    FROM messages WHERE session = :chat"""
_SEARCH = """
    INSERT INTO search (rowid, text, session)
    SELECT id, 'Message ' || depth, session FROM messages WHERE session = :chat"""
_SESSION = """
    INSERT INTO sessions (id, birth, seq, active, title, created, updated, count, head, assistant,
        settings, deleted)
    VALUES (:chat, :birth, :birth, :birth + :count, :chat, '2026-01-01T00:00:00.000Z',
        '2026-01-01T00:00:00.000Z', :count, :birth + :count, 'paced', '{}', 0)"""
