"""A function of a notebook is chosen in the chat, and answers while a long cell runs."""

from __future__ import annotations

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab
from playwright.sync_api import BrowserContext, Locator, expect
from side import SideBar, open_lab

TITLE = "<b>My</b> bot"
DEFINE = f"""
from pathlib import Path
from time import sleep
from jupyter_chatcore import assistant

@assistant("my-bot", title={TITLE!r})
def my_bot(turn):
    \"\"\"<img src=x onerror="window.hacked = 1">Repeats what you say.\"\"\"
    yield f"You said {{turn.text}}, and "
    while not Path("more").exists():
        sleep(0.01)
    yield "<script>window.hacked = 1</script>that is all."
    if turn.text == "fail":
        raise LookupError("nothing <i>found</i>")
"""
LONG = """
Path("busy").touch()
while Path("busy").exists():
    sleep(0.01)
"""


@pytest.fixture
def side(context: BrowserContext, server: JupyterProcess, name: str) -> SideBar:
    server.write_notebook(name, DEFINE, LONG)
    return open_lab(Tab(context, server), name)


def opened(chat: ChatView) -> Locator:
    """The picker's menu."""
    chat.picker.click()
    return chat.root.get_by_role("dialog", name="Who answers")


def test_it_is_chosen_answers_and_goes(
    server: JupyterProcess, side: SideBar, context: BrowserContext
) -> None:
    tab = context.pages[0]
    chat = side.focus()
    expect(opened(chat).get_by_role("option", name="Jupyter Guide")).to_be_visible()
    chat.root.page.keyboard.press("Escape")

    busy = server.root / "busy"
    tab.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-all-cells') }")
    wait_for("the long cell", busy.exists)
    option = opened(chat).get_by_role("option", name=TITLE)
    expect(option).to_contain_text("Repeats what you say.")
    option.click()
    expect(chat.picker).to_contain_text(TITLE)
    chat.send("this")
    chat.wait_for_text("You said this, and")
    (server.root / "more").touch()
    chat.wait_for_end(2)
    assert "that is all." in chat.transcript()[-1][1]
    chat.send("fail")
    chat.wait_for_end(4)
    problem = chat.messages.last.locator(".jp-Chatcore-problem")
    expect(problem).to_contain_text("LookupError: nothing <i>found</i>\n  Cell In[1], line 13")
    assert busy.exists()
    busy.unlink()

    tab.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    gone = f"The kernel of {server_name(tab.url)} that answered as 'my-bot' is gone."
    lacking = opened(chat).get_by_role("region", name="Not ready")
    expect(lacking.locator("details", has_text=TITLE)).to_contain_text(gone)
    chat.root.page.keyboard.press("Escape")
    chat.send("still there?")
    chat.wait_for_end(6)
    expect(chat.messages.last).to_contain_text(gone)
    assert tab.evaluate("() => window.hacked") is None


def server_name(url: str) -> str:
    """The name of the notebook that a page shows."""
    return url.partition("?")[0].rpartition("/")[2]
