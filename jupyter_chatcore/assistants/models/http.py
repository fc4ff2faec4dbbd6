"""The HTTP client of a model server: bounded in time, and no proxy between it and this machine.

It is made in a thread: importing its library and reading the certificates takes a while.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 10.0
_TALKATIVE = ("httpx2", "httpcore2", "openai", "anthropic", "google_genai")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def make_client(url: str | None, seconds: float, **more: Any) -> httpx2.AsyncClient:
    """A client for the server at `url` that gives up after `seconds` without a sign of it.

    Call it in a thread.
    """
    import httpx2  # noqa: PLC0415  (slow, and only there with the extra)

    _quiet()
    parts = urlsplit(url or "https:")
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
        trust_env=parts.hostname not in _LOOPBACK,
        # plain HTTP needs no certificates
        verify=parts.scheme != "http",
        **more,
    )


def _quiet() -> None:
    """Keep the libraries' chatter out of the log: it quotes requests and answers, and so keys.

    A level that somebody has set stays.
    """
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
