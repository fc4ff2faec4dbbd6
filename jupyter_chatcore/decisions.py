"""What users answer where a reply asks for their permission.

The reply's parts belong to the server that writes it. Whoever answers leaves word
here, where the first word stands; the writing server takes it up and shows it.
"""

from __future__ import annotations

from typing import NamedTuple

from .connection import now
from .errors import Conflict, Invalid, NotFound
from .history import History
from .parts import Approval, ApprovalOption, ToolPart
from .protocol import Author, Message


class Decision(NamedTuple):
    """The option that a user chose for a part of a message; `by` is their name."""

    message: int
    part: int
    option: str
    by: str | None


class DecisionTable(History):
    """The verbs of permission."""

    def decide(
        self, session: str, message: int, part: int, option: str, author: Author | None
    ) -> Decision:
        """Answer a request for permission; the same answer again is no second one.

        Raises:
            NotFound: there is no such message or part.
            Invalid: the part asks for nothing, or has no such option.
            Conflict: it has been answered otherwise, has expired, or its reply has ended.
        """
        found = self.get_message(session, message)
        tool, approval = _request(found, part)
        chosen = _option(approval, option)
        if approval.outcome == option:
            return Decision(message, part, chosen.id, approval.by)
        _check_open(found, tool, approval)
        by = author and (author.name or author.username)
        self._execute(
            "INSERT OR IGNORE INTO decisions VALUES (?, ?, ?, ?)", (message, part, option, by)
        )
        first = self._decision(message, part)
        if first.option != option:
            raise _answered(approval, first.option, first.by)
        return Decision(message, part, chosen.id, first.by)

    def decisions(self, owner: str) -> list[Decision]:
        """What was answered in the replies that this owner is writing."""
        rows = self._rows(
            "SELECT d.message, d.part, d.option, d.by FROM decisions d"
            " JOIN messages m ON m.id = d.message"
            " WHERE m.status = 'streaming' AND m.owner = ?",
            (owner,),
        )
        return [Decision(*row) for row in rows]

    def _decision(self, message: int, part: int) -> Decision:
        [row] = self._rows(
            "SELECT message, part, option, by FROM decisions WHERE message = ? AND part = ?",
            (message, part),
        )
        return Decision(*row)

    def _forget_decisions(self, message: int) -> None:
        self._execute("DELETE FROM decisions WHERE message = ?", (message,))


def _request(message: Message, index: int) -> tuple[ToolPart, Approval]:
    if index >= len(message.parts):
        raise NotFound(f"Message {message.id} has {len(message.parts)} parts, none at {index}.")
    part = message.parts[index]
    if not isinstance(part, ToolPart) or part.approval is None:
        raise Invalid(f"Part {index} of message {message.id} asks for no permission.")
    return part, part.approval


def _option(approval: Approval, option: str) -> ApprovalOption:
    for each in approval.options:
        if each.id == option:
            return each
    known = ", ".join(repr(each.id) for each in approval.options)
    raise Invalid(f"There is no option {option!r}; there are: {known}.")


def _check_open(message: Message, tool: ToolPart, approval: Approval) -> None:
    if approval.outcome is not None:
        raise _answered(approval, approval.outcome, approval.by)
    if message.status != "streaming":
        raise Conflict("The answer that asked for this has ended: ask again.")
    if tool.status != "awaiting" or (approval.expires and approval.expires < now()):
        raise Conflict("The request for permission has expired: ask again.")


def _answered(approval: Approval, outcome: str, by: str | None) -> Conflict:
    label = next((each.label for each in approval.options if each.id == outcome), outcome)
    return Conflict(f"This has been answered already, with {label!r}{f' by {by}' if by else ''}.")
