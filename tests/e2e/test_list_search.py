"""Search over all chats as one types, and the list by the keyboard alone."""

from __future__ import annotations

from chatlist import ChatList, make, titles
from jupyterprocess import JupyterProcess, wait_for
from playwright.sync_api import expect


def test_titles_and_messages_are_found_as_one_types(
    chats: ChatList, server: JupyterProcess
) -> None:
    make(server, "Prices of bread", "they rise")
    make(server, "Notes", "the <b>bread</b> was good, and bread it was")
    make(server, "Nothing of this")
    chats.search.click()
    chats.search.press_sequentially("brea", delay=30)
    expect(chats.results).to_have_text(
        ["Prices of bread", "Notes", "Questionnowthe <b>bread</b> was good, and bread it was"]
    )
    expect(chats.root.locator("mark")).to_have_text(["brea", "bread", "bread"])
    expect(chats.told).to_have_text("2 chats found, 1 message")
    chats.search.fill("zebra")
    expect(chats.root.get_by_text("Nothing found for “zebra”")).to_be_visible()
    chats.press("Escape")
    chats.expect_titles("Nothing of this", "Notes", "Prices of bread")


def test_a_found_message_is_gone_to(chats: ChatList, server: JupyterProcess) -> None:
    session = make(server, "Long", "where the needle is")
    for number in range(120):
        server.call("POST", f"chatcore/chat/{session}/messages", {"text": f"hay {number}"})
    chats.search.fill("needle")
    chats.results.last.click()
    expect(chats.chat().messages.filter(has_text="where the needle is")).to_be_in_viewport()


def test_a_search_without_a_server_says_so_and_can_be_repeated(
    chats: ChatList, server: JupyterProcess
) -> None:
    make(server, "Prices of bread")
    chats.tab.page.route("**/chatcore/search?**", lambda route: route.abort())
    chats.search.fill("bread")
    alert = chats.root.get_by_role("alert")
    expect(alert).to_contain_text("The Jupyter server cannot be reached.")
    chats.tab.page.unroute("**/chatcore/search?**")
    chats.root.get_by_role("button", name="Try again").click()
    expect(chats.results).to_have_text(["Prices of bread"])


def test_all_is_done_by_the_keyboard_alone(chats: ChatList, server: JupyterProcess) -> None:
    for title in ("one", "two", "three"):
        make(server, title)
    chats.expect_titles("three", "two", "one")
    chats.search.focus()
    chats.press("ArrowDown", "ArrowDown")
    assert chats.focused() == "two"
    chats.press("F2", "Control+a")
    chats.tab.page.keyboard.type("renamed")
    chats.press("Enter")
    chats.expect_titles("three", "renamed", "one")
    assert chats.focused() == "renamed"
    chats.press("Shift+F10", "P", "Enter")
    expect(chats.headings).to_have_text(["Pinned", "Chats"])
    assert chats.focused() == "renamed"
    chats.press("End")
    assert chats.focused() == "one"
    chats.press("Delete")
    chats.expect_titles("renamed", "three")
    assert chats.focused() == "three"
    chats.press("Control+z")
    chats.expect_titles("renamed", "three", "one")
    chats.press("Delete")
    chats.expect_titles("renamed", "one")
    chats.press("Tab", "Tab")
    expect(chats.undo).to_be_focused()
    chats.press("Enter")
    chats.expect_titles("renamed", "three", "one")
    chats.search.focus()
    chats.press("ArrowDown", "o")
    expect(chats.search).to_be_focused()
    expect(chats.results).to_have_text(["one"])
    chats.press("Escape")
    chats.expect_titles("renamed", "three", "one")
    wait_for("the title on the server", lambda: titles(server) == ["three", "renamed", "one"])
