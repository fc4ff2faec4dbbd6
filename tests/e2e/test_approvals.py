"""Requests for permission: asked in every tab, answered once, and never by a dead button."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyterprocess import JupyterProcess
from lab import CHAT, ChatView, Tab, own_chat
from labserver import running_lab
from playwright.sync_api import BrowserContext, Locator, Route, expect

TITLE = "Change the prices"


def test_a_tool_is_allowed(chat: ChatView, server: JupyterProcess, name: str) -> None:
    chat.send(f"ask {TITLE}")
    tool = chat.tools.last
    expect(chat.option("Allow once", TITLE)).to_be_visible()
    expect(tool).to_contain_text("Waiting for your permission")
    expect(tool.get_by_role("timer")).to_contain_text("left")
    for text in ("work/prices.py", "the tax is missing", "d = 30", "+2"):
        expect(tool).to_contain_text(text)
    chat.option("Allow once", TITLE).click()
    chat.wait_for_text("Decided: once")
    expect(chat.options).to_have_count(0)
    expect(tool).to_contain_text("done · allowed by")
    expect(tool).to_contain_text("3 lines written")
    [part, _] = server.messages(own_chat(server, name))[-1]["parts"]
    assert (part["status"], part["approval"]["outcome"]) == ("done", "once")
    assert part["approval"]["by"] in tool.inner_text()


def test_a_tool_is_denied_by_the_keyboard(chat: ChatView) -> None:
    chat.send(f"ask {TITLE}")
    chat.option("Deny", TITLE).focus()
    chat.root.page.keyboard.press("Enter")
    chat.wait_for_text("Decided: no")
    expect(chat.options).to_have_count(0)
    expect(chat.tools.last).to_contain_text("denied by")
    expect(chat.tools.last.locator("summary")).to_be_focused()


def test_two_tools_ask_at_once(chat: ChatView) -> None:
    chat.send("ask2")
    chat.option("Deny", "Run the second").click()
    expect(chat.options).to_have_count(3)
    chat.option("Always allow", "Run the first").click()
    chat.wait_for_text("Decided: always, no")


def test_another_tab_answers(chat: ChatView, second_tab: Callable[[], Tab]) -> None:
    chat.send(f"ask {TITLE}")
    other = second_tab().chat()
    other.option("Allow once", TITLE).click()
    for view in (chat, other):
        view.wait_for_text("Decided: once")
        expect(view.options).to_have_count(0)
        expect(view.tools.last).to_contain_text("allowed by")


def test_the_first_of_two_answers_stands(chat: ChatView, second_tab: Callable[[], Tab]) -> None:
    other = second_tab().chat()
    for _ in range(3):
        chat.send(f"ask {TITLE}")
        for view in (chat, other):
            expect(view.options).to_have_count(3)
        at = time.time() * 1000 + 1000
        click_at(chat.option("Allow once", TITLE), at)
        click_at(other.option("Deny", TITLE), at)
        chat.wait_for_text("Decided:")
        for view in (chat, other):
            expect(view.options).to_have_count(0)
        expect(chat.tools.last.locator("summary")).to_have_text(
            other.tools.last.locator("summary").inner_text().replace("\n", "")
        )
        chat.wait_for("its end", lambda shown: "streaming" not in dict(shown))


def click_at(button: Locator, at: float) -> None:
    """Click when the tab's clock shows `at`, in milliseconds."""
    button.evaluate("(button, at) => { setTimeout(() => button.click(), at - Date.now()) }", at)


def test_a_reload_asks_again(tab: Tab, chat: ChatView) -> None:
    chat.send(f"ask {TITLE}")
    expect(chat.option("Allow once", TITLE)).to_be_visible()
    tab.save()
    tab.reload()
    again = tab.chat()
    again.option("Allow once", TITLE).click()
    again.wait_for_text("Decided: once")


def test_a_stop_takes_the_question_back(chat: ChatView) -> None:
    chat.send(f"ask {TITLE}")
    expect(chat.options).to_have_count(3)
    chat.stop_button.click()
    chat.wait_for("a cancelled reply", lambda shown: shown[-1][0] == "cancelled")
    expect(chat.options).to_have_count(0)
    expect(chat.tools.last).to_contain_text("not answered")


@pytest.mark.timeout(300)
def test_a_killed_server_leaves_a_question_that_works(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    own_server.write_notebook(name, CHAT)
    tab = Tab(context, own_server)
    tab.open(name)
    chat = tab.run_chat()
    chat.send(f"ask {TITLE}")
    expect(chat.options).to_have_count(3)
    asked = own_server.messages(own_chat(own_server, name))[-1]
    own_server.kill()
    own_server.start()
    chat.option("Allow once", TITLE).click()
    chat.wait_for_text("Decided: once")
    expect(chat.options).to_have_count(0)
    expect(chat.tools.last).to_contain_text("allowed by")
    answered = own_server.messages(own_chat(own_server, name))[-1]
    assert answered["id"] == asked["id"]


@pytest.mark.timeout(300)
def test_who_cannot_go_on_leaves_no_dead_button(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    own_server.write_notebook(name, CHAT)
    tab = Tab(context, own_server)
    tab.open(name)
    chat = tab.run_chat()
    chat.send("hello")
    chat.wait_for_text("You said: hello")
    session = f"chatcore/sessions/{own_chat(own_server, name)}"
    own_server.call("PATCH", session, {"assistant": "forgetful"})
    chat.send(f"ask {TITLE}")
    expect(chat.options).to_have_count(3)
    own_server.stop()
    own_server.start()
    chat.wait_for("an interrupted reply", lambda shown: shown[-1][0] == "interrupted")
    expect(chat.options).to_have_count(0)
    expect(chat.tools.last).to_contain_text("not answered")
    expect(chat.root).to_contain_text("Forgetful cannot go on from there. Ask again.")


def test_a_request_expires(context: BrowserContext, tmp_path: Path, name: str) -> None:
    with running_lab(tmp_path, "--ChatcoreApp.approval_seconds=6") as server:
        server.write_notebook(name, CHAT)
        tab = Tab(context, server)
        tab.open(name)
        chat = tab.run_chat()
        chat.send(f"ask {TITLE}")
        expect(chat.tools.last.get_by_role("timer")).to_have_text(re.compile(r"^[1-6] s left$"))
        chat.wait_for_text("Decided: nothing")
        expect(chat.options).to_have_count(0)
        expect(chat.tools.last).to_contain_text("nobody answered in time")


@pytest.mark.parametrize("where", ["answer", "question"])
def test_a_lost_way_to_the_server_is_told(
    context: BrowserContext, chat: ChatView, where: str
) -> None:
    """Neither a request nor an answer that is lost leaves a button without effect."""
    chat.send(f"ask {TITLE}")
    expect(chat.options).to_have_count(3)

    def lose(route: Route) -> None:
        if where == "answer":
            route.fetch()
        route.abort()

    context.route("**/approval", lose)
    chat.option("Allow once", TITLE).click()
    if where == "answer":
        chat.wait_for_text("Decided: once")
    else:
        expect(chat.root.get_by_role("alert")).to_contain_text("cannot be reached")
        context.unroute_all()
        chat.option("Allow once", TITLE).click()
        chat.wait_for_text("Decided: once")
