"""What an assistant is shown of the notebook that one asks from, and how one takes it away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from files import png
from jupyterprocess import JupyterProcess
from lab import CHAT, ChatView, Tab, own_chat, place, texts
from playwright.sync_api import BrowserContext, Locator, expect
from side import SideBar, set_for

SLOW = 20_000
DOT = png(20, 20)
DRAW = f"from IPython.display import Image; Image({DOT!r})"
CELLS = ("a = 1\nb = 2", "print('seven')", "1 / 0", "c = 3")


@pytest.fixture
def side(context: BrowserContext, server: JupyterProcess, name: str) -> SideBar:
    """A notebook of which two cells ran, the second with an error, and its chat."""
    server.write_notebook(name, *CELLS)
    tab = Tab(context, server)
    tab.open(name)
    for index, count in ((1, 1), (2, 2)):
        go_to(tab, index)
        tab.page.keyboard.press("Control+Enter")
        expect(tab.page.locator(".jp-Notebook .jp-InputPrompt").nth(index)).to_have_text(
            f"[{count}]:", timeout=SLOW
        )
    return SideBar(tab.page)


@pytest.fixture
def chat(side: SideBar) -> ChatView:
    return side.focus()


def go_to(tab: Tab | SideBar, cell: int) -> None:
    tab.page.locator(".jp-Notebook .cm-content").nth(cell).click()


def chips(chat: ChatView) -> Locator:
    return chat.root.locator("[data-piece] > button:first-child")


def expect_chips(chat: ChatView, *labels: str) -> None:
    expect(chips(chat)).to_have_text(list(labels), timeout=SLOW)


def asked(
    chat: ChatView, server: JupyterProcess, name: str, prompt: str = "shown"
) -> list[dict[str, Any]]:
    """Ask the assistant what it is shown."""
    chat.type(prompt)
    return answered(chat, server, name)


def answered(chat: ChatView, server: JupyterProcess, name: str) -> list[dict[str, Any]]:
    """Send what was written; what the assistant is shown is what the message shows."""
    count = len(chat.transcript())
    chat.input.press("Enter")
    chat.wait_for_end(count + 2)
    question, answer = server.messages(own_chat(server, name))[-2:]
    got: list[dict[str, Any]] = json.loads(texts(answer))
    assert [part for part in question["parts"] if part["type"] != "text"] == got
    return got


def options(chat: ChatView) -> Locator:
    return chat.root.get_by_role("listbox", name="What can be named").get_by_role("option")


def test_the_cell_those_before_it_and_the_error(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    expect_chips(chat, "In [2]", "2 cells before", "ZeroDivisionError")
    first, second, third = asked(chat, server, name)
    assert (first["source"], second["source"], third["source"]) == CELLS[:3]
    assert {part["path"] for part in (first, second, third)} == {name}
    assert second["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "seven"}]
    [error] = third["outputs"]
    assert error["ename"] == "ZeroDivisionError"
    assert "----> 1 1 / 0" in error["traceback"][0]
    assert "\x1b" not in error["traceback"][0]
    # what went out can be looked at, and is what it was
    folds = chat.messages.first.locator("details")
    expect(folds).to_have_count(3)
    folds.nth(2).locator("summary").click()
    expect(folds.nth(2)).to_contain_text("division by zero")


def test_the_chips_follow_the_user(side: SideBar, chat: ChatView) -> None:
    log = place(chat.log)
    go_to(side, 0)
    expect_chips(chat, "In [ ]", "ZeroDivisionError")
    go_to(side, 3)
    expect_chips(chat, "In [ ]", "3 cells before", "ZeroDivisionError")
    side.page.keyboard.press("ControlOrMeta+a")
    expect_chips(chat, "1 line of In [ ]", "3 cells before", "ZeroDivisionError")
    go_to(side, 2)
    side.page.keyboard.press("ControlOrMeta+a")
    side.page.keyboard.type("2 / 1")
    side.page.keyboard.press("Control+Enter")
    expect_chips(chat, "In [3]", "2 cells before")
    assert place(chat.log) == log


def test_a_selection_is_what_is_sent(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    go_to(side, 0)
    side.page.keyboard.press("ControlOrMeta+Home")
    side.page.keyboard.press("Shift+End")
    expect_chips(chat, "1 line of In [ ]", "ZeroDivisionError")
    selection, _error = asked(chat, server, name)
    assert selection["source"] == "a = 1"


def test_what_is_removed_is_not_sent_and_comes_back_elsewhere(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    expect_chips(chat, "In [2]", "2 cells before", "ZeroDivisionError")
    chips(chat).nth(1).press("Delete")
    expect(chips(chat).nth(1)).to_be_focused()
    side.page.keyboard.press("Backspace")
    expect_chips(chat, "In [2]")
    expect(chips(chat).first).to_be_focused()
    [cell] = asked(chat, server, name)
    assert cell["source"] == CELLS[2]
    assert "outputs" not in cell
    chat.root.get_by_role("button", name="Remove In [2]").click()
    expect(chips(chat)).to_have_count(0)
    expect(chat.input).to_be_focused()
    assert asked(chat, server, name) == []
    go_to(side, 1)
    expect_chips(chat, "In [1]", "1 cell before", "ZeroDivisionError")


def test_one_sees_what_would_be_sent(side: SideBar, chat: ChatView) -> None:
    chips(chat).nth(1).press("Enter")
    shown = chat.root.get_by_role("dialog", name="What is sent of 2 cells before")
    for source in CELLS[:2]:
        expect(shown).to_contain_text(source)
    expect(shown).to_contain_text("seven")
    side.page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(chips(chat).nth(1)).to_be_focused()


def test_the_notebook_is_not_shown_where_that_is_switched_off(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    switch = chat.root.get_by_role("button", name="Show the notebook to the assistant")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(chips(chat)).to_have_count(0)
    assert asked(chat, server, name) == []
    side.page.reload()
    side.focus()
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(chips(chat).first).to_be_visible()
    set_for(server)


def test_a_chat_below_a_cell_has_its_own_notebook(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    server.write_notebook(name, "x = 1", CHAT)
    tab = Tab(context, server)
    tab.open(name)
    chat = tab.run_chat()
    chat.input.click()
    expect_chips(chat, "1 cell before")
    [cell] = asked(chat, server, name)
    assert cell["source"] == "x = 1"


def test_variables_that_are_named_go_along(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    go_to(side, 0)
    side.page.keyboard.press("Control+Enter")
    expect_chips(chat, "In [3]", "ZeroDivisionError")
    chat.type("shown what is b? And c?")
    expect_chips(chat, "In [3]", "ZeroDivisionError", "b")
    go_to(side, 3)
    side.page.keyboard.press("Control+Enter")
    expect_chips(chat, "In [4]", "3 cells before", "ZeroDivisionError", "b", "c")
    # a cell that runs says what is in them from then on, and no key is lost meanwhile
    *_, shown = asked(chat, server, name, "shown c")
    assert (shown["name"], shown["python_type"]) == ("c", "int")
    assert shown["preview"] == {"text/plain": "3"}
    expect(chat.messages.first.locator("summary", has_text="c")).to_contain_text("int")


def test_a_busy_kernel_is_said_to_be_busy(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    # without subshells a kernel answers nobody while a cell runs
    old = "get_ipython().kernel.control_handlers.pop('create_subshell_request') and None"
    server.write_notebook(name, old, "d = 4", "import time; time.sleep(600)")
    tab = Tab(context, server)
    tab.open(name)
    tab.run_all()
    expect(tab.page.locator(".jp-Notebook .jp-InputPrompt").nth(1)).to_have_text("[2]:")
    chat = SideBar(tab.page).focus()
    chat.type("what is d?")
    expect(chat.root.get_by_text("The kernel is busy")).to_be_visible(timeout=SLOW)
    tab.command("kernelmenu:interrupt")
    expect(chat.root.locator("[data-piece=variable]")).to_contain_text("d", timeout=SLOW)
    expect(chat.root.get_by_text("The kernel is busy")).to_have_count(0)


def test_a_variable_and_a_cell_are_named(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    go_to(side, 0)
    side.page.keyboard.press("Control+Enter")
    expect_chips(chat, "In [3]", "ZeroDivisionError")
    chat.root.get_by_role("button", name="Show the notebook to the assistant").click()
    expect(chips(chat)).to_have_count(0)
    chat.input.press_sequentially("shown b, and @")
    expect(options(chat).first).to_contain_text("aint", timeout=SLOW)
    named = ["aint", "bint", "ZeroDivisionErrorIn [2]", "In [3]a = 1", "In [1]print('seven')"]
    for index, text in enumerate(named):
        expect(options(chat).nth(index)).to_have_text(text, timeout=SLOW)
    chat.input.press("ArrowDown")
    expect(options(chat).nth(1)).to_have_attribute("aria-selected", "true")
    chosen = options(chat).nth(1).get_attribute("id")
    expect(chat.input).to_have_attribute("aria-activedescendant", str(chosen))
    chat.input.press("Enter")
    expect(chat.input).to_have_value("shown b, and @b ")
    expect(options(chat)).to_have_count(0)
    chat.input.press_sequentially("@print")
    expect(options(chat)).to_have_text(["In [1]print('seven')"])
    chat.input.press("Tab")
    expect(chat.input).to_have_value("shown b, and @b @In[1] ")
    expect_chips(chat, "In [1]", "b")
    cell, variable = answered(chat, server, name)
    assert (cell["source"], variable["name"]) == (CELLS[1], "b")
    expect(chips(chat)).to_have_count(0)
    set_for(server)


def test_a_file_is_named(side: SideBar, chat: ChatView, server: JupyterProcess, name: str) -> None:
    folder = server.root / "quinces"
    folder.mkdir(exist_ok=True)
    (folder / "prices.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    chat.input.press_sequentially("files @quin")
    expect(options(chat)).to_have_text(["quinces/"], timeout=SLOW)
    chat.input.press("Enter")
    expect(options(chat)).to_have_text(["quinces/prices.csv"], timeout=SLOW)
    options(chat).click()
    expect(chat.root.locator("[data-attached=done]")).to_contain_text("prices.csv", timeout=SLOW)
    expect(chat.input).to_have_value("files @quinces/prices.csv ")
    expect(chat.input).to_be_focused()
    chat.input.press("Enter")
    chat.wait_for_text("prices.csv (text/csv): 8.")


def test_a_plot_is_named(side: SideBar, chat: ChatView) -> None:
    go_to(side, 3)
    side.page.keyboard.press("ControlOrMeta+a")
    side.page.keyboard.type(DRAW)
    side.page.keyboard.press("Control+Enter")
    side.page.locator(".jp-Notebook .jp-OutputArea img").wait_for()
    chat.input.press_sequentially("files @plot")
    expect(options(chat)).to_have_text(["plot3the picture of In [3]"], timeout=SLOW)
    chat.input.press("Enter")
    expect(chat.root.locator("[data-attached=done]")).to_contain_text("plot3.png", timeout=SLOW)
    chat.input.press("Enter")
    chat.wait_for_text(f"plot3.png (image/png): {len(DOT)}.")
    expect(chat.messages.first.locator("img")).to_be_visible()


def test_the_list_of_names_goes_away(chat: ChatView) -> None:
    chat.input.press_sequentially("mail me@")
    expect(options(chat)).to_have_count(0)
    chat.input.press_sequentially(" @")
    expect(options(chat).first).to_be_visible(timeout=SLOW)
    chat.input.press("Escape")
    expect(options(chat)).to_have_count(0)
    chat.input.press_sequentially("z")
    expect(options(chat)).to_have_count(0)
    chat.input.press("Enter")
    chat.wait_for_text("You said: mail me@ @z")
