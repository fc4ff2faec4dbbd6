"""Tools on the notebook that is open: with leave, in the document that one sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab
from playwright.sync_api import Browser, BrowserContext, Page, expect
from side import SideBar, cells, open_lab
from test_notebook7 import open_page

SLOW = 20_000
CELLS = ("a = 1", "b = 2", "print('ran', 6 * 7)", "import time; time.sleep(600)")
KERNEL = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
CLOSE = "() => window.jupyterapp.shell.currentWidget.dispose()"


@pytest.fixture
def file(server: JupyterProcess, name: str) -> Path:
    return server.write_notebook(name, *CELLS)


@pytest.fixture
def side(context: BrowserContext, server: JupyterProcess, name: str, file: Path) -> SideBar:
    """A notebook with a change that is not saved, and its chat in the side bar."""
    tab = Tab(context, server)
    tab.open(name)
    side = SideBar(tab.page)
    write(side.page, 1, "0")
    assert cells(side.page)[1] == "b = 20"
    return side


@pytest.fixture
def chat(side: SideBar) -> ChatView:
    return side.focus()


def write(page: Page, cell: int, text: str) -> None:
    """Write at the end of a cell, as its user does."""
    page.locator(".jp-Notebook .cm-content").nth(cell).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(text)


def call(tool: str, **arguments: object) -> str:
    """A line of the script that calls a tool."""
    return f"{tool} {json.dumps(arguments)}"


def ask(chat: ChatView, *calls: str) -> None:
    chat.send("call " + "\n".join(calls))


def allow(chat: ChatView, title: str, how: str = "Allow") -> None:
    chat.option(how, title).click(timeout=SLOW)
    expect(chat.option(how, title)).to_have_count(0, timeout=SLOW)


def undo(chat: ChatView) -> None:
    chat.root.get_by_role("button", name="Undo what this answer changed").last.click(timeout=SLOW)


def wait_for_cells(page: Page, *expected: str) -> None:
    wait_for(f"the cells {expected}", lambda: cells(page)[: len(expected)] == list(expected))


def stored(file: Path) -> list[str]:
    found = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found]


def test_a_cell_is_inserted_where_it_was_shown(side: SideBar, chat: ChatView, file: Path) -> None:
    ask(chat, call("insert_cell", source="c = 3", after="c1"))
    tool = chat.tools.last
    expect(tool).to_contain_text("inserts a cell", timeout=SLOW)
    expect(tool.locator(".jp-mod-added")).to_have_text(["+c = 3"])
    assert len(cells(side.page)) == len(CELLS)
    allow(chat, "Insert a cell")
    wait_for_cells(side.page, "a = 1", "b = 20", "c = 3")
    expect(tool).to_contain_text("cell inserted", timeout=SLOW)
    assert stored(file) == list(CELLS)


def test_a_cell_is_edited_and_its_user_can_take_that_back(side: SideBar, chat: ChatView) -> None:
    ask(chat, call("edit_cell", cell="c0", source="a = 10"))
    tool = chat.tools.last
    expect(tool.locator(".jp-mod-removed")).to_contain_text(["a = 1"], timeout=SLOW)
    allow(chat, "Edit a cell")
    wait_for_cells(side.page, "a = 10", "b = 20")
    expect(tool).to_contain_text("cell edited", timeout=SLOW)
    side.page.locator(".jp-Notebook .cm-content").first.click()
    side.press("ControlOrMeta+z")
    wait_for_cells(side.page, "a = 1", "b = 20")


def test_a_cell_runs_and_its_output_is_in_both(side: SideBar, chat: ChatView) -> None:
    ask(chat, call("run_cell", cell="c2"))
    expect(chat.tools.last).to_contain_text(CELLS[2], timeout=SLOW)
    allow(chat, "Run a cell")
    output = side.page.locator(".jp-Notebook .jp-OutputArea-output", has_text="ran 42")
    expect(output).to_be_visible(timeout=SLOW)
    expect(chat.tools.last).to_contain_text("ran 42", timeout=SLOW)


def test_what_is_denied_is_not_done(side: SideBar, chat: ChatView) -> None:
    ask(chat, call("delete_cell", cell="c0"))
    allow(chat, "Delete a cell", "Reject")
    chat.wait_for_text("delete_cell: denied.")
    expect(chat.tools.last).to_contain_text("denied")
    wait_for_cells(side.page, "a = 1", "b = 20")
    expect(chat.root.get_by_role("button", name="Undo what")).to_have_count(0)


def test_what_changed_while_one_was_asked_is_not_overwritten(side: SideBar, chat: ChatView) -> None:
    ask(chat, call("edit_cell", cell="c0", source="a = 10"))
    expect(chat.option("Allow", "Edit a cell")).to_be_visible(timeout=SLOW)
    write(side.page, 0, "5")
    allow(chat, "Edit a cell")
    chat.wait_for_text("edit_cell: failed.")
    expect(chat.tools.last).to_contain_text("changed meanwhile")
    wait_for_cells(side.page, "a = 15", "b = 20")


def test_what_is_always_allowed_asks_no_more_until_it_shall(side: SideBar, chat: ChatView) -> None:
    ask(chat, call("edit_cell", cell="c0", source="a = 2"), call("edit_cell", cell="c0", source=""))
    allow(chat, "Edit a cell", "Always in this chat")
    chat.wait_for_text("edit_cell: done.edit_cell: done.")
    ask(chat, call("edit_cell", cell="c0", source="a = 3"))
    wait_for_cells(side.page, "a = 3", "b = 20")
    chat.root.get_by_role("button", name="This chat").click()
    expect(chat.root.get_by_text("Allowed without asking")).to_be_visible()
    chat.root.get_by_role("menuitem", name="edit_cell · Ask again").click()
    chat.wait_for_end(4)
    chat.root.get_by_role("button", name="This chat").click()
    expect(chat.root.get_by_role("menuitem", name="edit_cell")).to_have_count(0, timeout=SLOW)
    side.page.keyboard.press("Escape")
    ask(chat, call("edit_cell", cell="c0", source="a = 4"))
    allow(chat, "Edit a cell")
    wait_for_cells(side.page, "a = 4", "b = 20")


def test_stop_interrupts_the_cell(side: SideBar, chat: ChatView) -> None:
    ask(chat, call("run_cell", cell="c3"))
    allow(chat, "Run a cell")
    wait_for("the cell that runs", lambda: side.page.evaluate(KERNEL) == "busy")
    chat.stop_button.click()
    output = side.page.locator(".jp-Notebook .jp-OutputArea-output", has_text="KeyboardInterrupt")
    expect(output).to_be_visible(timeout=SLOW)
    wait_for("a kernel that is free", lambda: side.page.evaluate(KERNEL) == "idle")
    chat.wait_for("the stop", lambda shown: shown[-1][0] == "cancelled")


def test_stop_lets_what_runs_before_the_cell_go_on(side: SideBar, chat: ChatView) -> None:
    side.page.locator(".jp-Notebook .cm-content").nth(1).click()
    side.page.keyboard.press("ControlOrMeta+a")
    side.page.keyboard.type("import time; time.sleep(6); print('own')")
    side.page.keyboard.press("Control+Enter")
    wait_for("its user's cell", lambda: side.page.evaluate(KERNEL) == "busy")
    ask(chat, call("run_cell", cell="c3"))
    allow(chat, "Run a cell")
    expect(side.page.locator(".jp-InputPrompt").nth(3)).to_have_text("[*]:", timeout=SLOW)
    chat.stop_button.click()
    outputs = side.page.locator(".jp-Notebook .jp-Cell")
    expect(outputs.nth(3)).to_contain_text("KeyboardInterrupt", timeout=SLOW)
    expect(outputs.nth(1).locator(".jp-OutputArea-output")).to_have_text("own")


def test_an_answer_is_undone_beside_what_its_user_wrote(side: SideBar, chat: ChatView) -> None:
    edits = call("edit_cell", cell="c0", source="a = 10"), call("delete_cell", cell="c1")
    ask(chat, *edits, call("insert_cell", source="c = 3", after="c0"))
    for title in ("Edit a cell", "Delete a cell", "Insert a cell"):
        allow(chat, title)
    chat.wait_for_end(2)
    wait_for_cells(side.page, "a = 10", "c = 3", CELLS[2])
    write(side.page, 2, "  # mine")
    undo(chat)
    wait_for_cells(side.page, "a = 1", "b = 20", f"{CELLS[2]}  # mine")
    expect(chat.root.get_by_text("3 changes of notebooks were undone.")).to_be_visible(timeout=SLOW)
    expect(chat.root.locator(".jp-Chatcore-button", has_text="Undo what")).to_have_count(0)
    expect(chat.tools.first.locator(".jp-Chatcore-undone")).to_have_text("undone")


def test_what_its_user_wrote_into_it_stays(side: SideBar, chat: ChatView) -> None:
    ask(
        chat, call("edit_cell", cell="c0", source="a = 10"), call("edit_cell", cell="c1", source="")
    )
    allow(chat, "Edit a cell")
    allow(chat, "Edit a cell")
    chat.wait_for_end(2)
    wait_for_cells(side.page, "a = 10", "")
    write(side.page, 0, "0")
    undo(chat)
    wait_for_cells(side.page, "a = 100", "b = 20")
    stays = chat.root.locator(".jp-Chatcore-stays")
    expect(stays).to_contain_text("was changed since, so it stays as it is", timeout=SLOW)
    assert cells(side.page)[0] == "a = 100"


def test_the_tab_that_one_asks_from_is_changed(
    side: SideBar, chat: ChatView, browser: Browser, server: JupyterProcess, name: str
) -> None:
    # a window of its own: a tab behind another one is drawn no frames
    window = browser.new_context(viewport={"width": 1100, "height": 900})
    other = Tab(window, server)
    other.open(name)
    second = SideBar(other.page).focus()

    def edit(view: ChatView, source: str) -> None:
        view.input.click()
        ask(view, call("edit_cell", cell="c0", source=source))
        allow(view, "Edit a cell")

    edit(second, "in the second")
    wait_for_cells(other.page, "in the second")
    assert cells(side.page)[0] == "a = 1"
    edit(chat, "in the first")
    wait_for_cells(side.page, "in the first")
    assert cells(other.page)[0] == "in the second"
    window.close()


def test_a_notebook_that_is_closed_is_changed_in_its_file(
    side: SideBar, chat: ChatView, file: Path
) -> None:
    side.page.evaluate(CLOSE)
    wait_for_closed(side.page)
    ask(chat, call("edit_cell", cell="c0", source="a = 10"), call("run_cell", cell="c2"))
    allow(chat, "Edit a cell")
    wait_for("the change in the file", lambda: stored(file)[:2] == ["a = 10", "b = 2"])
    allow(chat, "Run a cell")
    expect(chat.tools.last).to_contain_text("ran 42", timeout=60_000)
    assert "ran 42" in file.read_text(encoding="utf-8")
    chat.wait_for_end(2)
    undo(chat)
    wait_for("the file as it was", lambda: stored(file) == list(CELLS))


def test_a_notebook_of_notebook_7(
    context: BrowserContext, server: JupyterProcess, name: str, file: Path
) -> None:
    side = open_page(context, server, name)
    side.page.locator(".jp-Notebook .cm-content").first.click()
    chat = side.focus()
    ask(chat, call("edit_cell", cell="c0", source="a = 10"))
    allow(chat, "Edit a cell")
    wait_for_cells(side.page, "a = 10", "b = 2")
    assert stored(file) == list(CELLS)


def test_a_server_that_comes_back_knows_the_notebook(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    own_server.write_notebook(name, *CELLS)
    side = open_lab(Tab(context, own_server), name)
    chat = side.focus()
    own_server.kill()
    own_server.start()
    wait_for("the page to be back", lambda: knows_the_page(own_server))
    ask(chat, call("edit_cell", cell="c0", source="a = 10"))
    chat.option("Allow", "Edit a cell").wait_for(timeout=60_000)
    allow(chat, "Edit a cell")
    wait_for_cells(side.page, "a = 10", "b = 2")
    assert stored(own_server.root / name) == list(CELLS)


def knows_the_page(server: JupyterProcess) -> bool:
    """Whether a tool finds the notebook open."""
    session = server.call("POST", "chatcore/sessions", {"key": "looking"})["id"]
    reply = server.post(session, call("call list_notebooks"))["reply"]
    path = f"chatcore/chat/{session}/messages/{reply}"
    ended = wait_for("the list", lambda: (m := server.call("GET", path))["status"] == "done" and m)
    return "(open)" in json.dumps(ended)


def wait_for_closed(page: Page) -> None:
    shown: Callable[[], int] = page.locator(".jp-NotebookPanel").count
    wait_for("the notebook's end", lambda: shown() == 0)
