"""A chat that the kernel keeps, where the page's server has no extension."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from jupyterprocess import JupyterProcess
from lab import CHAT_ROOT, ChatView, Tab, saved_text, words
from labserver import running_lab
from playwright.sync_api import BrowserContext, expect

KEPT = "Kept by this kernel in ~/data/chatcore/chats.sqlite"
BUSY = "The kernel is busy; the chat goes on when it is free."
OFF = "--ServerApp.jpserver_extensions={'jupyter_chatcore': False}"


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """JupyterLab without the extension, whose kernels do one thing after the other.

    In a subshell, as JupyterLab's newest kernels have it, no cell keeps a comm waiting.
    """
    home = tmp_path_factory.mktemp("bare")
    settings = home / "config/lab/user-settings/@jupyterlab/apputils-extension"
    kernels = {"commsOverSubshells": "disabled"}
    with running_lab(home, OFF) as server:
        text = json.dumps(kernels)
        (settings / "kernels-settings.jupyterlab-settings").write_text(text)
        yield server


@pytest.fixture
def bare_tab(context: BrowserContext, bare_server: JupyterProcess, name: str) -> Iterator[Tab]:
    """A tab with a notebook that shows a chat, which no other test has written in."""
    bare_server.write_notebook(name, showing(name))
    tab = Tab(context, bare_server)
    tab.open(name)
    yield tab
    for kernel_session in bare_server.call("GET", "api/sessions"):
        bare_server.call("DELETE", f"api/sessions/{kernel_session['id']}")


def showing(chat: str) -> str:
    """A cell that shows the chat of this name."""
    return f"from jupyter_chatcore import Chat; Chat({chat!r}, assistant='scripted')"


def run_in_kernel(tab: Tab, code: str) -> None:
    """Run code beside the notebook's cells, without waiting for its end."""
    tab.page.evaluate(
        """code => {
          const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
          session.kernel.requestExecute({ code });
        }""",
        code,
    )


def test_it_is_asked_streams_and_stops(bare_tab: Tab) -> None:
    chat = bare_tab.run_chat()
    expect(chat.root.get_by_text(KEPT).last).to_be_visible()
    chat.send("stream 60 20ms")
    chat.wait_for_text("w3")
    assert chat.transcript()[-1][0] == "streaming"
    chat.wait_for_end(2)
    assert chat.transcript()[-2:] == [("done", "stream 60 20ms"), ("done", words(60))]
    chat.send("hold")
    chat.stop_button.click()
    chat.wait_for("a cancelled reply", lambda shown: shown[-1:] == [("cancelled", "")])


def test_a_restarted_kernel_has_its_chat_back(
    bare_tab: Tab, bare_server: JupyterProcess, name: str
) -> None:
    chat = bare_tab.run_chat()
    chat.send("remember me")
    chat.wait_for_text("You said: remember me")
    before = chat.transcript()
    bare_tab.restart_kernel()
    again = bare_tab.run_chat()
    again.wait_for_text("You said: remember me")
    assert again.transcript() == before
    bare_tab.save()
    bare_tab.reload()
    again = bare_tab.run_chat()
    again.wait_for_text("You said: remember me")
    assert "remember" not in saved_text(bare_server.root / name)


def test_two_widgets_show_one_chat(
    context: BrowserContext, bare_server: JupyterProcess, bare_tab: Tab, name: str
) -> None:
    chat = bare_tab.run_chat()
    bare_server.write_notebook(f"other-{name}", showing(name))
    tab = Tab(context, bare_server)
    tab.open(f"other-{name}")
    other = tab.run_chat()
    chat.send("stream 40 50ms")
    other.wait_for_text("w3")
    for view in (chat, other):
        view.wait_for_end(2)
    assert chat.transcript()[-1] == other.transcript()[-1] == ("done", words(40))


def test_a_busy_kernel_is_said_and_waited_for(bare_tab: Tab) -> None:
    chat = bare_tab.run_chat()
    chat.send("stream 400 20ms")
    chat.wait_for_text("w3")
    run_in_kernel(bare_tab, "import time; time.sleep(15)")
    chat.wait_for_text("w150")
    chat.send("still there?")
    expect(chat.root.get_by_text(BUSY)).to_be_visible(timeout=10_000)
    chat.wait_for_text("You said: still there?")
    expect(chat.root.get_by_text(BUSY)).to_be_hidden()
    asked = [text for _, text in chat.transcript()]
    assert asked.count("still there?") == 1


def test_a_chat_that_meets_a_busy_kernel_opens_when_it_is_free(bare_tab: Tab) -> None:
    bare_tab.server.write_notebook("busy.ipynb", showing("busy"), "import time; time.sleep(12)")
    bare_tab.open("busy.ipynb")
    bare_tab.run_all()
    expect(bare_tab.page.get_by_text(BUSY)).to_be_visible(timeout=20_000)
    ChatView(bare_tab.page.locator(CHAT_ROOT)).wait_ready()
