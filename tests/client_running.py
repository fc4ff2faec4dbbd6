"""A real server for the tests of the client, started once, and chats on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

import pytest
from jupyterprocess import JupyterProcess, running

from jupyter_chatcore.client.chat import PlainChat

OTHERS = ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp", "jupyter_server_terminals")
ALONE = f"--ServerApp.jpserver_extensions={dict.fromkeys(OTHERS, False)}"
"""The option of a server that has this extension alone, and starts the sooner."""


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
        name = name or f"chat-{uuid.uuid4().hex[:8]}"
        return PlainChat(name, assistant="scripted", **self.named)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of the whole session; whoever restarts it leaves it running."""
    unlimited = "--ChatcoreApp.max_posts_per_minute=0"
    with running(tmp_path_factory.mktemp("server"), "server", ALONE, unlimited) as server:
        yield Place(server)
