"""Chats of the client on the server in the test's own process."""

from __future__ import annotations

from serving import Served

from jupyter_chatcore.client.chat import PlainChat


def chat(served: Served, name: str = "values", url: str | None = None) -> PlainChat:
    """A chat that the scripted assistant answers."""
    here = served.url.removesuffix("chatcore/")
    return PlainChat(name, assistant="scripted", url=url or here, token=served.token)
