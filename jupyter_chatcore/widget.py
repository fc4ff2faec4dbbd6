"""`Chat()`, the chat as a widget below a cell.

The widget only tells the page which chat to show; the page talks to the server by
itself. A comm message waits while a cell runs, so a chat over comms would freeze
exactly when it is needed. Where the page reaches no server that has the extension, the
chat goes over the comm none the less, and the kernel keeps it (`embedded`).
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from ipywidgets import CallbackDispatcher  # type: ignore[import-untyped]

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
    # VS Code leaves its path in the kernel's namespace
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
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


def digest() -> str:
    """What tells one build of the bundle from another, "" where it was never built."""
    if not BUNDLE.is_file():
        return ""
    return hashlib.sha256(BUNDLE.read_bytes()).hexdigest()[:16]


class Chat(anywidget.AnyWidget):
    """A chat below the cell: the notebook's own one, or the one with the name given.

    Every tab that shows it shows the same, live. `height` is a CSS length, or a
    number of pixels; `title` is what a new chat is called, by default its name.
    Setting `session` shows another chat, by its name as here.

    `assistant` names who answers, `model` the model that it uses. A chat that is new
    starts with them. One that exists is switched to them only when they are given here,
    once a widget: what somebody chooses in the chat afterwards stays. Setting them on
    the widget switches its chat again.

    `busy` says whether an answer is being written, and `messages` has the newest 20
    messages of the branch shown, oldest first: dicts with `id`, `role` (user, assistant
    or system), `status` (`streaming` while it is written), `author` and `text`, of which
    long ones have the first 2,000 characters. The page tells both, at most four times a
    second, for as long as one shows the chat; neither can be set, and no notebook file
    keeps the messages.
    """

    _esm = (HERE / "loader.js").read_text(encoding="utf-8")
    _digest = traitlets.Unicode().tag(sync=True)

    session = traitlets.Unicode(help="the chat's id, \"\" for the notebook's own").tag(sync=True)
    notebook = traitlets.Unicode(help="the path of this kernel's notebook").tag(sync=True)
    kernel_id = traitlets.Unicode(help="the server's id of this kernel").tag(sync=True)
    height = traitlets.Union(
        [traitlets.Unicode(), traitlets.Float()],
        default_value="480px",
        help="a CSS length, or a number of pixels",
    ).tag(sync=True)
    title = traitlets.Unicode(help="what a new chat is called").tag(sync=True)
    assistant = traitlets.Unicode(help='who answers, "" for the chat\'s own').tag(sync=True)
    model = traitlets.Unicode(help='the model used, "" for the chat\'s own').tag(sync=True)
    busy = traitlets.Bool(read_only=True, help="whether an answer is being written").tag(sync=True)
    # not synchronised: what is, may be saved in the notebook file
    messages: traitlets.List[dict[str, Any]] = traitlets.List(
        read_only=True, help="the newest messages, oldest first"
    )
    _assigned = traitlets.Bool(help="whether the page has switched its chat to them").tag(sync=True)
    _name = traitlets.Unicode(help="tells this widget from all others").tag(sync=True)
    _heard = traitlets.Int(help="the change up to which the page has told").tag(sync=True)
    _listening = traitlets.Bool(help="whether ended messages are wanted").tag(sync=True)

    def __init__(
        self,
        session: str | None = None,
        *,
        height: str | float = "480px",
        title: str | None = None,
        assistant: str | None = None,
        model: str | None = None,
    ) -> None:
        own = session is None
        name = SCRATCH if session is None else session
        path = notebook()
        self._callbacks = CallbackDispatcher()
        super().__init__(
            session="" if own and path else session_id(name),
            notebook=path,
            kernel_id=kernel_id(),
            height=height,
            title=(title or ("" if own else name)).strip()[:TITLE_LENGTH],
            assistant=assistant or "",
            model=model or "",
            _digest=digest(),
            _name=secrets.token_hex(8),
        )
        self.on_msg(self._take)

    def on_message(
        self, callback: Callable[[dict[str, Any]], object], remove: bool = False
    ) -> None:
        """Call `callback` in the kernel with each message that has ended, in their order.

        Once each, whoever wrote it, for as long as a page shows the chat; those that had
        ended before it did are not told. The message is a dict as in `messages`, with its
        whole text, and with its `parts` and `error` as the HTTP API has them. `remove`
        undoes it. What a callback raises is shown as what a widget's callback raises.
        """
        self._callbacks.register_callback(callback, remove=remove)
        self._listening = bool(self._callbacks.callbacks)

    @traitlets.validate("session")
    def _check_session(self, proposal: dict[str, Any]) -> str:
        name = str(proposal["value"])
        if not name and self.notebook:
            return name
        try:
            return session_id(name)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("height")
    def _check_height(self, proposal: dict[str, Any]) -> str:
        value = proposal["value"]
        length = value if isinstance(value, str) else f"{value:g}px"
        if not _HEIGHT.fullmatch(length):
            raise traitlets.TraitError(f"height is a CSS length such as '480px', not {value!r}")
        return length

    @traitlets.validate("assistant", "model")
    def _strip(self, proposal: dict[str, Any]) -> str:
        return str(proposal["value"]).strip()

    @traitlets.observe("assistant", "model")
    def _assign_again(self, _change: dict[str, Any]) -> None:
        self._assigned = False

    @traitlets.observe("session")
    def _begin_again(self, _change: dict[str, Any]) -> None:
        """Another chat is shown: what was told of the last one holds no more."""
        if self.comm is None:
            return
        self._heard = 0
        self.title = ""
        self.set_trait("messages", [])
        self.set_trait("busy", False)

    def _take(self, _widget: Any, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Do what the page asks for."""
        match content.get("kind"):
            case "bundle":
                self._send_bundle()
            case "report":
                self._note(content)
            case "request":
                self._serve(content, buffers)

    def _send_bundle(self) -> None:
        """To a page that could not get it from its server."""
        if BUNDLE.is_file():
            self.send({"kind": "bundle"}, [BUNDLE.read_bytes()])
        else:
            error = f"{BUNDLE} is missing: install jupyter_chatcore again with `pip install`"
            self.send({"kind": "bundle", "error": error})

    def _note(self, report: dict[str, Any]) -> None:
        """Take over what the page tells of its chat, if no other page has told it before."""
        heard = self._heard
        if report["session"] != self.session or report["cursor"] <= heard:
            return
        self._heard = report["cursor"]
        self.set_trait("messages", report["messages"])
        self.set_trait("busy", report["busy"])
        for message in report["ended"] if heard else ():
            if message.pop("seq") > heard:
                self._callbacks(message)

    def _serve(self, request: dict[str, Any], buffers: list[bytes]) -> None:
        """Let the core in this kernel answer: the page reaches no server that has one."""
        from .embedded import embedded, for_threads  # noqa: PLC0415

        self.send({"kind": "answer", "request": request.get("request"), "state": "taken"})
        embedded().take(request, [bytes(each) for each in buffers], for_threads(self.send))

    def __repr__(self) -> str:
        """What a notebook file keeps of it: never the chat's text."""
        return f"Chat({self.session!r})" if self.session else "Chat()"
