"""A chat as JSON lines, whole: what this package reads back without loss.

The first line is an `ExportHeader`, each other one a message as it is on the wire, those
of all branches, parents before children. What a provider wants back of an answer
(`sent.ext`) stays here: it is of no use elsewhere, and may name sessions of an agent on
this machine. The bytes of files stay here, too: their parts have name, size and address.
An answer that is still being written goes as far as it has come, as `interrupted`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from ..parts import Wire, settled
from ..protocol import Message, MessageError, Session, Timestamp

FORMAT: Literal["jupyter_chatcore.chat"] = "jupyter_chatcore.chat"
_UNFINISHED = MessageError(
    code="interrupted", message="This was still being written when the chat was exported."
)
_encode = msgspec.json.Encoder().encode


class ExportHeader(Wire, frozen=True, kw_only=True):
    """The first line: which chat it is, and how many messages follow."""

    format: Literal["jupyter_chatcore.chat"]
    version: Literal[1]
    exported: Timestamp
    messages: int
    session: Session


class JsonLines:
    """Writes a chat as JSON lines."""

    mime: ClassVar[str] = "application/jsonl"
    suffix: ClassVar[str] = ".jsonl"
    whole: ClassVar[bool] = True

    def begin(self, session: Session, count: int, time: str) -> str:
        """The header."""
        return _line(
            ExportHeader(format=FORMAT, version=1, exported=time, messages=count, session=session)
        )

    def message(self, message: Message) -> str:
        """The message."""
        if message.sent is not None and message.sent.ext is not None:
            sent = msgspec.structs.replace(message.sent, ext=None)
            message = msgspec.structs.replace(message, sent=sent)
        if message.status == "streaming":
            message = msgspec.structs.replace(
                message, status="interrupted", parts=settled(message.parts), error=_UNFINISHED
            )
        return _line(message)

    def end(self) -> str:
        """Nothing."""
        return ""


def _line(value: Wire) -> str:
    # format and version tell what the file is: they are not left out as defaults are
    return _encode(value).decode() + "\n"
