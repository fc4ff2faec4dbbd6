"""What Python sets, reads and hears of a chat below a cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import BODY, CHAT_ROOT, ChatView, Tab, saved_text, words
from playwright.sync_api import BrowserContext, Locator, expect

SETUP = """
from ipywidgets import HTML, Accordion, Checkbox, Label, Tab, VBox, jsdlink
from jupyter_chatcore import Chat

chat = Chat("%s", assistant="scripted", height="400px")
heard, state, ticked = Label(), Label(), Checkbox(description="ticked", indent=False)


def hear(message):
    heard.value += f"[{message['role']} {message['status']} {message['text']}]"
    if message["text"] == "break":
        raise ValueError("my own mistake")


def see(change):
    last = chat.recent[-1]["text"] if chat.recent else ""
    state.value += f"[{change['new']} {last}]"


chat.on_message(hear)
chat.observe(see, "busy")
_ = jsdlink((chat, "busy"), (ticked, "value"))
"""


# switches it on, and off again
SAVE_WIDGETS = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"


@pytest.fixture
def notebook(context: BrowserContext, server: JupyterProcess, name: str) -> Tab:
    """A tab whose notebook has the setup in its first cell, and shows it in its second."""
    return opened(context, server, name, "VBox([chat, heard, state, ticked])")


def opened(context: BrowserContext, server: JupyterProcess, name: str, *cells: str) -> Tab:
    """A tab with a notebook that shows these widgets."""
    server.write_notebook(name, SETUP % name, *cells)
    tab = Tab(context, server)
    tab.open(name)
    tab.run_all()
    return tab


def execute(tab: Tab, code: str) -> None:
    """Run code in the notebook's kernel, and wait for its end."""
    tab.page.evaluate(
        """code => {
          const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
          return session.kernel.requestExecute({ code }).done.then(() => null);
        }""",
        code,
    )


def label(tab: Tab, text: str) -> Locator:
    """A label below the chat that has this text."""
    return tab.page.locator(".widget-label", has_text=text)


def test_python_sees_and_hears_what_is_said(notebook: Tab) -> None:
    chat = notebook.chat()
    chat.send("stream 30 30ms")
    expect(notebook.page.get_by_label("ticked")).to_be_checked()
    chat.wait_for_end(2)
    expect(label(notebook, f"[False {words(30)}")).to_have_count(1)
    expect(notebook.page.get_by_label("ticked")).not_to_be_checked()
    heard = label(notebook, f"[user done stream 30 30ms][assistant done {words(30)}")
    expect(heard).to_have_count(1)


def test_what_a_callback_raises_breaks_nothing(notebook: Tab) -> None:
    chat = notebook.chat()
    chat.send("break")
    chat.wait_for_end(2)
    chat.send("go on")
    expect(label(notebook, "[user done go on][assistant done You said: go on]")).to_have_count(1)


def test_the_notebook_file_keeps_none_of_what_is_told(
    notebook: Tab, server: JupyterProcess, name: str
) -> None:
    chat = notebook.chat()
    chat.send("say top secret")
    expect(label(notebook, "[assistant done top secret]")).to_have_count(1)
    execute(notebook, "heard.close(); state.close()")
    notebook.command(SAVE_WIDGETS)
    wait_for("the file's widgets", lambda: saved_with_widgets(notebook, server.root / name))
    notebook.command(SAVE_WIDGETS)
    assert "secret" not in saved_text(server.root / name)


def saved_with_widgets(tab: Tab, path: Path) -> bool:
    """Save the notebook; whether the state of its widgets went with it."""
    tab.save()
    return "widget-state" in saved_text(path)


def test_python_sets_the_height_and_the_chat(notebook: Tab) -> None:
    chat = notebook.chat()
    chat.send("first")
    chat.wait_for_end(2)
    execute(notebook, "chat.height = 300")
    wait_for("the new height", lambda: height(chat) == 300)
    execute(notebook, "chat.session = chat.session + ' second'")
    chat.wait_for("an empty chat", lambda shown: shown == [])
    chat.wait_ready()
    chat.send("second")
    expect(label(notebook, "[assistant done You said: second]")).to_have_count(1)
    execute(notebook, "state.value = repr([m['text'] for m in chat.recent])")
    expect(label(notebook, "['second', 'You said: second']")).to_have_count(1)


def height(chat: ChatView) -> float:
    """How high a chat is, in pixels."""
    box = chat.root.bounding_box()
    assert box is not None
    return box["height"]


def test_a_chat_in_a_tab_and_one_in_an_accordion_are_one(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    tab = opened(context, server, name, "Tab([chat, HTML('other')])", "Accordion([chat, HTML()])")
    accordion = tab.page.locator(".jupyter-widget-Collapse-header").first
    accordion.click()
    views = [ChatView(tab.page.locator(CHAT_ROOT).nth(number)) for number in range(2)]
    for view in views:
        view.wait_ready()
    tab.page.locator(".jupyter-widget-tab .lm-TabBar-tab").nth(1).click()
    expect(views[0].root).to_be_hidden()
    views[1].send("while you were away")
    views[1].wait_for_end(2)
    tab.page.locator(".jupyter-widget-tab .lm-TabBar-tab").nth(0).click()
    expect(said(views[0], "You said: while you were away")).to_be_visible()
    accordion.click()
    views[0].send("and back")
    views[0].wait_for_end(4)
    accordion.click()
    expect(said(views[1], "You said: and back")).to_be_visible()


def said(chat: ChatView, text: str) -> Locator:
    """A message that says this."""
    return chat.messages.locator(BODY, has_text=text)
