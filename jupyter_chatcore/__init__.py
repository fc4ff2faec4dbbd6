"""A durable, live and scriptable chat with AI assistants, inside Jupyter."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client.chat import achats, chats
    from .functions.define import assistant
    from .widget import Chat

__version__ = "0.1.0"
__all__ = ["Chat", "__version__", "achats", "assistant", "chats"]


_PLACES = {
    "Chat": ".widget",
    "achats": ".client.chat",
    "assistant": ".functions.define",
    "chats": ".client.chat",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: the server needs none of it."""
    if name in _PLACES:
        return getattr(import_module(_PLACES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext jupyter_chatcore` does: `%chat` and `%%chat`, with their completion."""
    from .magics import load  # noqa: PLC0415

    load(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where an editable install keeps the JupyterLab extension."""
    return [{"src": "labextension", "dest": "jupyter-chatcore"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Where the server finds the extension; imported only there."""
    from .app import ChatcoreApp  # noqa: PLC0415

    return [{"module": "jupyter_chatcore.app", "app": ChatcoreApp}]
