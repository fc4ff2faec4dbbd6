"""Several tabs on one chat: one order, nothing lost, everybody sees the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from jupyterprocess import JupyterProcess, wait_for
from lab import ChatView, Tab, own_chat, stored, words
from playwright.sync_api import BrowserContext


def test_a_message_in_one_tab_streams_in_the_other(
    chat: ChatView, second_tab: Callable[[], Tab], server: JupyterProcess, name: str
) -> None:
    other = second_tab().chat()
    chat.send("stream 100 20ms")
    other.wait_for_text("w3")
    assert other.transcript()[-1][0] == "streaming"
    other.wait_for_end(2)
    chat.wait_for_end(2)
    assert chat.transcript() == other.transcript() == stored(server, own_chat(server, name))
    assert chat.transcript()[-1] == ("done", words(100))


def test_a_tab_that_opens_in_mid_answer_gets_it_all(
    chat: ChatView, second_tab: Callable[[], Tab]
) -> None:
    chat.send("stream 300 20ms")
    chat.wait_for_text("w3")
    other = second_tab().chat()
    other.wait_for_end(2)
    assert other.transcript()[-1] == ("done", words(300))


def test_one_tab_stops_what_the_other_asked(chat: ChatView, second_tab: Callable[[], Tab]) -> None:
    other = second_tab().chat()
    chat.send("hold")
    other.stop_button.click()
    chat.wait_for("a cancelled reply", lambda shown: shown[-1:] == [("cancelled", "")])


def test_messages_of_the_same_moment_have_one_order(
    chat: ChatView, second_tab: Callable[[], Tab], server: JupyterProcess, name: str
) -> None:
    other = second_tab().chat()
    for number in range(5):
        at = time.time() * 1000 + 500
        for letter, view in (("a", chat), ("b", other)):
            view.type(f"{letter}{number}")
            press_enter_at(view, at)
        chat.wait_for_end(4 * (number + 1))
    other.wait_for_end(20)
    expected = stored(server, own_chat(server, name))
    assert chat.transcript() == other.transcript() == expected
    sent = {f"{letter}{number}" for letter in "ab" for number in range(5)}
    assert {text for _, text in expected} == sent | {f"You said: {text}" for text in sent}
    assert len(expected) == 20


def press_enter_at(view: ChatView, at: float) -> None:
    """Press Enter in the tab when its clock shows `at`, in milliseconds."""
    view.input.evaluate(
        """(input, at) => {
          const enter = () => input.dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true}));
          setTimeout(enter, at - Date.now());
        }""",
        at,
    )


def test_older_pages_come_by_scrolling_up(
    context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    server.call("PUT", "chatcore/sessions/older", {"title": "Long"})
    for number in range(120):
        server.call("POST", "chatcore/chat/older/messages", {"text": f"note {number}"})
    server.write_notebook(name, "from jupyter_chatcore import Chat; Chat('older')")
    tab = Tab(context, server)
    tab.open(name)
    chat = tab.run_chat()
    chat.wait_for_text("note 119")
    assert len(chat.transcript()) < 60
    while (known := len(chat.transcript())) < 120:
        anchor = chat.messages.first
        marked = anchor.evaluate("message => { message.dataset.anchor = '1'; return true }")
        assert marked
        chat.log.evaluate("log => { log.scrollTop = 0 }")
        before = top(chat)
        wait_for("older messages", partial(shows_more, chat, known))
        assert abs(top(chat) - before) <= 2, "the view jumped"
        anchor = chat.root.locator("[data-anchor]")
        anchor.evaluate("message => { delete message.dataset.anchor }")
    assert [text for _, text in chat.transcript()] == [f"note {number}" for number in range(120)]


def shows_more(chat: ChatView, known: int) -> bool:
    """Whether it shows more messages than were known."""
    return len(chat.transcript()) > known


def top(chat: ChatView) -> float:
    """Where the marked message is on the screen, in pixels."""
    box = chat.root.locator("[data-anchor]").bounding_box()
    assert box is not None
    return box["y"]
