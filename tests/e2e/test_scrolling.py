"""Scrolling that nobody notices, in chats of any length."""

from __future__ import annotations

import time
from functools import partial

import pytest
from chatlist import ChatList
from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab, words
from longchat import Probe, fill, opened
from playwright.sync_api import BrowserContext, expect

LENGTH = 100_000
#: The window that the page holds, and what one message of the fill comes to.
MOST_MESSAGES = 200
MOST_NODES = 9_000
STILL = 2.0


@pytest.fixture(scope="module")
def long(shared_server: JupyterProcess) -> str:
    """A chat of 100,000 messages."""
    began = time.monotonic()
    fill(shared_server, "long", LENGTH)
    print(f"{LENGTH:,} messages made in {time.monotonic() - began:.1f} s")
    return "long"


def test_a_long_chat_opens_scrolls_and_returns(
    context: BrowserContext, server: JupyterProcess, long: str
) -> None:
    tab, chat = opened(context, server, long)
    chat.wait_for_text(f"Answer {LENGTH // 2 - 1}")
    probe = Probe(tab, chat)
    wait_for("the end", probe.at_end)
    drifts = []
    for _ in range(60):
        drifts.append(probe.moved(-1100, 8))
        seen = probe.seen()
        assert seen["messages"] <= MOST_MESSAGES
        assert seen["nodes"] <= MOST_NODES
    assert max(drifts) <= STILL, f"the view jumped: {drifts}"
    first = int(chat.messages.first.get_attribute("data-message") or 0)
    head = server.call("GET", f"chatcore/sessions/{long}")["head"]
    assert head - first > 300, "it did not get far"
    button = chat.root.get_by_role("button", name="Jump to newest")
    button.click()
    wait_for("the end", probe.at_end)
    expect(button).to_have_count(0)
    assert f"Answer {LENGTH // 2 - 1}" in chat.transcript()[-1][1]
    assert probe.seen()["messages"] <= MOST_MESSAGES


def test_one_can_go_up_and_down_again(
    context: BrowserContext, server: JupyterProcess, long: str
) -> None:
    tab, chat = opened(context, server, long)
    chat.wait_for_text(f"Answer {LENGTH // 2 - 1}")
    probe = Probe(tab, chat)
    ups = [probe.moved(-1500, 8) for _ in range(25)]
    downs = [probe.moved(1500, 8) for _ in range(25)]
    assert max(ups + downs) <= STILL, f"the view jumped: {ups} {downs}"
    for _ in range(20):
        probe.moved(3000, 8)
    wait_for("the end", probe.at_end)
    expect(chat.root.get_by_role("button", name="Jump to newest")).to_have_count(0)
    chat.send("stream 5 1ms")
    chat.wait_for_text(words(5))
    assert probe.at_end()


def test_the_keyboard_goes_through_the_log(
    context: BrowserContext, server: JupyterProcess, long: str
) -> None:
    tab, chat = opened(context, server, long)
    chat.wait_for_text(f"Answer {LENGTH // 2 - 1}")
    probe = Probe(tab, chat)
    wait_for("the end", probe.at_end)
    chat.log.focus()
    for key in ("PageUp", "PageUp", "ArrowUp"):
        before = probe.seen()["rest"]
        tab.page.keyboard.press(key)
        wait_for(key, partial(above, probe, before))
    tab.page.keyboard.press("Home")
    wait_for("the first message", partial(at_top, probe, "Question 0"))
    expect(chat.log.get_by_text("Loading older messages…")).to_have_count(0)
    assert probe.moved(1500) <= STILL
    tab.page.keyboard.press("Home")
    wait_for("the first message", partial(at_top, probe, "Question 0"))
    tab.page.keyboard.press("End")
    wait_for("the end", probe.at_end)
    expect(chat.root.get_by_role("button", name="Jump to newest")).to_have_count(0)
    expect(chat.log).to_be_focused()


def test_who_reads_above_is_left_alone(context: BrowserContext, server: JupyterProcess) -> None:
    fill(server, "above", 40)
    tab, chat = opened(context, server, "above")
    chat.wait_for_text("Answer 19")
    chat.send("stream 400 5ms")
    chat.wait_for_text("w20")
    probe = Probe(tab, chat)
    probe.moved(-700)
    assert probe.drift(40) <= STILL
    ended(chat, words(400))
    assert not probe.at_end()
    button = chat.root.get_by_role("button", name="Jump to newest")
    expect(button).to_have_text("Jump to newest")
    server.call("POST", "chatcore/chat/above/messages", {"text": "one more"})
    server.call("POST", "chatcore/chat/above/messages", {"text": "another"})
    expect(button).to_have_text("Jump to newest (2 new)")
    chat.send("stream 300 5ms")
    wait_for("the end", probe.at_end)
    chat.wait_for_text("w40 ")
    wait_for("the end", probe.at_end)
    ended(chat, words(300))
    wait_for("the end", probe.at_end)


def test_what_grows_above_moves_nothing(context: BrowserContext, server: JupyterProcess) -> None:
    fill(server, "grows", 60)
    tab, chat = opened(context, server, "grows")
    chat.wait_for_text("Answer 29")
    probe = Probe(tab, chat)
    probe.moved(-1500)
    change = """kind => {
      const at = window.probe.topmost();
      const above = window.probe.all().find((one) => one.nextElementSibling === at);
      if (kind === "image") {
        const image = document.createElement("img");
        above.prepend(image);
        image.src = "data:image/svg+xml," + encodeURIComponent(
          '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="333"/>');
      } else if (kind === "font") {
        for (const one of window.probe.all()) {
          if (one === at) break;
          one.style.fontFamily = "monospace";
        }
      } else above.style.paddingBottom = "77px";
    }"""
    for kind in ("image", "fold", "font"):
        drift = tab.page.evaluate(f"kind => window.probe.follow(20, () => ({change})(kind))", kind)
        assert drift <= STILL, kind
    before = probe.seen()["top"]
    tab.page.set_viewport_size({"width": 800, "height": 700})
    probe.drift(20)
    assert probe.seen()["top"] == before


def test_a_hidden_chat_is_shown_again_where_it_was(
    context: BrowserContext, server: JupyterProcess
) -> None:
    fill(server, "hidden", 60)
    tab, chat = opened(context, server, "hidden")
    chat.wait_for_text("Answer 29")
    probe = Probe(tab, chat)
    hide = "(root, how) => { root.style.display = how }"
    for by in (-1300, 99_999):
        probe.moved(by)
        before = probe.seen()
        chat.root.evaluate(hide, "none")
        probe.page.wait_for_timeout(200)
        chat.root.evaluate(hide, "")
        wait_for("its place", partial(at_top, probe, before["top"]))
        assert abs(probe.seen()["rest"] - before["rest"]) <= STILL


def test_what_was_on_the_screen_is_read(context: BrowserContext, server: JupyterProcess) -> None:
    fill(server, "read", 60)
    tab, chat = opened(context, server, "read")
    chat.wait_for_text("Answer 29")
    wait_for("it to be read", lambda: not unread(tab, "read"))
    Probe(tab, chat).moved(-2000)
    news = {"text": "news", "role": "assistant"}
    server.call("POST", "chatcore/chat/read/messages", news)
    expect(chat.root.get_by_text("(1 new)")).to_be_visible()
    assert unread(tab, "read")
    chat.log.focus()
    tab.page.keyboard.press("End")
    wait_for("it to be read", lambda: not unread(tab, "read"))


def test_a_message_anywhere_is_gone_to(
    context: BrowserContext, server: JupyterProcess, long: str
) -> None:
    chats = ChatList(Tab(context, server))
    chats.open()
    chats.search.fill("Question 20123")
    hit = chats.results.filter(has_text="Question 20123")
    hit.click()
    chat = chats.chat()
    message = chat.messages.filter(has_text="Question 20123")
    expect(message).to_be_in_viewport()
    expect(message).to_be_focused()
    expect(message).to_have_attribute("data-found", "")
    probe = Probe(chats.tab, chat)
    assert probe.seen()["messages"] <= MOST_MESSAGES
    assert probe.moved(-900) <= STILL
    assert probe.moved(1800) <= STILL
    chats.tab.page.keyboard.press("End")
    wait_for("the end", probe.at_end)


def test_an_answer_below_what_is_read_can_be_stopped(
    context: BrowserContext, server: JupyterProcess
) -> None:
    fill(server, "below", 400, first=700_000)
    asked = {"text": "stream 9000 20ms"}
    server.call("POST", "chatcore/chat/below", asked, headers={"Accept": "application/json"})
    chats = ChatList(Tab(context, server))
    chats.open()
    chats.search.fill("Question 700023")
    chats.results.filter(has_text="Question 700023").first.click()
    chat = chats.chat()
    expect(chat.messages.filter(has_text="Question 700023").first).to_be_in_viewport()
    jump = chat.root.get_by_role("button", name="Jump to newest")
    expect(jump).to_have_text("Jump to newest")
    stop = chat.root.get_by_role("button", name="Stop")
    stop.click()
    expect(stop).to_have_count(0)
    jump.click()
    chat.wait_for("the end", lambda shown: shown[-1][0] == "cancelled", 30)


def above(probe: Probe, rest: float) -> bool:
    """Whether one is further from the end than that."""
    return bool(probe.seen()["rest"] > rest)


def at_top(probe: Probe, text: str) -> bool:
    """Whether the message at the top begins so."""
    return bool(probe.seen()["top"] == text)


def ended(chat: ChatView, text: str) -> None:
    """Wait until the newest answer is this one, and whole."""
    chat.wait_for("the answer", lambda shown: shown[-1] == ("done", text), 60)


def unread(tab: Tab, session: str) -> bool:
    """Whether the list marks the chat as unread for who looks at it."""
    return bool(
        tab.page.evaluate(
            """async name => {
              const answer = await fetch("/chatcore/sessions?limit=100");
              const { sessions } = await answer.json();
              return sessions.find(({ id }) => id === name).unread === true;
            }""",
            session,
        )
    )
