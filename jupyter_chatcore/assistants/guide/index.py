"""The documentation's own SQLite database: this module is the only one with its SQL.

It has nothing to do with the database of the chats: it can be deleted at any time and
is made again from what is installed. Everything here is synchronous; each call opens
its own connection, so it may run in any thread.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from .docstrings import prose
from .entry import Entry, Kind
from .words import in_words

FORMAT = 1
"""Raised when a database of an older version of this code must not be used."""

_SCHEMA = """
CREATE TABLE packages (name TEXT PRIMARY KEY, version TEXT, entries INTEGER, problem TEXT);
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, package TEXT, name TEXT, kind TEXT, signature TEXT,
    summary TEXT, doc BLOB, prior REAL
);
CREATE INDEX entries_package ON entries (package);
CREATE TABLE names (name TEXT COLLATE NOCASE, tail TEXT COLLATE NOCASE, entry INTEGER);
CREATE INDEX names_name ON names (name);
CREATE INDEX names_tail ON names (tail);
CREATE INDEX names_entry ON names (entry);
CREATE VIRTUAL TABLE words USING fts5(
    name, summary, body, tokenize = "porter unicode61 tokenchars '_'", detail = 'column'
);
"""
# a word in the name says most about what an entry is for, one deep in its text least
_WEIGHTS = (9.0, 5.0, 0.3)
_BUILTINS = "builtins."


class Known(NamedTuple):
    """A package in the index: `problem` says why it could not be read, empty if it was."""

    name: str
    version: str
    entries: int
    problem: str


@contextmanager
def _opened(path: Path, write: bool = False) -> Iterator[sqlite3.Connection]:
    mode = "rwc" if write else "ro"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode={mode}", uri=True, timeout=10)) as db:
        yield db


def create(path: Path) -> None:
    """Make an empty index, replacing what was there."""
    path.unlink(missing_ok=True)
    with _opened(path, write=True) as db:
        db.executescript(f"{_SCHEMA} PRAGMA user_version = {FORMAT};")


def packages(path: Path) -> list[Known] | None:
    """What has been read, None where the file is no index of this format."""
    try:
        with _opened(path) as db:
            if db.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
                return None
            rows = db.execute("SELECT name, version, entries, problem FROM packages ORDER BY name")
            return [Known(*row) for row in rows]
    except sqlite3.DatabaseError:
        return None


def forget(path: Path, package: str) -> None:
    """Take a package out."""
    with _opened(path, write=True) as db, db:
        _forget(db, package)


def add(path: Path, package: str, version: str, entries: Sequence[Entry]) -> None:
    """Put a package in, in place of what was known of it, in one transaction."""
    with _opened(path, write=True) as db, db:
        _forget(db, package)
        for entry in entries:
            _insert(db, entry)
        db.execute("INSERT INTO packages VALUES (?, ?, ?, '')", (package, version, len(entries)))


def add_problem(path: Path, package: str, version: str, problem: str) -> None:
    """Note that a package cannot be read, and why."""
    with _opened(path, write=True) as db, db:
        _forget(db, package)
        db.execute("INSERT INTO packages VALUES (?, ?, 0, ?)", (package, version, problem))


def _forget(db: sqlite3.Connection, package: str) -> None:
    ids = "(SELECT id FROM entries WHERE package = ?)"
    db.execute(f"DELETE FROM words WHERE rowid IN {ids}", (package,))
    db.execute(f"DELETE FROM names WHERE entry IN {ids}", (package,))
    db.execute("DELETE FROM entries WHERE package = ?", (package,))
    db.execute("DELETE FROM packages WHERE name = ?", (package,))


def _insert(db: sqlite3.Connection, entry: Entry) -> None:
    packed = zlib.compress(entry.doc.encode("utf-8", "replace"))
    row = (
        entry.package,
        entry.name,
        entry.kind,
        entry.signature,
        entry.summary,
        packed,
        entry.prior,
    )
    key = db.execute("INSERT INTO entries VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row).lastrowid
    names = {entry.name, *entry.aliases}
    names |= {name.removeprefix(_BUILTINS) for name in names}
    db.executemany(
        "INSERT INTO names VALUES (?, ?, ?)",
        [(name, name.rpartition(".")[2], key) for name in sorted(names)],
    )
    text = (key, in_words(entry.name), entry.summary, prose(entry.doc))
    db.execute("INSERT INTO words (rowid, name, summary, body) VALUES (?, ?, ?, ?)", text)


_COLUMNS = "e.name, e.kind, e.package, e.signature, e.summary, e.doc, e.prior"


def _entry(row: tuple[str, Kind, str, str, str, bytes, float], name: str | None = None) -> Entry:
    return Entry(
        name=name or row[0],
        kind=row[1],
        package=row[2],
        signature=row[3],
        summary=row[4],
        doc=zlib.decompress(row[5]).decode(),
        prior=row[6],
        aliases=(row[0],) if name and name != row[0] else (),
    )


def exact(path: Path, names: Iterable[str]) -> Entry | None:
    """The entry of the first of these names that is known, under the name asked for.

    Upper and lower case do not matter where there is no better match.
    """
    query = f"SELECT {_COLUMNS}, n.name FROM names n JOIN entries e ON e.id = n.entry"
    order = "ORDER BY n.name = ? COLLATE BINARY DESC, e.prior DESC LIMIT 1"
    with _opened(path) as db:
        for name in names:
            row = db.execute(f"{query} WHERE n.name = ? {order}", (name, name)).fetchone()
            if row is not None:
                return _entry(row[:7], row[7])
    return None


def ending(path: Path, suffix: str, limit: int = 8) -> list[Entry]:
    """The entries whose name ends in these components, the most common ones first."""
    tail = suffix.rpartition(".")[2]
    with _opened(path) as db:
        rows = db.execute(
            f"SELECT {_COLUMNS} FROM names n"
            " JOIN entries e ON e.id = n.entry WHERE n.tail = ? AND ('.' || n.name) LIKE ?"
            " GROUP BY e.id ORDER BY e.prior DESC, e.id LIMIT ?",
            (tail, f"%.{suffix}", limit),
        ).fetchall()
    return [_entry(row[:7]) for row in rows]


def members(path: Path, holder: str) -> list[str]:
    """The last components of all names directly below `holder`."""
    with _opened(path) as db:
        rows = db.execute(
            "SELECT DISTINCT tail FROM names WHERE name LIKE ? || '.%'"
            " AND length(name) = length(?) + 1 + length(tail)",
            (holder, holder),
        )
        return [tail for (tail,) in rows]


class Match(NamedTuple):
    """An entry that has a word, and how well it fits by BM25, more is better."""

    id: int
    package: str
    prior: float
    name: str
    score: float


def with_word(db: sqlite3.Connection, word: str, limit: int = 400) -> list[Match]:
    """The entries with a word, the best first."""
    rows = db.execute(
        "SELECT e.id, e.package, e.prior, e.name, -bm25(words, ?, ?, ?) AS score FROM words"
        " JOIN entries e ON e.id = words.rowid WHERE words MATCH ? ORDER BY score DESC LIMIT ?",
        (*_WEIGHTS, '"' + word.replace('"', "") + '"', limit),
    )
    return [Match(*row) for row in rows]


def load(db: sqlite3.Connection, ids: Sequence[int]) -> list[Entry]:
    """The entries with these ids, in this order."""
    query = f"SELECT {_COLUMNS} FROM entries e WHERE e.id = ?"
    return [_entry(db.execute(query, (key,)).fetchone()) for key in ids]


Database = sqlite3.Connection
opened = _opened
