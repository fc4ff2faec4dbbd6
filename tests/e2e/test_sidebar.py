"""The chats in JupyterLab's side bar and in tabs of its main area."""

from __future__ import annotations

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab, own_chat
from playwright.sync_api import expect
from side import SideBar


@pytest.fixture
def side(tab: Tab) -> SideBar:
    return SideBar(tab.page)


def test_one_chat_in_panel_tab_and_widget(tab: Tab, chat: ChatView, side: SideBar) -> None:
    panel = side.focus()
    side.press("Alt+Shift+O")
    main = side.main()
    main.send("stream 30 50ms")
    for view in (panel, main):
        view.wait_for_text("w5")
    for view in (panel, main):
        view.wait_for_end(2)
    panel.send("say from the panel")
    main.wait_for_text("from the panel")
    tab.page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    chat.wait_for_end(4)
    assert chat.transcript() == panel.transcript()


def test_the_way_to_the_list_and_back(server: JupyterProcess, side: SideBar, name: str) -> None:
    panel = side.focus()
    panel.send("say first")
    panel.wait_for_end(2)
    side.root.get_by_role("button", name="All chats").click()
    expect(side.search).to_be_focused()
    row = side.root.locator(f"[data-session='{own_chat(server, name)}']")
    row.locator(".jp-Chatcore-row-open").click()
    side.chat().wait_for_text("first")
    side.root.get_by_role("button", name="New chat").first.click()
    assert side.chat().transcript() == []


def test_a_reload_brings_all_back(tab: Tab, side: SideBar) -> None:
    side.focus().send("say in the tab")
    side.chat().wait_for_end(2)
    side.press("Alt+Shift+O")
    side.main().wait_for_text("in the tab")
    side.press("Alt+Shift+N")
    wait_for("a new chat", lambda: side.chat().transcript() == [])
    side.chat().send("say in the panel")
    side.chat().wait_for_end(2)
    tab.page.evaluate("() => window.jupyterapp.restored")
    # JupyterLab keeps its layout a second after it has changed
    saved = "() => fetch('/lab/api/workspaces').then((answer) => answer.text())"
    wait_for("a layout", lambda: "jupyter-chatcore:" in tab.page.evaluate(saved))
    tab.page.goto(tab.page.url.split("?")[0], wait_until="domcontentloaded")
    tab.page.wait_for_function("() => window.jupyterapp?.restored", timeout=60_000)
    side.main().wait_for_text("in the tab")
    side.chat().wait_for_text("in the panel")


def test_a_renamed_chat(server: JupyterProcess, side: SideBar, name: str) -> None:
    side.focus()
    side.press("Alt+Shift+O")
    session = own_chat(server, name)
    server.call("PATCH", f"chatcore/sessions/{session}", {"title": "Prices of bread"})
    side.tab("Prices of bread").wait_for()
    expect(side.root.get_by_text("Prices of bread")).to_be_visible()


def test_a_deleted_chat(server: JupyterProcess, side: SideBar, name: str) -> None:
    side.focus().send("say mortal")
    side.chat().wait_for_end(2)
    side.press("Alt+Shift+O")
    side.main().wait_for_text("mortal")
    server.call("DELETE", f"chatcore/sessions/{own_chat(server, name)}")
    expect(side.search).to_be_visible()
    expect(side.page.locator("#jp-main-dock-panel [data-chatcore]")).to_have_count(0)
