"""`Chat()`, the chat as a widget below a cell.

The widget only tells the page which chat to show; the page talks to the server by
itself. A comm message waits while a cell runs, so a chat over comms would freeze
exactly when it is needed. Where the page reaches no server that has the extension, the
chat goes over the comm none the less, and the kernel keeps it (`embedded`).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from ipywidgets import CallbackDispatcher  # type: ignore[import-untyped]

from .client.chat import place
from .client.conversation import Where
from .client.naming import session_id
from .client.replaying import Replay
from .client.secret import Secret
from .client.verbs import Verbs

HERE = Path(__file__).parent
BUNDLE = HERE / "static" / "widget.js"
TITLE_LENGTH = 300

_HEIGHT = re.compile(r"\d+(\.\d+)?(px|em|rem|ch|vh|dvh|svh|lvh|%)")


def digest() -> str:
    """What tells one build of the bundle from another, "" where it was never built."""
    if not BUNDLE.is_file():
        return ""
    return hashlib.sha256(BUNDLE.read_bytes()).hexdigest()[:16]


class Chat(Verbs, anywidget.AnyWidget):
    """A chat below the cell: the notebook's own one, or the one with the name given.

    Every tab that shows it shows the same, live. `height` is a CSS length, or a
    number of pixels; `title` is what a new chat is called, by default its name.
    Setting `session` shows another chat, by its name as here.

    `assistant` names who answers, `model` the model that it uses. A chat that is new
    starts with them. One that exists is switched to them only when they are given here,
    once a widget: what somebody chooses in the chat afterwards stays. Setting them on
    the widget switches its chat again.

    It can be asked from Python, and then also outside of a notebook: `ask`, `send`,
    `messages`, `search` and so on, each with a twin for event loops (`aask`). `url` and
    `token` are of another server than the one that is found by itself. With `replay` what is
    asked from Python gets its earlier answers, from the chat's beginning on.

    `busy` says whether an answer is being written, and `recent` has the newest 20
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
    _title = traitlets.Unicode(help="what a new chat is called").tag(sync=True)
    assistant = traitlets.Unicode(help='who answers, "" for the chat\'s own').tag(sync=True)
    model = traitlets.Unicode(help='the model used, "" for the chat\'s own').tag(sync=True)
    busy = traitlets.Bool(read_only=True, help="whether an answer is being written").tag(sync=True)
    # not synchronised: what is, may be saved in the notebook file
    recent: traitlets.List[dict[str, Any]] = traitlets.List(
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
        url: str | None = None,
        token: str | Secret | None = None,
        replay: Replay = None,
    ) -> None:
        self._callbacks = CallbackDispatcher()
        self._meant = where = place(session, title, assistant, model, url, token, replay)
        super().__init__(
            session=where.session,
            notebook=where.notebook,
            kernel_id=where.kernel,
            height=height,
            _title=where.title.strip()[:TITLE_LENGTH],
            assistant=where.assistant,
            model=where.model,
            _digest=digest(),
            _name=secrets.token_hex(8),
        )
        self.on_msg(self._take)

    @classmethod
    def at(cls, where: Where) -> Chat:
        """The widget of a chat that was found."""
        made = cls(where.session or None)
        made._meant = where
        return made

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
        self._title = ""
        self.set_trait("recent", [])
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
            self._tell({"kind": "bundle"}, [BUNDLE.read_bytes()])
        else:
            error = f"{BUNDLE} is missing: install jupyter_chatcore again with `pip install`"
            self._tell({"kind": "bundle", "error": error})

    def _note(self, report: dict[str, Any]) -> None:
        """Take over what the page tells of its chat, if no other page has told it before."""
        heard = self._heard
        if report["session"] != self.session or report["cursor"] <= heard:
            return
        self._heard = report["cursor"]
        self.set_trait("recent", report["messages"])
        self.set_trait("busy", report["busy"])
        for message in report["ended"] if heard else ():
            if message.pop("seq") > heard:
                self._callbacks(message)

    def _serve(self, request: dict[str, Any], buffers: list[bytes]) -> None:
        """Let the core in this kernel answer: the page reaches no server that has one."""
        from .embedded import embedded, for_threads  # noqa: PLC0415

        self._tell({"kind": "answer", "request": request.get("request"), "state": "taken"})
        embedded().take(request, [bytes(each) for each in buffers], for_threads(self._tell))

    def _tell(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        """Send the page a message: `send` is for the chat's."""
        anywidget.AnyWidget.send(self, content, buffers)

    def _where(self) -> Where:
        """The chat that the verbs are about: the one that is shown."""
        return replace(
            self._meant,
            session=self.session,
            title=self._title,
            assistant=self.assistant,
            model=self.model,
            assign=not self._assigned,
        )

    def __repr__(self) -> str:
        """What a notebook file keeps of it: never the chat's text."""
        return f"Chat({self.session!r})" if self.session else "Chat()"
