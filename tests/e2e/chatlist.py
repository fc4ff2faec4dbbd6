"""The list of chats in the side bar, as a person uses it."""

from __future__ import annotations

from typing import Any

from jupyterprocess import JupyterProcess
from lab import CHAT_ROOT, ChatView, Tab
from playwright.sync_api import Locator, expect

PANEL = "#jupyter-chatcore-panel"
ROW = "[data-session]"


class ChatList:
    """The list in one tab."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.root = tab.page.locator(f"{PANEL} .jp-Chatcore-list")
        self.search = self.root.get_by_role("searchbox")
        self.new = self.root.get_by_role("button", name="New chat").first
        self.rows = self.root.locator(ROW)
        self.headings = self.root.locator("h3")
        self.results = self.root.locator("[data-result]")
        self.undo = self.root.get_by_role("button", name="Undo")
        self.told = self.root.locator("p[role=status]")

    def open(self) -> None:
        """Open JupyterLab and the list in it."""
        address = self.tab.server.address("", "lab")
        self.tab.page.goto(address, wait_until="domcontentloaded")
        # the launcher takes the focus when it comes, which is after all else
        self.tab.page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget", timeout=60_000
        )
        self.show()

    def show(self) -> None:
        """Show the list, and go to its search box."""
        self.tab.command("chatcore:search")
        expect(self.search).to_be_focused(timeout=30_000)
        # JupyterLab brings one to its panel a moment later
        self.tab.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
        )

    def chat(self) -> ChatView:
        """The chat that is shown in the place of the list, once it can be typed into."""
        view = ChatView(self.tab.page.locator(f"{PANEL} {CHAT_ROOT}"))
        view.wait_ready()
        return view

    def row(self, title: str) -> Locator:
        """The row of the chat with this title."""
        return self.rows.filter(has=self.tab.page.get_by_text(title, exact=True))

    def opener(self, title: str) -> Locator:
        """What opens the chat with this title."""
        return self.row(title).locator(".jp-Chatcore-row-open")

    def expect_titles(self, *titles: str) -> None:
        """Wait until it shows these chats, in this order."""
        expect(self.rows.locator(".jp-Chatcore-row-title")).to_have_text(list(titles))

    def choose(self, title: str, entry: str) -> None:
        """Choose an entry of a chat's menu, by a right click."""
        self.opener(title).click(button="right")
        self.tab.page.get_by_role("menuitem", name=entry).click()

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.tab.page.keyboard.press(key)

    def focused(self) -> str:
        """The title of the chat whose row has the focus."""
        title: str = self.tab.page.evaluate(
            "() => document.activeElement?.closest('[data-session]')"
            "?.querySelector('.jp-Chatcore-row-title')?.textContent ?? ''"
        )
        return title


def make(server: JupyterProcess, title: str, said: str = "", **more: Any) -> str:
    """A chat on the server, with a message where something is said; its id."""
    session = server.call("POST", "chatcore/sessions", {"title": title, **more})
    if said:
        server.call("POST", f"chatcore/chat/{session['id']}/messages", {"text": said})
    return str(session["id"])


def titles(server: JupyterProcess, show: str = "open") -> list[str]:
    """The titles of the chats on the server, the most recently used first."""
    page = server.call("GET", "chatcore/sessions", params={"show": show, "limit": 200})
    return [session["title"] for session in page["sessions"]]


def clear(server: JupyterProcess) -> None:
    """Delete every chat."""
    while page := server.call("GET", "chatcore/sessions", params={"show": "all"})["sessions"]:
        for session in page:
            server.call("DELETE", f"chatcore/sessions/{session['id']}")
