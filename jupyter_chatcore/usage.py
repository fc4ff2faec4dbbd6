"""What the answers of a chat took, added up by the database."""

from __future__ import annotations

from .api import ChatUsage
from .listing import ChatList


class UsageTable(ChatList):
    """Adds up."""

    def get_usage(self, session: str) -> ChatUsage:
        """The tokens, seconds and dollars of all answers of a chat, on every branch.

        Raises:
            NotFound: there is no such chat.
        """
        self.get_session(session)
        row = self._row(
            "SELECT count(*),"
            " sum(json_extract(usage, '$.input_tokens')),"
            " sum(json_extract(usage, '$.output_tokens')),"
            " sum(json_extract(usage, '$.seconds')),"
            " sum(json_extract(usage, '$.cost')),"
            " count(json_extract(usage, '$.cost'))"
            " FROM messages WHERE session = ? AND usage IS NOT NULL",
            (session,),
        )
        answers, read, written, seconds, cost, priced = row or (0,) * 6
        return ChatUsage(
            answers=answers,
            input_tokens=read or 0,
            output_tokens=written or 0,
            seconds=seconds or 0.0,
            cost=cost,
            unpriced=answers - priced,
        )

    def counts(self) -> tuple[int, int]:
        """How many chats there are, and how many messages on all their branches."""
        row = self._row(
            "SELECT (SELECT count(*) FROM sessions WHERE NOT deleted),"
            " (SELECT count(*) FROM messages)"
        )
        return (row[0], row[1]) if row else (0, 0)
