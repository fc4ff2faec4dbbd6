"""`@assistant`: a function of a notebook answers chats."""

from __future__ import annotations

import contextvars
import inspect
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..calls import FunctionName
from ..client.finding import Address, address, find
from ..client.secret import Secret
from .runs import Defined
from .serving import Serving
from .wire import connect

if TYPE_CHECKING:
    from ..assistants.base import Turn

F = TypeVar("F", bound="Callable[[Turn], Any]")
Key = tuple[int, Address | None, Secret | None]

_servings: dict[Key, Serving] = {}
_making = threading.Lock()
_LONGEST_DESCRIPTION = 300


def assistant(
    name: str,
    *,
    title: str = "",
    description: str | None = None,
    url: str | None = None,
    token: str | None = None,
) -> Callable[[F], F]:
    """Let a function answer chats as the assistant `name`, for as long as this process lives.

    The function gets a `Turn` and returns or yields its answer: texts, which grow the
    answer, parts (`jupyter_chatcore.parts`), tables, figures and all else that a cell shows
    as more than text, and at any time a `Usage`. It may be a plain function, a generator,
    or either of them with `async`. Each question calls it in a thread of its own, so a cell
    that runs does not keep it waiting. What it prints appears below the cell that defined
    it. It is returned as it is.

    `title` is what people choose it by, `description` what they read of it, by default
    the first paragraph of its docstring. `url` and `token` name another server than the
    one that is found by itself.

    Raises:
        ValueError: the name has other characters than A-Z a-z 0-9 . _ - or over 64 of them,
            or `url` is no address.
        Conflict: the server has an assistant of this name that is no function.
        ChatcoreError: no server is found, or it does not answer.
    """
    check_name(name)
    hidden = None if token is None else Secret(token)
    server = None if url is None else address(url, hidden)

    def define(function: F) -> F:
        defined = Defined(
            name=name,
            function=function,
            context=contextvars.copy_context(),
            time=time.time(),
            title=title[:200],
            description=_described(function) if description is None else description[:1000],
        )
        _serving(server, hidden).define(defined)
        return function

    return define


def check_name(name: object) -> None:
    """Raises ValueError or TypeError, which say what to write, if no assistant can have it."""
    if callable(name):
        raise TypeError('give it a name: @assistant("my-bot")')
    try:
        msgspec.convert(name, FunctionName)
    except msgspec.ValidationError:
        raise ValueError(
            f"{name!r} cannot be the name of an assistant: use up to 64 of the characters"
            " A-Z a-z 0-9 . _ - and start with a letter or a digit."
        ) from None


def _described(function: Callable[..., object]) -> str:
    """The first paragraph of the docstring, on one line."""
    first = (inspect.getdoc(function) or "").partition("\n\n")[0]
    return " ".join(first.split())[:_LONGEST_DESCRIPTION]


def _serving(server: Address | None, token: Secret | None) -> Serving:
    """This process's functions for a server; a process that was forked has its own."""
    key = (os.getpid(), server, token)
    with _making:
        if key not in _servings:
            _servings[key] = Serving(lambda: connect(server or find(token)))
        return _servings[key]
