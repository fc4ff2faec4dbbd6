"""What was answered to which question, found by the question's likeness."""

from __future__ import annotations

from .forks import ForkTable
from .protocol import Message


class RecordTable(ForkTable):
    """Keeps likenesses with the answers, and so forgets them with these."""

    def record(self, session: str, answer: int, likeness: str) -> None:
        """Keep what the question of an answer that is whole was like."""
        self._execute(
            "UPDATE messages SET likeness = ?"
            " WHERE session = ? AND id = ? AND status = 'done' AND role = 'assistant'",
            (bytes.fromhex(likeness), session, answer),
        )

    def recorded(self, likeness: str, model: str | None) -> Message | None:
        """The newest answer to a question like it, by `model` where one is named.

        What was deleted is no answer any more, and neither is what a deleted question got.
        """
        rows = self._rows(
            "SELECT a.session, a.id, coalesce(json_extract(a.sent, '$.model'), a.model)"
            " FROM messages a JOIN messages q ON q.session = a.session AND q.id = a.parent"
            " WHERE a.likeness = ? AND a.status = 'done' AND q.status <> 'deleted'"
            " ORDER BY a.id DESC",
            (bytes.fromhex(likeness),),
        )
        found = [row for row in rows if model is None or row[2] == model]
        return self.get_message(found[0][0], found[0][1]) if found else None
