"""JupyterLab and Notebook as a person uses them: tabs, notebooks, chats below cells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyterprocess import JupyterProcess, wait_for
from playwright.sync_api import BrowserContext, Locator, Page, expect

CHAT = "from jupyter_chatcore import Chat; Chat()"
KERNEL_IDLE = """() => {
  const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
  return context?.isReady && context.session?.kernel?.status === "idle";
}"""

CHAT_ROOT = "[data-chatcore]"
MESSAGE = "[data-message]"
BODY = "[data-body]"


class ChatView:
    """A chat in one tab."""

    def __init__(self, root: Locator) -> None:
        self.root = root
        self.input = root.get_by_role("textbox")
        self.stop_button = root.get_by_role("button", name="Stop", exact=True)
        self.messages = root.locator(MESSAGE)
        self.log = root.get_by_role("log")
        self.tools = root.locator("[data-tool]")
        self.options = root.locator(".jp-Chatcore-option")
        self.picker = root.get_by_role("button", name="Assistant:")

    def wait_ready(self) -> None:
        """Wait until it can be typed into."""
        expect(self.input).to_be_editable(timeout=30_000)

    def type(self, text: str) -> None:
        """Write into the input without sending."""
        self.input.fill(text)

    def send(self, text: str) -> None:
        """Write something and press Enter."""
        self.type(text)
        self.input.press("Enter")

    def option(self, label: str, title: str = "") -> Locator:
        """A button that answers a request for permission."""
        return self.root.get_by_role("button", name=f"{label}: {title}")

    def transcript(self) -> list[tuple[str, str]]:
        """What it shows: the status and the text of every message, oldest first."""
        shown: list[list[str]] = self.messages.evaluate_all(
            """(messages, body) => messages.map((message) => [
              message.dataset.status,
              [...message.querySelectorAll(body)].map((part) => part.innerText).join(""),
            ])""",
            BODY,
        )
        return [(status, text.strip()) for status, text in shown]

    def wait_for(
        self, what: str, ready: Callable[[list[tuple[str, str]]], Any], timeout: float = 30
    ) -> None:
        """Wait until the transcript is as it should be."""
        try:
            wait_for(what, lambda: ready(self.transcript()), timeout)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; it shows {self.transcript()}") from None

    def wait_for_text(self, text: str) -> None:
        """Wait until some message contains the text."""
        self.wait_for(f"{text!r}", lambda shown: any(text in words for _, words in shown))

    def wait_for_end(self, count: int, timeout: float = 30) -> None:
        """Wait until it shows `count` messages or more, none of them unfinished."""
        self.wait_for(
            f"{count} messages, all ended",
            lambda shown: len(shown) >= count and not {"streaming", "sending"} & dict(shown).keys(),
            timeout,
        )


class Tab:
    """A browser tab on a server's page."""

    def __init__(self, context: BrowserContext, server: JupyterProcess) -> None:
        self.page: Page = context.new_page()
        self.server = server
        lost = self.page.locator(".jp-Dialog", has_text="Server Connection Error")
        self.page.add_locator_handler(lost, dismiss)
        # from now on no dialog for files opens: asked for with the key that opens one, a
        # browser under load hears of it too late
        self.page.on("filechooser", lambda _: None)

    def open(self, name: str, kind: str = "lab/tree", url: str | None = None) -> None:
        """Open a notebook, and wait for its kernel; `url` is the server as seen from here."""
        address = self.server.address(name, kind)
        if url is not None:
            address = address.replace(self.server.url, url, 1)
        self.page.goto(address, wait_until="domcontentloaded")
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait for the notebook's kernel."""
        self.page.wait_for_function(KERNEL_IDLE, timeout=60_000)

    def reload(self) -> None:
        """Reload the page, and wait for the notebook's kernel."""
        self.page.reload(wait_until="domcontentloaded")
        self.wait_ready()

    def command(self, name: str) -> None:
        """Carry out one of JupyterLab's commands, without waiting for its end."""
        self.page.evaluate("name => { void window.jupyterapp.commands.execute(name) }", name)

    def run_all(self) -> None:
        """Run every cell."""
        self.command("notebook:run-all-cells")

    def save(self) -> None:
        """Save the notebook, as Ctrl+S does, and wait until it is."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def restart_kernel(self) -> None:
        """Restart the kernel without being asked, and wait for it."""
        self.page.evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
        )
        self.wait_ready()

    def chat(self, number: int = 0) -> ChatView:
        """The chat below a cell, once it can be typed into."""
        view = ChatView(self.page.locator(CHAT_ROOT).nth(number))
        view.wait_ready()
        return view

    def run_chat(self) -> ChatView:
        """Run the notebook; its first chat."""
        self.run_all()
        return self.chat()

    def screenshot(self, path: Path) -> None:
        """A picture of the page."""
        self.page.screenshot(path=path)


def dismiss(dialog: Locator) -> None:
    """Close what JupyterLab lays over the page while its server is away."""
    dialog.get_by_role("button", name="Close").click()


def place(element: Locator) -> list[float]:
    """Where it is, and how wide and high."""
    box = element.bounding_box()
    assert box is not None
    return [box["x"], box["y"], box["width"], box["height"]]


def texts(message: dict[str, Any]) -> str:
    """The text of a stored message."""
    return "".join(part.get("text", "") for part in message["parts"]).strip()


def stored(server: JupyterProcess, session: str) -> list[tuple[str, str]]:
    """What is stored of a chat, as a transcript."""
    return [(message["status"], texts(message)) for message in server.messages(session)]


def own_chat(server: JupyterProcess, notebook: str) -> str:
    """The id of a notebook's own chat."""
    page = server.call("GET", "chatcore/sessions", params={"notebook": notebook})
    [session] = page["sessions"]
    return str(session["id"])


def words(count: int) -> str:
    """What the scripted assistant streams."""
    return " ".join(f"w{number}" for number in range(count))


def saved_text(path: Path) -> str:
    """Everything in a notebook file, as one text."""
    return json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
