"""A chat that the kernel keeps: the page's server has no extension, or is no Jupyter server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import running_lab
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab, saved_text, words
from playwright.sync_api import BrowserContext, expect

CHAT = "from jupyter_chatcore import Chat; Chat('ideas', assistant='scripted')"
KEPT = "Kept by this kernel in ~/data/chatcore/chats.sqlite"
BUSY = "The kernel is busy; the chat goes on when it is free."


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """JupyterLab whose server has not the extension."""
    off = "--ServerApp.jpserver_extensions={'jupyter_chatcore': False}"
    with running_lab(tmp_path_factory.mktemp("bare"), off) as server:
        yield server


@pytest.fixture
def bare_tab(context: BrowserContext, bare_server: JupyterProcess, name: str) -> Iterator[Tab]:
    """A tab with a notebook that shows a named chat."""
    bare_server.write_notebook(name, CHAT)
    tab = Tab(context, bare_server)
    tab.open(name)
    yield tab
    for kernel_session in bare_server.call("GET", "api/sessions"):
        bare_server.call("DELETE", f"api/sessions/{kernel_session['id']}")


def test_it_is_asked_streams_and_stops(bare_tab: Tab) -> None:
    chat = bare_tab.run_chat()
    expect(chat.root.get_by_text(KEPT).last).to_be_visible()
    chat.send("stream 60 20ms")
    chat.wait_for_text("w3")
    assert chat.transcript()[-1][0] == "streaming"
    chat.wait_for_end(2)
    assert chat.transcript() == [("done", "stream 60 20ms"), ("done", words(60))]
    chat.send("hold")
    chat.stop_button.click()
    chat.wait_for("a cancelled reply", lambda shown: shown[-1:] == [("cancelled", "")])
