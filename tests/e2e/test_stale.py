"""An answer says when what it was shown is not so any more, in the notebook that is open."""

from __future__ import annotations

import json

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab, own_chat
from playwright.sync_api import BrowserContext, Locator, expect
from side import SideBar, open_lab

SLOW = 30_000
SELECT = "(cell) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell; }"


@pytest.fixture
def side(context: BrowserContext, server: JupyterProcess, name: str) -> SideBar:
    server.write_notebook(name, "a = [1, 2]", "a.append(3)", "b = 7")
    return open_lab(Tab(context, server), name)


@pytest.fixture
def chat(side: SideBar) -> ChatView:
    return side.focus()


def ask(chat: ChatView, *calls: tuple[str, dict[str, object]]) -> None:
    """Ask for tools, and wait for the answer."""
    count = len(chat.transcript())
    chat.send("call " + "\n".join(f"{tool} {json.dumps(given)}" for tool, given in calls))
    chat.wait_for_end(count + 2)


def stale(chat: ChatView) -> Locator:
    return chat.root.locator(".jp-Chatcore-stale")


def write(side: SideBar, cell: int, text: str) -> None:
    """Write at the end of a cell, as its user does."""
    side.page.locator(".jp-Notebook .cm-content").nth(cell).click()
    side.page.keyboard.press("ControlOrMeta+End")
    side.page.keyboard.type(text)


def run(side: SideBar, cell: int, count: int) -> None:
    """Run a cell, and wait until it has run as number `count`."""
    side.page.evaluate(SELECT, cell)
    side.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-cell')")
    prompt = side.page.locator(".jp-Notebook .jp-InputPrompt").nth(cell)
    expect(prompt).to_have_text(f"[{count}]:", timeout=SLOW)


def test_a_cell_that_was_read_and_edited_and_edited_back(side: SideBar, chat: ChatView) -> None:
    ask(chat, ("read_cell", {"cell": "c2"}))
    expect(stale(chat)).to_have_count(0)
    write(side, 2, "0")
    expect(stale(chat)).to_contain_text("Out of date: cell 3 changed since.", timeout=SLOW)
    side.page.keyboard.press("Backspace")
    expect(stale(chat)).to_have_count(0, timeout=SLOW)
    # a cell that it was not shown is none of its business; the one in front goes along
    write(side, 1, " ")
    write(side, 2, "1")
    expect(stale(chat)).to_have_text("Out of date: cell 3 changed since.Ask again", timeout=SLOW)


def test_a_variable_that_a_cell_has_changed(side: SideBar, chat: ChatView) -> None:
    run(side, 0, 1)
    ask(chat, ("inspect_variable", {"name": "a"}))
    run(side, 2, 2)
    run(side, 1, 3)
    expect(stale(chat)).to_contain_text("Out of date: a changed since.", timeout=SLOW)
    run(side, 0, 4)
    expect(stale(chat)).to_have_count(0, timeout=SLOW)


def test_another_answer_is_asked_for_and_is_up_to_date(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    ask(chat, ("read_cell", {"cell": "c2"}))
    write(side, 2, "0")
    button = chat.root.get_by_role("button", name="Ask again", exact=True)
    expect(button).to_be_visible(timeout=SLOW)
    button.focus()
    side.page.keyboard.press("Enter")
    session = own_chat(server, name)

    def told() -> bool:
        answer = server.messages(session)[-1]
        return answer["status"] == "done" and "b = 70" in json.dumps(answer["parts"])

    wait_for("an answer that was told of the cell as it is now", told)
    expect(stale(chat)).to_have_count(0, timeout=SLOW)


def test_a_question_is_asked_again_with_its_cell_as_it_is_now(
    side: SideBar, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    session = own_chat(server, name)
    cell = {"type": "cell", "path": name, "cell_id": "c2", "cell_type": "code", "source": "b = 7"}
    parts = [cell, {"type": "text", "text": "what is it?"}]
    accept = {"Accept": "application/json"}
    server.call("POST", f"chatcore/chat/{session}", {"parts": parts}, headers=accept)
    chat.wait_for_end(2)
    write(side, 2, "0")
    chat.root.get_by_role("button", name="Ask again", exact=True).click(timeout=SLOW)
    chat.wait_for_end(2)

    def asked() -> bool:
        shown = server.messages(session)
        return [part.get("source") for part in shown[0]["parts"]] == ["b = 70", None]

    wait_for("the cell as it is now", asked)
    expect(stale(chat)).to_have_count(0, timeout=SLOW)
