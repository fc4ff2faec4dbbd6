"""Chats in plain Python, where there is nothing to show a widget in."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from ..protocol import Session
from .conversation import Where, listed
from .display import put
from .finding import address
from .naming import SCRATCH, kernel_id, notebook, session_id
from .portal import arun, run
from .replaying import Replay
from .secret import Secret
from .verbs import Verbs


class PlainChat(Verbs):
    """A chat without a widget: light, and fit for a hundred of them.

    In a notebook it shows itself as the widget `Chat`.
    """

    def __init__(
        self,
        session: str | None = None,
        *,
        title: str | None = None,
        assistant: str | None = None,
        model: str | None = None,
        url: str | None = None,
        token: str | Secret | None = None,
        replay: Replay = None,
    ) -> None:
        self._place = place(session, title, assistant, model, url, token, replay)

    @classmethod
    def of(cls, session: Session, where: Where) -> Self:
        """The chat that a server told of; `where` is anything on that server."""
        made = cls.__new__(cls)
        made._place = Where(session=session.id, server=where.server, token=where.token)
        return made

    @property
    def session(self) -> str:
        """The chat's id, "" for the notebook's own."""
        return self._place.session

    def _where(self) -> Where:
        return self._place

    def _ipython_display_(self) -> None:
        from ..widget import Chat  # noqa: PLC0415

        put(Chat.at(self._place))

    def __repr__(self) -> str:
        return f"Chat({self.session!r})" if self.session else "Chat()"


def place(
    session: str | None,
    title: str | None,
    assistant: str | None,
    model: str | None,
    url: str | None,
    token: str | Secret | None,
    replay: Replay = None,
) -> Where:
    """Which chat is meant by what a user gives.

    Raises:
        TypeError, ValueError: `session` is no name, or `url` no address.
    """
    own, path = session is None, notebook()
    name = SCRATCH if session is None else session
    return replace(
        at(url, token),
        session="" if own and path else session_id(name),
        notebook=path,
        kernel=kernel_id(),
        title=title or ("" if own else name),
        assistant=assistant or "",
        model=model or "",
        replay=replay,
    )


def at(url: str | None, token: str | Secret | None) -> Where:
    """No chat yet, but the server. From here on the token shows itself no more.

    Raises:
        ValueError: `url` is no address.
    """
    hidden = Secret(token) if isinstance(token, str) else token
    return Where(server=None if url is None else address(url, hidden), token=hidden)


def chats(
    limit: int = 50,
    *,
    notebook: str | None = None,
    url: str | None = None,
    token: str | Secret | None = None,
) -> list[PlainChat]:
    """The chats of the server, the most recently used first.

    Raises:
        ChatcoreError: the server cannot be found or reached, or refuses.
    """
    where = at(url, token)
    return [PlainChat.of(each, where) for each in run(listed(where, limit, notebook))]


async def achats(
    limit: int = 50,
    *,
    notebook: str | None = None,
    url: str | None = None,
    token: str | Secret | None = None,
) -> list[PlainChat]:
    """`chats` in an event loop."""
    where = at(url, token)
    return [PlainChat.of(each, where) for each in await arun(listed(where, limit, notebook))]
