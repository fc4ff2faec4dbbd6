"""What one does with messages: edit, ask again, leaf through versions, fork, delete, copy."""

from __future__ import annotations

from collections.abc import Callable

from jupyterprocess import JupyterProcess, wait_for
from lab import CHAT_ROOT, ChatView, Tab, own_chat, stored
from playwright.sync_api import BrowserContext, Locator, expect
from side import SideBar


def message(chat: ChatView, at: int) -> Locator:
    return chat.messages.nth(at)


def tool(chat: ChatView, at: int, name: str) -> Locator:
    """A button of a message, which shows its tools to whoever points at it."""
    message(chat, at).hover()
    return message(chat, at).get_by_role("button", name=name, exact=True)


def choose(chat: ChatView, at: int, entry: str) -> None:
    """Choose an entry of a message's menu."""
    tool(chat, at, "More").click()
    chat.root.get_by_role("menuitem", name=entry, exact=True).click()


def edit(chat: ChatView, at: int, text: str) -> None:
    tool(chat, at, "Edit and ask again").click()
    field = message(chat, at).get_by_role("textbox")
    field.fill(text)
    field.press("Enter")


def leaf(chat: ChatView, at: int) -> str:
    return message(chat, at).locator(".jp-Chatcore-leaf > [aria-hidden]").inner_text()


def texts(chat: ChatView) -> list[str]:
    return [text for _, text in chat.transcript()]


def shows(chat: ChatView, *wanted: str) -> None:
    """Wait until the chat shows these texts and no more."""
    chat.wait_for(f"{wanted}", lambda shown: [text for _, text in shown] == list(wanted))


def asked(chat: ChatView, *prompts: str) -> None:
    for number, prompt in enumerate(prompts, 1):
        chat.send(prompt)
        chat.wait_for_end(2 * number)


def test_an_edit_in_the_middle_makes_a_version_and_loses_none(
    chat: ChatView, second_tab: Callable[[], Tab], server: JupyterProcess, name: str
) -> None:
    asked(chat, "one", "two")
    other = second_tab().chat()
    before = ["one", "You said: one", "two", "You said: two"]
    edit(chat, 0, "uno")
    shows(chat, "uno", "You said: uno")
    shows(other, "uno", "You said: uno")
    assert (leaf(chat, 0), leaf(other, 0)) == ("2 / 2", "2 / 2")
    tool(other, 0, "Previous version").click()
    shows(other, *before)
    shows(chat, *before)
    assert [text for _, text in stored(server, own_chat(server, name))] == before
    chat.send("three")
    shows(chat, *before, "three", "You said: three")
    tool(chat, 0, "Next version").click()
    shows(chat, "uno", "You said: uno")
    assert leaf(chat, 0) == "2 / 2"


def test_other_answers_are_leafed_through_with_the_keyboard_alone(chat: ChatView, tab: Tab) -> None:
    asked(chat, "say first")
    press = tab.page.keyboard.press
    chat.input.focus()
    tool(chat, 1, "Copy as Markdown").focus()
    press("ArrowRight")
    expect(tool(chat, 1, "Answer again")).to_be_focused()
    press("Enter")
    wait_for("a second answer", lambda: message(chat, 1).locator(".jp-Chatcore-leaf").count() == 1)
    chat.wait_for_end(2)
    assert leaf(chat, 1) == "2 / 2"
    expect(message(chat, 1)).to_be_focused()
    press("Tab")
    press("Home")
    expect(tool(chat, 1, "Previous version")).to_be_focused()
    press("Enter")
    wait_for("the first answer", lambda: leaf(chat, 1) == "1 / 2")
    expect(tool(chat, 1, "Previous version")).to_be_focused()
    press("Alt+ArrowRight")
    wait_for("the second answer", lambda: leaf(chat, 1) == "2 / 2")
    press("Alt+ArrowLeft")
    wait_for("the first answer", lambda: leaf(chat, 1) == "1 / 2")
    assert chat.log.evaluate("log => log.contains(log.getRootNode().activeElement)")


def test_a_message_is_edited_with_the_keyboard_alone(chat: ChatView, tab: Tab) -> None:
    asked(chat, "one")
    press = tab.page.keyboard.press
    tool(chat, 0, "Edit and ask again").focus()
    press("Enter")
    field = message(chat, 0).get_by_role("textbox")
    expect(field).to_be_focused()
    press("Escape")
    expect(message(chat, 0)).to_be_focused()
    tool(chat, 0, "Edit and ask again").focus()
    press("Enter")
    press("Shift+Enter")
    tab.page.keyboard.insert_text("and more")
    press("Enter")
    shows(chat, "one\nand more", "You said: one\nand more")
    expect(message(chat, 0)).to_be_focused()
    press("Tab")
    expect(tool(chat, 0, "Previous version")).to_be_focused()


def test_an_answer_is_left_while_it_streams_and_goes_on_unseen(chat: ChatView) -> None:
    asked(chat, "stream 60 30ms")
    whole = texts(chat)[1]
    tool(chat, 1, "Answer again").click()
    chat.wait_for("a second answer", lambda shown: shown[1:] and shown[1][0] == "streaming")
    chat.wait_for_text("w2")
    tool(chat, 1, "Previous version").click()
    chat.wait_for("the first answer", lambda shown: shown[1] == ("done", whole))
    tool(chat, 1, "Next version").click()
    chat.wait_for("the second answer, as far as it is", lambda shown: leaf(chat, 1) == "2 / 2")
    chat.wait_for("all of it", lambda shown: shown[1] == ("done", whole))


def test_the_message_stays_where_it_is_when_a_version_takes_its_place(
    chat: ChatView, tab: Tab
) -> None:
    asked(chat, *(f"say {'A line. ' * 60}{number}" for number in range(4)))
    edit(chat, 2, "say short")
    chat.wait_for_end(4)
    before = top(message(chat, 2))
    tool(chat, 2, "Previous version").click()
    chat.wait_for("the first version", lambda shown: len(shown) == 8)
    tab.page.wait_for_timeout(300)
    assert abs(top(message(chat, 2)) - before) <= 2
    expect(message(chat, 2).get_by_role("button", name="Previous version")).to_be_focused()


def top(of: Locator) -> float:
    """Where it is on the screen, in pixels."""
    box = of.bounding_box()
    assert box is not None
    return box["y"]


def test_a_fork_is_a_chat_of_its_own(tab: Tab, chat: ChatView) -> None:
    asked(chat, "one", "two")
    choose(chat, 1, "Fork from here")
    other = SideBar(tab.page).chat()
    shows(other, "one", "You said: one")
    other.send("three")
    shows(other, "one", "You said: one", "three", "You said: three")
    below = ChatView(tab.page.locator(f".jp-Notebook {CHAT_ROOT}"))
    shows(below, "one", "You said: one", "two", "You said: two")


def test_a_message_is_deleted_when_one_is_sure(chat: ChatView, server: JupyterProcess) -> None:
    asked(chat, "one", "two")
    choose(chat, 0, "Delete")
    question = chat.root.get_by_role("alertdialog")
    expect(question.get_by_role("button", name="Keep")).to_be_focused()
    question.get_by_role("button", name="Keep").click()
    expect(question).to_have_count(0)
    assert texts(chat)[0] == "one"
    choose(chat, 0, "Delete")
    question.get_by_role("button", name="Delete").click()
    chat.wait_for("a tombstone", lambda shown: shown[0] == ("deleted", ""))
    assert texts(chat)[1:] == ["You said: one", "two", "You said: two"]
    expect(message(chat, 0)).to_be_focused()


def test_a_message_is_copied_as_markdown(chat: ChatView, context: BrowserContext, tab: Tab) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    markdown = "# Title\n\n```python\nprint(1)\n```"
    chat.type(f"say {markdown}")
    chat.input.press("Enter")
    chat.wait_for_end(2)
    tool(chat, 1, "Copy as Markdown").click()
    expect(message(chat, 1).get_by_role("button", name="Copied")).to_be_visible()
    assert tab.page.evaluate("() => navigator.clipboard.readText()") == markdown


def test_the_chat_is_named_and_tells_what_it_took(
    chat: ChatView, server: JupyterProcess, name: str
) -> None:
    asked(chat, "show")
    head = chat.root.locator("header").first
    head.get_by_role("button", name="This chat").click()
    chat.root.get_by_role("menuitem", name="Rename").click()
    field = head.get_by_role("textbox")
    expect(field).to_be_focused()
    field.fill("Melons")
    field.press("Enter")
    expect(head.get_by_role("button", name="Melons")).to_be_focused()
    session = server.call("GET", f"chatcore/sessions/{own_chat(server, name)}")
    assert session["title"] == "Melons"
    head.get_by_role("button", name="This chat").press("ArrowDown")
    chat.root.get_by_role("menuitem", name="Usage").press("Enter")
    panel = chat.root.get_by_role("dialog", name="What this chat took")
    expect(panel).to_contain_text("Tokens in")
    panel.get_by_role("button", name="Close").press("Escape")
    expect(head.get_by_role("button", name="This chat")).to_be_focused()
