"""The database's schema, as steps that are only ever added to.

Each step and its record share one transaction (sqlite-utils' `Migrations`). A step
that has been released is never edited; comments give the reason for a column.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

chat_migrations = Migrations("jupyter_chatcore")


@chat_migrations()
def m001_clock(db: Database) -> None:
    """One row that numbers every change; AUTOINCREMENT and rowid reuse or skip numbers."""
    db.execute("CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL)")
    db.execute("INSERT INTO clock VALUES (1, 0)")


@chat_migrations()
def m002_sessions(db: Database) -> None:
    """Chats. A deleted one leaves its row, so that whoever watches learns of it."""
    db.execute(
        """
        CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            birth INTEGER NOT NULL,   -- tells a chat made again from the one deleted
            seq INTEGER NOT NULL,
            active INTEGER NOT NULL,  -- orders the list without a clock on the wall
            title TEXT NOT NULL,
            created TEXT NOT NULL,
            updated TEXT NOT NULL,
            count INTEGER NOT NULL,   -- kept, because counting rows costs the chat's length
            head INTEGER,
            assistant TEXT,
            notebook TEXT,
            settings TEXT NOT NULL,
            deleted INTEGER NOT NULL,
            key TEXT UNIQUE           -- a repeated request, or a notebook, finds its chat
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX sessions_by_activity ON sessions (active) WHERE NOT deleted")
    db.execute("CREATE INDEX sessions_by_notebook ON sessions (notebook) WHERE NOT deleted")


@chat_migrations()
def m003_messages(db: Database) -> None:
    """Messages, clustered by chat so that a page is one run of the tree's leaves.

    What they say stands beside: to compare keys in a table without rowid, SQLite reads
    a row to its end, so one large plot would slow every look at its neighbours.
    """
    db.execute(
        """
        CREATE TABLE messages (
            session TEXT NOT NULL,
            id INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            parent INTEGER,
            depth INTEGER NOT NULL,   -- the length of the branch that ends here
            role TEXT NOT NULL,
            status TEXT NOT NULL,
            created TEXT NOT NULL,
            author TEXT,
            key TEXT,
            model TEXT,
            usage TEXT,
            error TEXT,
            owner TEXT,               -- the server that writes it, while it is unfinished
            stop INTEGER NOT NULL DEFAULT 0,  -- asked of an owner that is another server
            PRIMARY KEY (session, id)
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE TABLE bodies (id INTEGER PRIMARY KEY, parts TEXT NOT NULL)")
    db.execute(
        "CREATE VIEW whole_messages AS"
        " SELECT m.*, b.parts FROM messages m JOIN bodies b ON b.id = m.id"
    )
    db.execute("CREATE UNIQUE INDEX messages_by_seq ON messages (session, seq)")
    db.execute(
        "CREATE UNIQUE INDEX messages_by_key ON messages (session, key) WHERE key IS NOT NULL"
    )
    db.execute("CREATE INDEX messages_by_parent ON messages (session, parent)")
    db.execute(
        "CREATE INDEX messages_unfinished ON messages (session, id, owner, stop)"
        " WHERE status = 'streaming'"
    )


@chat_migrations()
def m004_deltas(db: Database) -> None:
    """What a live reply has grown by since its last put; the final put empties it.

    No index: it holds the live replies only, and each page more is written with every
    few words.
    """
    db.execute(
        """
        CREATE TABLE deltas (
            seq INTEGER PRIMARY KEY,
            session TEXT NOT NULL,
            message INTEGER NOT NULL,
            change TEXT NOT NULL
        )
        """
    )


@chat_migrations()
def m005_search(db: Database) -> None:
    """Full text of finished messages; the rowid is the message's id."""
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5"
        " (text, session UNINDEXED, tokenize = 'unicode61 remove_diacritics 2')"
    )


@chat_migrations()
def m006_sent(db: Database) -> None:
    """What was sent for an answer: it tells which request the answer was given to."""
    db.execute("ALTER TABLE messages ADD COLUMN sent TEXT")


@chat_migrations()
def m007_decisions(db: Database) -> None:
    """What users chose where a live reply asks for permission, for the server that writes it.

    The key is the judge: of several answers the first one stands.
    """
    db.execute(
        """
        CREATE TABLE decisions (
            message INTEGER NOT NULL,
            part INTEGER NOT NULL,
            option TEXT NOT NULL,
            by TEXT,
            PRIMARY KEY (message, part)
        ) WITHOUT ROWID
        """
    )


@chat_migrations()
def m008_list(db: Database) -> None:
    """What the list of chats shows of each, and who has read how far.

    Kept beside the chat, because to look it up would read the newest message of each:
    `touched` numbers the last change that the list shows, `last` is the end of the chat
    in a line, `news` numbers the newest thing to read and `news_by` is who wrote it.
    """
    for column in (
        "named INTEGER NOT NULL DEFAULT 0",
        "pinned INTEGER NOT NULL DEFAULT 0",
        "archived INTEGER NOT NULL DEFAULT 0",
        "touched INTEGER NOT NULL DEFAULT 0",
        "last TEXT NOT NULL DEFAULT ''",
        "news INTEGER NOT NULL DEFAULT 0",
        "news_by TEXT",
    ):
        db.execute(f"ALTER TABLE sessions ADD COLUMN {column}")
    # Titles used to be given by somebody, but for this one.
    db.execute("UPDATE sessions SET named = title <> 'New chat', touched = max(seq, active)")
    db.execute("CREATE INDEX sessions_by_touch ON sessions (touched)")
    db.execute("CREATE INDEX sessions_pinned ON sessions (active) WHERE pinned AND NOT deleted")
    db.execute(
        """
        CREATE TABLE seen (
            session TEXT NOT NULL,
            username TEXT NOT NULL,
            seq INTEGER NOT NULL,     -- of the last change of a message that was read
            PRIMARY KEY (session, username)
        ) WITHOUT ROWID
        """
    )


@chat_migrations()
def m009_forks(db: Database) -> None:
    """Chats that are being copied: they show themselves when they are whole."""
    db.execute(
        """
        CREATE TABLE forks (
            session TEXT PRIMARY KEY,
            owner TEXT NOT NULL,      -- the server that copies it; one that is gone never ends
            key TEXT UNIQUE
        ) WITHOUT ROWID
        """
    )


@chat_migrations()
def m010_likeness(db: Database) -> None:
    """What the question of an answer was like: the same one can be answered by it again."""
    db.execute("ALTER TABLE messages ADD COLUMN likeness BLOB")
    db.execute(
        "CREATE INDEX messages_by_likeness ON messages (likeness) WHERE likeness IS NOT NULL"
    )


@chat_migrations()
def m011_settings(db: Database) -> None:
    """What a question came with beside its words: a server that goes on with its reply needs it."""
    db.execute("ALTER TABLE messages ADD COLUMN settings TEXT")
