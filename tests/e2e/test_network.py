"""What goes wrong between a tab and its server, and what the reader ends with."""

from __future__ import annotations

import pytest
from jupyterprocess import JupyterProcess, wait_for
from lab import CHAT, ChatView, Tab, own_chat, stored, words
from playwright.sync_api import BrowserContext
from proxy import proxied


def test_a_killed_server_in_mid_answer(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    chat = open_chat(context, own_server, name)
    chat.send("stream 2000 20ms")
    chat.wait_for_text("w20")
    own_server.kill()
    own_server.start()
    chat.wait_for("an interrupted reply", lambda shown: shown[-1][0] == "interrupted")
    status, text = chat.transcript()[-1]
    assert text.startswith(words(10))
    assert words(2000).startswith(text)
    assert stored(own_server, own_chat(own_server, name))[-1] == (status, text)
    chat.send("and on")
    chat.wait_for_text("You said: and on")


def test_a_message_to_a_dead_server_arrives_once(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    chat = open_chat(context, own_server, name)
    chat.send("first")
    chat.wait_for_end(2)
    own_server.kill()
    chat.send("second, into the void")
    chat.wait_for_text("second, into the void")
    own_server.start()
    chat.wait_for_end(4)
    expected = ["first", "You said: first"]
    expected += ["second, into the void", "You said: second, into the void"]
    session = own_chat(own_server, name)
    assert [text for _, text in stored(own_server, session)] == expected
    assert chat.transcript() == stored(own_server, session)


def test_an_undelivered_message_survives_a_reload(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    tab = Tab(context, own_server)
    own_server.write_notebook(name, CHAT)
    tab.open(name)
    chat = tab.run_chat()
    chat.send("first")
    chat.wait_for_end(2)
    context.route("**/chatcore/chat/**", lambda route: route.abort())
    chat.send("do not lose me")
    chat.wait_for_text("do not lose me")
    tab.save()
    own_server.kill()
    tab.page.goto("about:blank")
    context.unroute_all()
    own_server.start()
    tab.open(name)
    chat = tab.run_chat()
    chat.wait_for_text("You said: do not lose me")
    chat.wait_for_end(4)
    texts = [text for _, text in stored(own_server, own_chat(own_server, name))]
    assert texts.count("do not lose me") == 1
    assert len(texts) == 4


def test_an_unsent_text_survives_a_reload(tab: Tab, chat: ChatView) -> None:
    chat.type("half a thou")
    tab.save()
    tab.reload()
    assert tab.chat().input.input_value() == "half a thou"


def test_an_impatient_proxy(context: BrowserContext, server: JupyterProcess, name: str) -> None:
    server.write_notebook(name, CHAT)
    with proxied(server.port) as proxy:
        tab = Tab(context, server)
        tab.open(name, url=f"http://127.0.0.1:{proxy.port}/")
        chat = tab.run_chat()
        proxy.lifetime = 1.5
        proxy.cut()
        chat.send("stream 400 20ms")
        chat.wait_for_end(2)
        assert proxy.cuts > 3
    session = own_chat(server, name)
    assert chat.transcript() == stored(server, session)
    assert stored(server, session)[-1] == ("done", words(400))


@pytest.mark.parametrize("told", [True, False], ids=["told by the browser", "in silence"])
def test_a_closed_laptop(
    context: BrowserContext, server: JupyterProcess, name: str, told: bool
) -> None:
    """The socket is dead without an end; the browser may know that it was offline, or not."""
    server.write_notebook(name, CHAT)
    with proxied(server.port) as proxy:
        tab = Tab(context, server)
        tab.open(name, url=f"http://127.0.0.1:{proxy.port}/")
        chat = tab.run_chat()
        chat.send("stream 150 20ms")
        chat.wait_for_text("w5")
        proxy.freeze()
        context.set_offline(told)
        session = own_chat(server, name)
        wait_for("the end of the reply", lambda: stored(server, session)[-1][0] == "done")
        assert chat.transcript()[-1][0] == "streaming"
        context.set_offline(False)
        chat.wait_for_end(2, timeout=10 if told else 60)
        assert chat.transcript() == stored(server, session)


def open_chat(context: BrowserContext, server: JupyterProcess, name: str) -> ChatView:
    """A new notebook's own chat."""
    server.write_notebook(name, CHAT)
    tab = Tab(context, server)
    tab.open(name)
    return tab.run_chat()
