"""`Chat()`, the chat as a widget below a cell.

The widget only tells the page which chat to show; the page talks to the server by
itself. A comm message waits while a cell runs, so a chat over comms would freeze
exactly when it is needed, and what a notebook file keeps of it would be the chat's text.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from pathlib import Path
from typing import Any

import anywidget
import traitlets

HERE = Path(__file__).parent
BUNDLE = HERE / "static" / "widget.js"
SCRATCH = "scratch"
TITLE_LENGTH = 300

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SLUG_LENGTH = 100
_HEIGHT = re.compile(r"\d+(\.\d+)?(px|em|rem|ch|vh|dvh|svh|lvh|%)")


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
    return os.environ.get("JPY_SESSION_NAME", "")


def kernel_id() -> str:
    """The server's id of this kernel, "" outside of IPython's kernel.

    The page finds the notebook by it, also after the file was renamed.
    """
    app = sys.modules.get("ipykernel.kernelapp")
    if app is None or not app.IPKernelApp.initialized():
        return ""
    return Path(app.IPKernelApp.instance().connection_file).stem.removeprefix("kernel-")


def digest() -> str:
    """What tells one build of the bundle from another, "" where it was never built."""
    if not BUNDLE.is_file():
        return ""
    return hashlib.sha256(BUNDLE.read_bytes()).hexdigest()[:16]


class Chat(anywidget.AnyWidget):
    """A chat below the cell: the notebook's own one, or the one with the name given.

    Every tab that shows it shows the same, live. `height` is a CSS length, or a
    number of pixels; `title` is what a new chat is called, by default its name.

    `assistant` names who answers, `model` the model that it uses. A chat that is new
    starts with them. One that exists is switched to them only when they are given here,
    once a widget: what somebody chooses in the chat afterwards stays. Setting them on
    the widget switches its chat again.
    """

    _esm = (HERE / "loader.js").read_text(encoding="utf-8")
    _digest = traitlets.Unicode().tag(sync=True)

    session = traitlets.Unicode(help="the chat's id, \"\" for the notebook's own").tag(sync=True)
    notebook = traitlets.Unicode(help="the path of this kernel's notebook").tag(sync=True)
    kernel_id = traitlets.Unicode(help="the server's id of this kernel").tag(sync=True)
    height = traitlets.Unicode("480px", help="a CSS length").tag(sync=True)
    title = traitlets.Unicode(help="what a new chat is called").tag(sync=True)
    assistant = traitlets.Unicode(help='who answers, "" for the chat\'s own').tag(sync=True)
    model = traitlets.Unicode(help='the model used, "" for the chat\'s own').tag(sync=True)
    _assigned = traitlets.Bool(help="whether the page has switched its chat to them").tag(sync=True)

    def __init__(
        self,
        session: str | None = None,
        *,
        height: str | int = "480px",
        title: str | None = None,
        assistant: str | None = None,
        model: str | None = None,
    ) -> None:
        own = session is None
        name = SCRATCH if session is None else session
        path = notebook()
        super().__init__(
            session="" if own and path else session_id(name),
            notebook=path,
            kernel_id=kernel_id(),
            height=f"{height}px" if isinstance(height, int) else height,
            title=(title or ("" if own else name)).strip()[:TITLE_LENGTH],
            assistant=assistant or "",
            model=model or "",
            _digest=digest(),
        )
        self.on_msg(self._answer)

    @traitlets.validate("height")
    def _check_height(self, proposal: dict[str, Any]) -> str:
        value = str(proposal["value"])
        if not _HEIGHT.fullmatch(value):
            raise traitlets.TraitError(f"height is a CSS length such as '480px', not {value!r}")
        return value

    @traitlets.validate("assistant", "model")
    def _strip(self, proposal: dict[str, Any]) -> str:
        return str(proposal["value"]).strip()

    @traitlets.observe("assistant", "model")
    def _assign_again(self, _change: dict[str, Any]) -> None:
        self._assigned = False

    def _answer(self, _widget: Any, content: dict[str, Any], _buffers: list[bytes]) -> None:
        """Send the bundle to a page that could not get it from its server."""
        if content.get("kind") != "bundle":
            return
        if BUNDLE.is_file():
            self.send({"kind": "bundle"}, [BUNDLE.read_bytes()])
        else:
            error = f"{BUNDLE} is missing: install jupyter_chatcore again with `pip install`"
            self.send({"kind": "bundle", "error": error})

    def __repr__(self) -> str:
        """What a notebook file keeps of it: never the chat's text."""
        return f"Chat({self.session!r})" if self.session else "Chat()"
