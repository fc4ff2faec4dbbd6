"""What a server tells of itself: for whoever finds out why something does not work."""

from __future__ import annotations

from typing import Literal

from .parts import Wire


class Health(Wire, frozen=True, kw_only=True):
    """`GET health`: what runs, and how the chats' database is.

    `version`, `python` and `jupyter_server` are versions. `database` is the path of the
    file on the server's machine, `bytes` its size. Where it cannot be opened `state` is
    `failed` and `reason` says what to do; then nothing is counted. `answering` counts the
    answers that are being written, `replay` is the server's setting. `problems` are the
    broken promises of the database, each a sentence, None where nobody asked to look.
    """

    version: str
    python: str
    jupyter_server: str
    database: str
    journal_mode: str
    replay: str
    state: Literal["ready", "failed"] = "ready"
    reason: str = ""
    bytes: int = 0
    chats: int = 0
    messages: int = 0
    answering: int = 0
    problems: list[str] | None = None
