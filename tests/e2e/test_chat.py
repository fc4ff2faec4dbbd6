"""A chat below a cell: asking, reading, stopping, coming back."""

from __future__ import annotations

import shutil
from pathlib import Path

from jupyterprocess import JupyterProcess, wait_for
from lab import CHAT, ChatView, Tab, own_chat, saved_text, stored, words
from playwright.sync_api import BrowserContext, expect

QUICKSTART = Path(__file__).resolve().parents[2] / "notebooks" / "quickstart.ipynb"


def test_an_answer_streams(chat: ChatView, server: JupyterProcess, name: str) -> None:
    chat.send("stream 60 20ms")
    chat.wait_for_text("w3")
    assert chat.transcript()[-1][0] == "streaming"
    chat.wait_for_end(2)
    assert chat.transcript() == [("done", "stream 60 20ms"), ("done", words(60))]
    assert stored(server, own_chat(server, name)) == chat.transcript()
    assert chat.input.input_value() == ""


def test_shift_enter_starts_a_line(chat: ChatView) -> None:
    chat.type("one")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("two")
    chat.input.press("Enter")
    chat.wait_for_text("You said: one\ntwo")


def test_an_error_is_told(chat: ChatView) -> None:
    chat.send("fail")
    chat.wait_for("a failed message", lambda shown: "failed" in dict(shown))
    expect(chat.root.get_by_text("The script says: fail.")).to_be_visible()


def test_a_reload_in_mid_answer_loses_nothing(tab: Tab, chat: ChatView) -> None:
    chat.send("stream 150 20ms")
    chat.wait_for_text("w3")
    tab.save()
    tab.reload()
    again = tab.chat()
    again.wait_for_end(2)
    assert again.transcript()[-1] == ("done", words(150))


def test_stop_before_the_first_token(chat: ChatView) -> None:
    chat.send("hold")
    chat.stop_button.click()
    chat.wait_for("a cancelled reply", lambda shown: shown[-1:] == [("cancelled", "")])
    chat.send("still there?")
    chat.wait_for_text("You said: still there?")


def test_stop_in_mid_answer(chat: ChatView, server: JupyterProcess, name: str) -> None:
    chat.send("stream 500 20ms")
    chat.wait_for_text("w5")
    chat.stop_button.click()
    chat.wait_for("a cancelled reply", lambda shown: shown[-1][0] == "cancelled")
    status, text = chat.transcript()[-1]
    assert words(500).startswith(text)
    assert len(text) < len(words(500))
    assert stored(server, own_chat(server, name))[-1] == (status, text)


def test_a_restarted_kernel_has_its_chat_back(tab: Tab, chat: ChatView) -> None:
    chat.send("remember me")
    chat.wait_for_end(2)
    before = chat.transcript()
    tab.restart_kernel()
    again = tab.run_chat()
    again.wait_for_end(2)
    assert again.transcript() == before


def test_the_chat_works_while_a_cell_runs(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    server.write_notebook(name, CHAT, "import time; time.sleep(600)")
    tab = Tab(context, server)
    tab.open(name)
    chat = tab.run_chat()
    chat.send("stream 20 10ms")
    chat.wait_for_end(2)
    assert chat.transcript()[-1] == ("done", words(20))


def test_the_notebook_file_keeps_no_chat_text(
    tab: Tab, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    chat.send("say Top secret answer")
    chat.wait_for_end(2)
    tab.save()
    path = server.root / name
    wait_for("the file's outputs", lambda: "Chat()" in saved_text(path))
    assert "secret" not in saved_text(path)
    assert len(saved_text(path)) < 5000


def test_a_page_without_the_extension_gets_the_bundle_from_the_kernel(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    server.write_notebook(name, CHAT)
    context.route("**/jupyter-chatcore/static/widget.js*", lambda route: route.abort())
    tab = Tab(context, server)
    tab.open(name)
    chat = tab.run_chat()
    chat.send("stream 20 10ms")
    chat.wait_for_end(2)


def test_a_named_chat_is_the_same_in_every_notebook(
    context: BrowserContext, server: JupyterProcess
) -> None:
    views = []
    for name in ("first.ipynb", "folder/second.ipynb"):
        server.write_notebook(name, "from jupyter_chatcore import Chat; Chat('Shared ideas')")
        tab = Tab(context, server)
        tab.open(name)
        views.append(tab.run_chat())
    views[0].send("hello from the first")
    views[1].wait_for_text("You said: hello from the first")
    assert stored(server, "shared-ideas") == views[1].transcript()


def test_notebook_7(context: BrowserContext, server: JupyterProcess, name: str) -> None:
    server.write_notebook(name, CHAT)
    tab = Tab(context, server)
    tab.open(name, "notebooks")
    chat = tab.run_chat()
    chat.send("stream 30 10ms")
    chat.wait_for_end(2)
    assert chat.transcript()[-1] == ("done", words(30))


def test_quickstart(context: BrowserContext, server: JupyterProcess) -> None:
    shutil.copy(QUICKSTART, server.root)
    tab = Tab(context, server)
    tab.open(QUICKSTART.name)
    own = tab.run_chat()
    ideas = tab.chat(1)
    ideas.wait_for_text("You said: What can you do?")
    own.send("hello")
    own.wait_for_text("You said: hello")
