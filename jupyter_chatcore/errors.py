"""Every error that chatcore raises on purpose, with the status it has over HTTP.

ChatcoreError
├── BadRequest 400          the request cannot be read
├── NotFound 404            no such session, message or assistant
├── Conflict 409            the request does not fit the state it meets
│   └── CursorAhead 409     a cursor from another database: take a fresh page
├── TooLarge 413            over a limit of size or number
├── Invalid 422             readable, but of the wrong shape
├── TooManyRequests 429     over the limit of rate
└── StoreError 500          the database could not do it; nothing was half-written
    ├── StoreCorrupt 500    the file is damaged or is no database
    ├── StoreReadOnly 503   the file or its folder cannot be written
    ├── StoreBusy 503       another process holds the database
    └── StoreFull 507       the disk is full

`code` is the stable name that programs test for; the text is for people and says
what to do. Handlers turn these into responses in one place; after a stream has
started the same two fields travel as data.
"""

from __future__ import annotations

from typing import ClassVar


class ChatcoreError(Exception):
    """Base of the tree: an HTTP `status`, a stable `code` and a text for people."""

    status: ClassVar[int] = 500
    code: str = "internal"

    @property
    def message(self) -> str:
        """The text for people."""
        return str(self)


class BadRequest(ChatcoreError):
    """The request cannot be read: broken JSON, a cursor that is no number."""

    status = 400
    code = "bad_request"


class NotFound(ChatcoreError):
    """There is no such session, message or assistant."""

    status = 404
    code = "not_found"


class Conflict(ChatcoreError):
    """The request does not fit the state it meets."""

    status = 409
    code = "conflict"


class CursorAhead(Conflict):
    """The cursor is newer than the database, so it comes from another one."""

    code = "cursor_ahead"


class TooLarge(ChatcoreError):
    """Over a limit of size or number."""

    status = 413
    code = "too_large"


class Invalid(ChatcoreError):
    """Readable, but of the wrong shape."""

    status = 422
    code = "invalid"


class TooManyRequests(ChatcoreError):
    """Over the limit of rate; `retry_after` is in seconds."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreError(ChatcoreError):
    """The database could not do what was asked; nothing was half-written."""

    code = "store_error"


class StoreCorrupt(StoreError):
    """The file is damaged or is no SQLite database."""

    code = "store_corrupt"


class StoreReadOnly(StoreError):
    """The file or its folder cannot be written."""

    status = 503
    code = "store_read_only"


class StoreBusy(StoreError):
    """Another process holds the database for longer than we wait."""

    status = 503
    code = "store_busy"


class StoreFull(StoreError):
    """The disk, or the quota on it, is full."""

    status = 507
    code = "store_full"
