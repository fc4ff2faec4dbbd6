"""What a kernel and the server say to each other, so that functions of the kernel answer chats.

The kernel tells all the functions that it offers (`Offer`) and is told which of them the
server cannot take (`Told`). Then the server sends calls, each with a number, and the kernel
answers with what the function says (`Said`) and how it ended (`Ended`).
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from .parts import Part, Wire
from .protocol import Message, MessageError, Session, Usage

FunctionName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
MAX_FUNCTIONS = 100
"""How many functions one kernel may offer."""


class Function(Wire, frozen=True, kw_only=True):
    """A function that answers as `name`; `defined` is when it was, in seconds since 1970."""

    name: FunctionName
    defined: float
    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    description: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Offer(Wire, frozen=True, kw_only=True, tag_field="type", tag="offer"):
    """From a kernel: all that it offers; what it has offered before may be defined anew.

    `notebook` is the path of its notebook, "" where it belongs to none.
    """

    id: int
    functions: Annotated[list[Function], msgspec.Meta(max_length=MAX_FUNCTIONS)]
    notebook: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Said(Wire, frozen=True, kw_only=True, tag_field="type", tag="said"):
    """From a kernel: more of an answer; a text grows the one before it, a part stands alone."""

    call: int
    items: list[str | Part] = []
    usage: Usage | None = None


class Ended(Wire, frozen=True, kw_only=True, tag_field="type", tag="ended"):
    """From a kernel: the function has returned, or failed."""

    call: int
    error: MessageError | None = None


class Told(Wire, frozen=True, kw_only=True, tag_field="type", tag="told"):
    """To a kernel: what became of an offer; `refused` has why, by the functions' names."""

    id: int
    refused: dict[str, str] = {}


class Taken(Wire, frozen=True, kw_only=True, tag_field="type", tag="taken"):
    """To a kernel: another one answers as `name` from now on."""

    name: str
    message: str


class SentTurn(Wire, frozen=True, kw_only=True):
    """A turn as it goes to a kernel: see `Turn` for what the fields mean.

    `folder` is a path on the server's machine.
    """

    session: Session
    history: list[Message]
    prompt: Message
    reply: int
    settings: dict[str, Any] = {}
    folder: str = ""
    omitted: int = 0


class Call(Wire, frozen=True, kw_only=True, tag_field="type", tag="call"):
    """To a kernel: answer this as the function `name`."""

    id: int
    name: str
    turn: SentTurn


class Cancel(Wire, frozen=True, kw_only=True, tag_field="type", tag="cancel"):
    """To a kernel: nobody wants the answer to this call any more."""

    call: int


FromKernel = Offer | Said | Ended
ToKernel = Told | Taken | Call | Cancel
