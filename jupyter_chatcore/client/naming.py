"""Which chat is meant: by its name, or as the one of this kernel's notebook."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from pathlib import Path

from .cells import current_shell

SCRATCH = "scratch"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SLUG_LENGTH = 100


def session_id(name: str) -> str:
    """The id of the chat with this name: always the same one for the same name.

    A name that can be an id is one. Others become small letters and dashes; where
    letters are lost on the way, a digest of the name keeps different names apart.

    Raises:
        TypeError: the name is no string.
        ValueError: the name has neither letters nor digits.
    """
    if not isinstance(name, str):
        raise TypeError(f"a chat's name is a string, not {type(name).__name__}")
    if _ID.fullmatch(name):
        return name
    name = unicodedata.normalize("NFC", name).strip()
    if not any(letter.isalnum() for letter in name):
        raise ValueError(f"a chat's name needs a letter or a digit, {name!r} has none")
    return _slug(name)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).lower()
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    letters = re.sub(r"[^a-z0-9]+", "-", bare).strip("-")
    lost = any(letter.isalnum() and not letter.isascii() for letter in name)
    if not lost and len(letters) <= _SLUG_LENGTH:
        return letters
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{letters[:_SLUG_LENGTH] or 'chat'}-{digest}"


def notebook() -> str:
    """The path of the notebook that this kernel was started for, "" if there is none."""
    # VS Code leaves its path in the kernel's namespace
    shell = current_shell()
    named = shell.user_ns.get("__vsc_ipynb_file__", "") if shell is not None else ""
    return os.environ.get("JPY_SESSION_NAME", "") or str(named)


def kernel_id() -> str:
    """The server's id of this kernel, "" outside of IPython's kernel.

    The page finds the notebook by it, also after the file was renamed.
    """
    app = sys.modules.get("ipykernel.kernelapp")
    if app is None or not app.IPKernelApp.initialized():
        return ""
    return Path(app.IPKernelApp.instance().connection_file).stem.removeprefix("kernel-")
