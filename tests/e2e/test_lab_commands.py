"""The chat's commands, by the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyterprocess import JupyterProcess
from lab import Tab, own_chat, stored
from playwright.sync_api import BrowserContext, expect
from side import SideBar

CODE = "prices = [1, 2]\ntotal = sum(prices)"
FAILS = "def half(price):\n    return price / 0\n\nhalf(7)"


@pytest.fixture
def side(context: BrowserContext, server: JupyterProcess, name: str) -> Iterator[SideBar]:
    server.write_notebook(name, CODE, FAILS)
    tab = Tab(context, server)
    tab.open(name)
    yield SideBar(tab.page)


def test_new_focus_and_search(side: SideBar) -> None:
    side.press("Alt+Shift+N")
    chat = side.chat()
    expect(chat.input).to_be_focused()
    chat.send("say hello")
    chat.wait_for_end(2)
    side.page.locator(".jp-Notebook .cm-content").first.click()
    side.focus()
    side.press("Alt+Shift+F")
    expect(side.search).to_be_focused()
    side.page.keyboard.type("hello")
    expect(side.root.locator("[data-result]").first).to_be_visible()
    side.press("Enter")
    side.chat().wait_for_text("hello")


def test_stop(side: SideBar) -> None:
    chat = side.focus()
    chat.send("stream 500 50ms")
    chat.wait_for_text("w3")
    side.page.locator(".jp-Notebook .cm-content").first.click()
    side.press("Alt+Shift+X")
    chat.wait_for("an end", lambda shown: shown[-1][0] == "cancelled")


def test_send_the_cell(side: SideBar) -> None:
    side.page.locator(".jp-Notebook .cm-content").first.click()
    side.press("Alt+Shift+S")
    chat = side.chat()
    expect(chat.input).to_have_value(f"```python\n{CODE}\n```\n")
    expect(chat.input).to_be_focused()


def test_send_what_is_selected(side: SideBar) -> None:
    side.focus().type("What is this?")
    side.page.locator(".jp-Notebook .cm-content").first.click()
    side.press("ControlOrMeta+Home")
    side.press("Shift+End")
    side.press("Alt+Shift+S")
    expect(side.chat().input).to_have_value("What is this?\n\n```python\nprices = [1, 2]\n```\n")


def test_send_from_a_file(server: JupyterProcess, side: SideBar) -> None:
    (server.root / "bread.js").write_text("let bread = 1;\n", encoding="utf-8")
    side.page.evaluate(
        "() => window.jupyterapp.commands.execute('docmanager:open', {path: 'bread.js'})"
    )
    side.page.locator(".jp-FileEditor .cm-content").click()
    side.press("Alt+Shift+S")
    expect(side.chat().input).to_have_value("```javascript\nlet bread = 1;\n```\n")


@pytest.mark.parametrize("way", ["button", "keys", "menu"])
def test_explain_an_error(server: JupyterProcess, side: SideBar, name: str, way: str) -> None:
    side.page.locator(".jp-Notebook .cm-content").nth(1).click()
    side.press("Shift+Enter")
    button = side.page.get_by_role("button", name="Explain")
    button.wait_for()
    output = side.page.locator(".jp-CodeCell").nth(1)
    if way == "button":
        button.click()
    elif way == "keys":
        output.locator(".jp-InputPrompt").click()
        side.press("Alt+Shift+E")
    else:
        output.locator(".jp-OutputArea-output").click(button="right")
        side.page.get_by_role("menuitem", name="Explain the error").click()
    side.chat().wait_for_end(2)
    [(_, asked), _] = stored(server, own_chat(server, name))
    assert f"```python\n{FAILS}\n```" in asked
    assert "ZeroDivisionError" in asked
    assert "\x1b" not in asked


def test_no_button_where_there_is_no_error(side: SideBar) -> None:
    second = side.page.locator(".jp-Notebook .cm-content").nth(1)
    second.click()
    side.press("Shift+Enter")
    button = side.page.get_by_role("button", name="Explain")
    button.wait_for()
    second.click()
    side.press("ControlOrMeta+a")
    side.page.keyboard.type("1 + 1")
    side.press("Shift+Enter")
    expect(button).to_have_count(0)


def test_rename_by_the_palette(server: JupyterProcess, side: SideBar, name: str) -> None:
    side.focus()
    side.press("ControlOrMeta+Shift+C")
    side.page.keyboard.type("Rename the chat")
    side.press("Enter")
    title = side.page.get_by_role("dialog").get_by_role("textbox")
    title.fill("Bread")
    side.press("Enter")
    expect(side.root.get_by_text("Bread", exact=True)).to_be_visible()
    session = server.call("GET", f"chatcore/sessions/{own_chat(server, name)}")
    assert session["title"] == "Bread"
