"""What travels over a widget's comm, where the page reaches no server with the extension.

Requests are named by the page and answered by that name, as every page of a notebook
hears every answer. What the requests say are the bodies and the results of the HTTP API.
"""

from __future__ import annotations

from typing import Literal

from .api import Seq
from .parts import Wire

CommState = Literal["taken", "done", "failed", "opened", "events", "closed"]


class CommRequest(Wire, frozen=True, kw_only=True, tag_field="kind", tag="request"):
    """A page asks its kernel for something.

    `request` names it, and is unique among all pages. `session`, `message` and `part`
    are what the path has over HTTP; `body` is the JSON of the body, or of the query. The
    verb `cancel` ends the request of this name, `here` says that it is still wanted.
    """

    request: str
    verb: str
    session: str = ""
    message: Seq = 0
    part: Seq = 0
    body: str = "{}"


class CommAnswer(Wire, frozen=True, kw_only=True, tag_field="kind", tag="answer"):
    """The kernel answers a request.

    `taken` comes as soon as the kernel is free to hear it. Then one of `done` and `failed`
    ends it; `status` is what it would be over HTTP. A watch is `opened`, brings `events`,
    none while nothing happens, and is `closed` where the chat was deleted. `body` is the
    JSON of the result, the `ErrorBody` or the events. `now` is the kernel's clock, in
    milliseconds since the epoch.
    """

    request: str
    state: CommState
    body: str = ""
    status: int = 0
    now: int = 0


class Kept(Wire, frozen=True, kw_only=True):
    """The verb `place`: the file that keeps the chats, as its user would write it."""

    path: str


class Named(Wire, frozen=True, kw_only=True):
    """The verb `upload`: what the file is; its bytes come beside."""

    name: str
    mime: str = "application/octet-stream"
