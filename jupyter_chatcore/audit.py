"""Re-checks what the store promises, from what reads return."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from .errors import NotFound
from .history import History
from .protocol import Gap
from .rows import searchable

# Each query returns rows that must not exist; the text is filled with the row.
_NEVER = {
    "the clock is behind change {0} of {1}": """
        SELECT seq, 'messages' FROM messages WHERE seq > (SELECT seq FROM clock)
        UNION ALL SELECT seq, 'deltas' FROM deltas WHERE seq > (SELECT seq FROM clock)
        UNION ALL SELECT seq, 'sessions' FROM sessions WHERE seq > (SELECT seq FROM clock)""",
    "change {0} was numbered twice": """
        SELECT seq FROM (SELECT seq FROM messages UNION ALL SELECT seq FROM deltas
        UNION ALL SELECT seq FROM sessions) GROUP BY seq HAVING count(*) > 1""",
    "message {0} was changed before it was made": "SELECT id FROM messages WHERE seq < id",
    "message {0} has no chat {1}": """
        SELECT m.id, m.session FROM messages m LEFT JOIN sessions s ON s.id = m.session
        WHERE (s.id IS NULL OR s.deleted) AND m.session NOT IN (SELECT session FROM forks)""",
    "message {0} does not stand one below its parent": """
        SELECT m.id FROM messages m LEFT JOIN messages p
        ON p.session = m.session AND p.id = m.parent
        WHERE (m.depth <> coalesce(p.depth, 0) + 1 OR p.id > m.id
        OR (m.parent IS NOT NULL AND p.id IS NULL))
        AND m.session NOT IN (SELECT session FROM forks)""",
    "chat {0} does not show {1} messages up from its head": """
        SELECT s.id, s.count FROM sessions s LEFT JOIN messages m
        ON m.session = s.id AND m.id = s.head
        WHERE coalesce(m.depth, 0) <> s.count OR (s.head IS NOT NULL AND m.id IS NULL)""",
    "message {0} is unfinished and nobody writes it": """
        SELECT id FROM messages WHERE (status = 'streaming') <> (owner IS NOT NULL)""",
    "the settings of message {0} are left though it has ended": """
        SELECT id FROM messages WHERE settings IS NOT NULL AND status <> 'streaming'""",
    "change {0} grows a message that has ended": """
        SELECT d.seq FROM deltas d LEFT JOIN messages m
        ON m.session = d.session AND m.id = d.message
        WHERE m.id IS NULL OR m.status <> 'streaming' OR d.seq <= m.seq""",
    "message {0} is kept as an answer to be given again, and is none": """
        SELECT id FROM messages
        WHERE likeness IS NOT NULL AND (status <> 'done' OR role <> 'assistant')""",
    "a decision is left of message {0}, which is not being written": """
        SELECT message FROM decisions
        WHERE message NOT IN (SELECT id FROM messages WHERE status = 'streaming')""",
    "chat {0} is shown though it is still being copied": """
        SELECT session FROM forks WHERE session IN (SELECT id FROM sessions)""",
    "what message {0} said is left though it is gone": """
        SELECT id FROM bodies WHERE id NOT IN (SELECT id FROM messages)""",
    "the search holds message {0}, which is gone": """
        SELECT rowid FROM search WHERE rowid NOT IN (SELECT id FROM messages)""",
}


def problems(store: History) -> list[str]:
    """Every broken promise in a sentence."""
    found = [
        sentence.format(*row) for sentence, sql in _NEVER.items() for row in store.db.execute(sql)
    ]
    return [*_damage(store), *found, *_unreadable(store)]


def _damage(store: History) -> list[str]:
    rows = store.db.execute("PRAGMA quick_check").fetchall()
    return [f"SQLite finds: {row[0]}" for row in rows if row[0] != "ok"]


def _unreadable(store: History) -> Iterator[str]:
    """Whatever its own readers cannot read, or that search holds otherwise than a page."""
    indexed = dict(store.db.execute("SELECT rowid, text FROM search").fetchall())
    for session, mid in store.db.execute("SELECT session, id FROM messages").fetchall():
        try:
            message = store.get_message(session, mid)
        except (NotFound, Gap, msgspec.MsgspecError) as error:
            yield f"message {mid} of chat {session!r} cannot be read: {error}"
            continue
        text = searchable(message.parts) if message.status != "streaming" else ""
        if indexed.get(mid, "") != text:
            yield f"the search does not hold message {mid} as it is"
