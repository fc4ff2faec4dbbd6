"""What can go wrong between Python and the server, beside the server's own errors.

ChatcoreError
├── NoServer        no server was found; the text lists what was tried
├── Unreachable     the server does not answer, or has gone
├── Refused         the server does not take the token
└── ReplyFailed     the answer failed, was stopped or was cut off; it has what had come

What the server refuses is raised as the class of `jupyter_chatcore.errors` that it has
there: NotFound, Conflict, Invalid and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ChatcoreError

if TYPE_CHECKING:
    from .reply import Reply


class NoServer(ChatcoreError):
    """There is no server to be found, or it lacks the extension."""

    status = 404
    code = "no_server"


class Unreachable(ChatcoreError):
    """The server does not answer."""

    status = 503
    code = "unreachable"


class Refused(ChatcoreError):
    """The server does not take the token."""

    status = 403
    code = "refused"


class ReplyFailed(ChatcoreError):
    """An answer that did not come to its end; `reply` has what there is of it.

    `reply.status` tells why: `failed`, `cancelled` (somebody stopped it), `interrupted`
    (its server ended) or `deleted`.
    """

    code = "reply_failed"

    def __init__(self, message: str, reply: Reply) -> None:
        super().__init__(message)
        self.reply = reply
