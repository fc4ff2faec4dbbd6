"""A durable, live and scriptable chat with AI assistants, inside Jupyter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client.chat import achats, chats
    from .functions.define import assistant
    from .widget import Chat

__version__ = "0.1.0"
__all__ = ["Chat", "__version__", "achats", "assistant", "chats"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: the server needs none of it."""
    if name == "Chat":
        from .widget import Chat  # noqa: PLC0415

        return Chat
    if name in ("achats", "chats"):
        from .client import chat  # noqa: PLC0415

        return getattr(chat, name)
    if name == "assistant":
        from .functions.define import assistant  # noqa: PLC0415

        return assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where an editable install keeps the JupyterLab extension."""
    return [{"src": "labextension", "dest": "jupyter-chatcore"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Where the server finds the extension; imported only there."""
    from .app import ChatcoreApp  # noqa: PLC0415

    return [{"module": "jupyter_chatcore.app", "app": ChatcoreApp}]
