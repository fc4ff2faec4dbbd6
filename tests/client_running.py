"""A real server for the tests of the client, and chats on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TypedDict

from jupyterprocess import JupyterProcess

from jupyter_chatcore.client.chat import PlainChat


class Named(TypedDict):
    """A server by its address and token."""

    url: str
    token: str


@dataclass(frozen=True)
class Place:
    """A running server, as the client is told of it."""

    server: JupyterProcess

    @property
    def named(self) -> Named:
        """What names the server."""
        return {"url": self.server.url, "token": self.server.token}

    def chat(self, name: str | None = None) -> PlainChat:
        """A chat that the scripted assistant answers, by default one that nobody has used."""
        return PlainChat(
            name or f"chat-{uuid.uuid4().hex[:8]}",
            assistant="scripted",
            **self.named,
        )
