"""Where things are kept where nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

from jupyter_core.paths import jupyter_data_dir


def default_database() -> Path:
    """The chats of whoever runs this: a server and a kernel have the same ones."""
    return Path(jupyter_data_dir()) / "chatcore" / "chats.sqlite"
