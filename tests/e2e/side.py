"""The chats of JupyterLab as a person uses them: the side bar, tabs, what is set."""

from __future__ import annotations

import json

from jupyterprocess import JupyterProcess
from lab import CHAT_ROOT, ChatView, Tab
from playwright.sync_api import Locator, Page, expect

PLUGIN = "jupyter-chatcore:plugin"
# JupyterLab binds the keys of the settings a while after it activates the plug-ins
READY = """() => window.jupyterapp?.isPluginActivated?.('jupyter-chatcore:plugin')
  && window.jupyterapp.commands.keyBindings.some((key) => key.command === 'chatcore:new')"""

# Notebook 7 says that all is restored before it listens to the keyboard
LISTENING = "() => Promise.all([window.jupyterapp.started, window.jupyterapp.restored])"


class SideBar:
    """The panel with the chats."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.root = page.locator("#jupyter-chatcore-panel")
        self.search = self.root.get_by_role("searchbox")
        self.rows = self.root.locator("[data-session]")

    def press(self, keys: str) -> None:
        """Press a shortcut, once the plug-in hears it."""
        self.page.wait_for_function(READY)
        self.page.evaluate(LISTENING)
        self.page.keyboard.press(keys)

    def chat(self) -> ChatView:
        """The chat that the panel shows, once one can write in it."""
        view = ChatView(self.root.locator(CHAT_ROOT))
        view.wait_ready()
        return view

    def focus(self) -> ChatView:
        """Go to the chat by the keyboard."""
        self.press("Alt+Shift+C")
        chat = self.chat()
        expect(chat.input).to_be_focused()
        return chat

    def tab(self, title: str) -> Locator:
        """The tab of the main area with this title."""
        return self.page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=title)

    def main(self) -> ChatView:
        """The chat that is in front in the main area."""
        view = ChatView(self.page.locator(f"#jp-main-dock-panel {CHAT_ROOT}:visible"))
        view.wait_ready()
        return view


def cells(page: Page) -> list[str]:
    """The sources of the notebook's cells, as its model has them."""
    found: list[str] = page.evaluate(
        """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
          .map((cell) => cell.sharedModel.getSource())"""
    )
    return found


def set_for(server: JupyterProcess, **settings: object) -> None:
    """Keep settings as the settings editor does; a page reads them when it opens."""
    raw = json.dumps(settings)
    server.call("PUT", f"lab/api/settings/{PLUGIN}", {"raw": raw})


def open_lab(tab: Tab, name: str) -> SideBar:
    """Open a notebook in JupyterLab."""
    tab.open(name)
    return SideBar(tab.page)
