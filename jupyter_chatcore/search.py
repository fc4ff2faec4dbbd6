"""Full-text search over the messages of all chats (SQLite FTS5)."""

from __future__ import annotations

from .api import SearchHit, SearchResult, SnippetPiece
from .protocol import Message
from .rows import Row, searchable
from .sessions import SessionTable

# Control characters that no message's text can be confused with: the marks of a match.
_START, _END = "\x02", "\x03"


def _pieces(snippet: str) -> list[SnippetPiece]:
    pieces = []
    for run in snippet.split(_START):
        match, closed, rest = run.rpartition(_END)
        if closed:
            pieces.append(SnippetPiece(text=match, match=True))
        if rest:
            pieces.append(SnippetPiece(text=rest))
    return pieces


def _hit(row: Row) -> SearchHit:
    session, title, message, role, created, snippet = row
    return SearchHit(
        session=session,
        title=title,
        message=message,
        role=role,
        created=created,
        snippet=_pieces(snippet),
    )


class SearchTable(SessionTable):
    """Keeps the index of finished messages, and asks it."""

    def search(self, q: str, limit: int = 20, session: str | None = None) -> SearchResult:
        """The messages that hold every word of `q`, the best first.

        The last word may be unfinished, as it is while one types. Words mean
        themselves: there are no operators.
        """
        words = q.replace("\0", " ").replace('"', " ").split()
        if not words:
            return SearchResult(hits=[])
        query = " ".join(f'"{word}"' for word in words) + "*"
        rows = self._rows(
            "SELECT m.session, s.title, m.id, m.role, m.created,"
            f" snippet(search, 0, '{_START}', '{_END}', '…', 24)"
            " FROM search JOIN messages m ON m.session = search.session AND m.id = search.rowid"
            " JOIN sessions s ON s.id = m.session"
            " WHERE search MATCH ? AND (? IS NULL OR search.session = ?)"
            " ORDER BY search.rank LIMIT ?",
            (query, session, session, limit),
        )
        return SearchResult(hits=[_hit(row) for row in rows])

    def _index(self, message: Message) -> None:
        """Index a message that was not indexed before; an unfinished one is not worth it."""
        text = searchable(message.parts) if message.status != "streaming" else ""
        if text:
            self._execute(
                "INSERT INTO search (rowid, text, session) VALUES (?, ?, ?)",
                (message.id, text, message.session),
            )

    def _reindex(self, message: Message) -> None:
        self._execute("DELETE FROM search WHERE rowid = ?", (message.id,))
        self._index(message)
