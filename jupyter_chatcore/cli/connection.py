"""The server that a command is about."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote

from ..client.finding import Address, find
from ..client.finding import address as named
from ..client.naming import session_id
from ..client.portal import run
from ..client.secret import Secret
from ..client.server import Server, server_at
from ..errors import NotFound

T = TypeVar("T")


def token(options: Namespace) -> Secret | None:
    """The token for the server that is named: it is not an option, as others see these."""
    given = os.environ.get("CHATCORE_SERVER_TOKEN", "")
    return Secret(given) if options.url and given else None


def address(options: Namespace) -> Address:
    """Where the server is.

    Raises:
        ValueError: it is named by what is no address.
        NoServer: there is none.
    """
    return named(options.url, token(options)) if options.url else find()


def asked(options: Namespace, work: Callable[[Server], Awaitable[T]]) -> T:
    """What `work` gives, done with the server.

    Raises:
        ChatcoreError: there is no server, it does not answer, or it refuses.
    """
    at = address(options)

    async def step() -> T:
        return await work(server_at(at))

    return run(step())


def path_of(chat: str) -> str:
    """A chat's id, by its id or its name, as it stands in an address.

    Raises:
        ValueError: no chat can be called so.
    """
    return quote(session_id(chat))


def no_chat(chat: str) -> NotFound:
    """The error where there is no such chat."""
    return NotFound(f"There is no chat {chat!r}: `jupyter chat list` shows those that there are.")
