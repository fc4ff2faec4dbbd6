"""What every kind of export is: a beginning, its messages one by one, and an end."""

from __future__ import annotations

import re
from typing import ClassVar, Protocol
from urllib.parse import quote

from ..protocol import Message, Session

_NAME_LENGTH = 80
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069/\\:*?\"<>|%]+")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


class Writing(Protocol):
    """One chat on its way into a file; the pieces are written as they come, in UTF-8.

    `mime` is the file's type, `suffix` how its name ends. `whole` says that the messages
    of all branches are wanted, else those of the branch that is shown; oldest first.
    """

    mime: ClassVar[str]
    suffix: ClassVar[str]
    whole: ClassVar[bool]

    def begin(self, session: Session, count: int, time: str) -> str:
        """What comes first; `count` messages follow, `time` is when they are exported."""

    def message(self, message: Message) -> str:
        """The next message; "" where this kind of file leaves it out."""

    def end(self) -> str:
        """What comes last."""


def file_name(title: str, suffix: str) -> str:
    """A name for the file that every file system takes."""
    name = " ".join(_UNSAFE.sub(" ", title).split())[:_NAME_LENGTH].strip(" .")
    return ("chat" if not name or _RESERVED.fullmatch(name) else name) + suffix


def disposition(name: str) -> str:
    """The header that has a browser save the answer under this name (RFC 6266)."""
    plain = re.sub(r"[^ -~]", "_", name).replace('"', "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
