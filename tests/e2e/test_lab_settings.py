"""What users set for all chats, what the status bar shows, and what they are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyterprocess import JupyterProcess
from lab import Tab, own_chat
from playwright.sync_api import BrowserContext, expect
from side import SideBar, set_for


@pytest.fixture
def tab(context: BrowserContext, server: JupyterProcess, name: str) -> Iterator[Tab]:
    server.write_notebook(name, "1 + 1")
    yield Tab(context, server)
    set_for(server)


def test_what_is_set_holds(server: JupyterProcess, tab: Tab, name: str) -> None:
    set_for(server, sendWith="ctrl-enter", fontSize=21, assistant="builtin")
    tab.open(name)
    side = SideBar(tab.page)
    chat = side.focus()
    expect(chat.root.locator(".jp-Chatcore")).to_have_css("font-size", "21px")
    chat.type("one")
    side.press("Enter")
    side.page.keyboard.type("two")
    side.press("ControlOrMeta+Enter")
    chat.wait_for_text("one\ntwo")
    session = server.call("GET", f"chatcore/sessions/{own_chat(server, name)}")
    assert session["assistant"] == "builtin"


def test_a_change_in_the_settings_editor_is_seen_at_once(tab: Tab, name: str) -> None:
    tab.open(name)
    side = SideBar(tab.page)
    chat = side.focus()
    tab.page.evaluate(
        "() => window.jupyterapp.commands.execute('settingeditor:open', {query: 'Chats'})"
    )
    tab.page.locator("input[id$='_fontSize']").fill("24")
    expect(chat.root.locator(".jp-Chatcore")).to_have_css("font-size", "24px")


def test_the_status_bar_leads_to_a_reply(tab: Tab, name: str) -> None:
    tab.open(name)
    side = SideBar(tab.page)
    side.focus().send("stream 400 50ms")
    side.chat().wait_for_text("w3")
    side.press("Alt+Shift+F")
    item = tab.page.locator(".jp-Chatcore-running").get_by_role("button")
    item.click()
    side.chat().wait_for_text("w10")
    side.press("Alt+Shift+X")
    expect(item).to_be_hidden()


def test_a_long_reply_is_told_of_to_one_who_looks_elsewhere(
    server: JupyterProcess, tab: Tab, name: str
) -> None:
    set_for(server, longSeconds=1)
    tab.open(name)
    side = SideBar(tab.page)
    side.focus().send("stream 60 50ms")
    side.chat().wait_for_text("w3")
    side.press("Alt+Shift+F")
    note = tab.page.locator(".Toastify__toast", has_text="has a new reply")
    note.wait_for()
    note.get_by_role("button", name="Show").click()
    side.chat().wait_for_text("w59")


def test_nobody_is_told_of_what_they_see(server: JupyterProcess, tab: Tab, name: str) -> None:
    set_for(server, longSeconds=0)
    tab.open(name)
    chat = SideBar(tab.page).focus()
    chat.send("stream 30 50ms")
    chat.wait_for_end(2)
    expect(tab.page.locator(".jp-Chatcore-running")).to_be_hidden()
    expect(tab.page.locator(".Toastify__toast")).to_have_count(0)
