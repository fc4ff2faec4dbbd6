"""What the server and its child say to each other, one line each."""

from __future__ import annotations

import msgspec


class Serve(msgspec.Struct, frozen=True, kw_only=True):
    """To the child: which file to serve, and how.

    It comes over the child's standard input, because what a program is started with can
    be read by every user of the machine, and `key` is a secret. `window` is in tokens and
    for each of the answers that are written at once; `threads` None leaves one core free.
    """

    path: str
    model: str
    key: str
    window: int
    threads: int | None = None


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """From the child, once the model is loaded: where it is served."""

    address: str
