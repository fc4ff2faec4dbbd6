"""Choosing who answers: in the chat, from another tab, and from a cell."""

from __future__ import annotations

import json
from collections.abc import Callable

from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab, own_chat
from playwright.sync_api import BrowserContext, expect


def test_who_answers_is_chosen_and_seen_in_every_tab(
    chat: ChatView, second_tab: Callable[[], Tab]
) -> None:
    other = second_tab().chat()
    chat.picker.click()
    menu = chat.root.get_by_role("dialog", name="Who answers")
    expect(menu.locator("[role=option][aria-selected=true]")).to_contain_text("Scripted")
    menu.get_by_role("option", name="Jupyter Guide").click()
    expect(menu).to_have_count(0)
    for view in (chat, other):
        expect(view.picker).to_contain_text("builtin" if view is other else "Jupyter Guide")
    other.send("/help")
    other.wait_for_end(2)
    assert other.messages.last.locator(".jp-Chatcore-author").inner_text() == "Jupyter Guide"
    expect(other.picker).to_contain_text("Jupyter Guide")


def test_a_model_and_a_mode_are_chosen_by_the_keyboard(
    chat: ChatView, server: JupyterProcess, name: str
) -> None:
    keyboard = chat.root.page.keyboard
    chat.picker.focus()
    keyboard.press("ArrowDown")
    menu = chat.root.get_by_role("dialog", name="Who answers")
    expect(menu.locator("[role=option][aria-selected=true]")).to_be_focused()
    menu.get_by_label("Model", exact=True).select_option("large")
    menu.get_by_label("Mode", exact=True).select_option("edit")
    keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(chat.picker).to_be_focused()
    expect(chat.picker).to_contain_text("large")
    session = f"chatcore/sessions/{own_chat(server, name)}"
    chosen = {"model": "large", "mode": "edit"}
    wait_for("the choice", lambda: server.call("GET", session).get("settings") == chosen)
    chat.send("settings")
    chat.wait_for_end(2)
    assert json.loads(chat.transcript()[-1][1]) == chosen


def test_those_who_cannot_answer_say_what_they_lack(chat: ChatView) -> None:
    chat.picker.click()
    lacking = chat.root.get_by_role("region", name="Not ready")
    first = lacking.locator("details").first
    first.locator("summary").click()
    expect(first.locator("p")).to_be_visible()
    assert first.locator("p").inner_text().strip()
    chat.log.click(position={"x": 4, "y": 4})
    expect(lacking).to_have_count(0)


def test_a_cell_names_who_answers(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    code = "from jupyter_chatcore import Chat; Chat('named', assistant='scripted', model='large')"
    server.call("PUT", "chatcore/sessions/named", {"assistant": "builtin", "settings": {"own": 1}})
    server.write_notebook(name, code)
    tab = Tab(context, server)
    tab.open(name)
    chat = tab.run_chat()
    expect(chat.picker).to_contain_text("large")
    chat.send("settings")
    chat.wait_for_end(2)
    assert json.loads(chat.transcript()[-1][1]) == {"model": "large", "own": 1}

    chat.picker.click()
    chat.root.get_by_role("option", name="Jupyter Guide").click()
    expect(chat.picker).to_contain_text("Jupyter Guide")
    tab.save()
    tab.reload()
    again = tab.chat()
    expect(again.picker).to_contain_text("builtin")
    tab.run_all()
    expect(tab.chat().picker).to_contain_text("Scripted")
