"""The chats beside a notebook, and beside the files, in Notebook 7."""

from __future__ import annotations

from jupyterprocess import JupyterProcess
from lab import Tab, own_chat
from playwright.sync_api import BrowserContext, expect
from side import SideBar, cells
from test_lab_code import PUT

FAILS = "1 / 0"


def open_page(context: BrowserContext, server: JupyterProcess, path: str) -> SideBar:
    tab = Tab(context, server)
    tab.page.goto(server.address(path, "notebooks" if path else "tree"))
    return SideBar(tab.page)


def test_a_chat_beside_a_notebook(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    server.write_notebook(name, FAILS)
    side = open_page(context, server, name)
    cell = side.page.locator(".jp-Notebook .cm-content").first
    cell.click()
    side.press("Alt+Shift+S")
    chat = side.chat()
    expect(chat.input).to_have_value(f"```python\n{FAILS}\n```\n")
    chat.send("say hello")
    chat.wait_for_end(2)
    cell.click()
    side.press("Shift+Enter")
    side.page.get_by_role("button", name="Explain").click()
    chat.wait_for_end(4)
    assert "ZeroDivisionError" in chat.transcript()[2][1]
    assert own_chat(server, name)
    side.page.evaluate(PUT, ["bread = 3", "below"])
    assert "bread = 3" in cells(side.page)
    # one page has one document: there is no other tab to open a chat in
    expect(side.root.get_by_role("button", name="Open in the main area")).to_have_count(0)


def test_a_chat_beside_the_files(context: BrowserContext, server: JupyterProcess) -> None:
    side = open_page(context, server, "")
    side.press("Alt+Shift+N")
    chat = side.chat()
    chat.send("say hello")
    chat.wait_for_end(2)
    side.press("Alt+Shift+F")
    expect(side.search).to_be_focused()
    expect(side.rows.first).to_be_visible()
