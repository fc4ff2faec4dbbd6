"""The list of chats: what it shows, live, and what one does in it by hand."""

from __future__ import annotations

from collections.abc import Callable

from chatlist import ChatList, make, titles
from jupyterprocess import JupyterProcess, wait_for
from playwright.sync_api import expect


def test_a_new_chat_opens_and_is_listed_everywhere(
    chats: ChatList, another: Callable[[], ChatList], server: JupyterProcess
) -> None:
    other = another()
    chats.new.click()
    chat = chats.chat()
    other.expect_titles("New chat")
    assert titles(server) == ["New chat"]
    chat.send("say Hello from here.")
    chat.wait_for_end(2)
    expect(other.rows.first).to_contain_text("Hello from here.")
    chats.show()
    expect(chats.rows.first).to_contain_text("Hello from here.")
    other.rows.first.click()
    other.chat().wait_for_text("Hello from here.")


def test_a_chat_is_renamed_in_its_row_and_keeps_its_place_and_age(
    chats: ChatList, another: Callable[[], ChatList], server: JupyterProcess
) -> None:
    make(server, "old", "what was said")
    make(server, "newer", "and later")
    chats.expect_titles("newer", "old")
    chats.choose("old", "Rename")
    chats.press("Control+a")
    chats.tab.page.keyboard.type("Prices of bread")
    chats.press("Enter")
    chats.expect_titles("newer", "Prices of bread")
    another().expect_titles("newer", "Prices of bread")
    wait_for("the title on the server", lambda: titles(server) == ["newer", "Prices of bread"])


def test_pinned_chats_stand_first_and_the_notebooks_before_them(
    chats: ChatList, server: JupyterProcess, name: str
) -> None:
    server.write_notebook(name)
    chats.tab.page.evaluate(
        "path => window.jupyterapp.commands.execute('docmanager:open', {path})", name
    )
    for title in ("first", "second", "third"):
        make(server, title)
    chats.choose("first", "Pin")
    expect(chats.headings).to_have_text(["Pinned", "Chats"])
    chats.expect_titles("first", "third", "second")
    make(server, "of the notebook", notebook=name)
    make(server, "of another", notebook="another.ipynb")
    expect(chats.headings).to_have_text(["In this notebook", "Pinned", "Chats"])
    chats.expect_titles("of the notebook", "first", "of another", "third", "second")
    chats.choose("first", "Unpin")
    chats.expect_titles("of the notebook", "of another", "third", "second", "first")


def test_an_archived_chat_is_out_of_the_way_and_comes_back(
    chats: ChatList, server: JupyterProcess
) -> None:
    make(server, "kept")
    make(server, "put away")
    chats.choose("put away", "Archive")
    chats.expect_titles("kept")
    wait_for("it to be archived", lambda: titles(server, "archived") == ["put away"])
    chats.root.get_by_role("button", name="Archived").click()
    chats.expect_titles("put away")
    chats.choose("put away", "Take out of the archive")
    expect(chats.root.get_by_text("Nothing archived")).to_be_visible()
    chats.root.get_by_role("button", name="All chats").click()
    chats.expect_titles("put away", "kept")


def test_a_deleted_chat_can_be_had_back(chats: ChatList, server: JupyterProcess) -> None:
    make(server, "kept")
    make(server, "deleted")
    chats.choose("deleted", "Delete")
    chats.expect_titles("kept")
    expect(chats.told).to_have_text("“deleted” deleted. Control+Z takes it back.")
    chats.undo.click()
    chats.expect_titles("deleted", "kept")
    assert titles(server) == ["deleted", "kept"]


def test_a_deleted_chat_is_gone_for_good_after_a_while(
    chats: ChatList, another: Callable[[], ChatList], server: JupyterProcess
) -> None:
    make(server, "kept")
    make(server, "deleted")
    other = another()
    other.expect_titles("deleted", "kept")
    chats.choose("deleted", "Delete")
    chats.tab.page.mouse.move(0, 0)
    chats.expect_titles("kept")
    wait_for("it to be deleted", lambda: titles(server, "all") == ["kept"])
    other.expect_titles("kept")
    expect(chats.undo).to_have_count(0)


def test_a_deleted_chat_is_gone_when_the_page_is_closed(
    chats: ChatList, server: JupyterProcess
) -> None:
    make(server, "kept")
    make(server, "deleted")
    chats.choose("deleted", "Delete")
    expect(chats.undo).to_be_visible()
    chats.tab.page.close(run_before_unload=True)
    wait_for("it to be deleted", lambda: titles(server, "all") == ["kept"], timeout=5)


def test_an_answer_of_another_tab_is_marked_and_then_unread(
    chats: ChatList, server: JupyterProcess
) -> None:
    session = make(server, "asked elsewhere")
    chats.expect_titles("asked elsewhere")
    row = chats.row("asked elsewhere")
    posted = server.post(session, "hold")
    live = row.get_by_role("img", name="answering now")
    expect(live).to_be_visible()
    expect(row).to_contain_text("hold")
    server.call("POST", f"chatcore/chat/{session}/messages/{posted['message']}/stop", {})
    expect(live).to_have_count(0)
    server.post(session, "say Done and told.")
    expect(row).to_contain_text("Done and told.")
    unread = row.get_by_role("img", name="unread")
    expect(unread).to_be_visible()
    with chats.tab.page.expect_response("**/seen"):
        chats.opener("asked elsewhere").click()
    chats.show()
    expect(unread).to_have_count(0)


def test_hundreds_of_chats_come_page_by_page(chats: ChatList, server: JupyterProcess) -> None:
    made = [f"chat {number}" for number in range(200)]
    for title in made:
        make(server, title)
    chats.open()
    chats.rows.first.wait_for()
    seen: set[str] = set()
    area = chats.root.locator(".jp-Chatcore-rows")

    def all_seen() -> bool:
        shown = chats.rows.locator(".jp-Chatcore-row-title").all_text_contents()
        assert len(shown) < 80
        seen.update(shown)
        area.evaluate("list => list.scrollBy(0, list.clientHeight * 0.8)")
        return len(seen) == 200

    wait_for("all chats to have been on the page", all_seen)
    assert seen == set(made)
    place = area.evaluate("list => list.scrollTop")
    make(server, "the newest")
    make(server, "the newest of all")
    chats.search.focus()
    chats.press("ArrowDown", "Home")
    expect(chats.rows.first).to_contain_text("the newest of all")
    assert place > 5_000
