"""Where one writes: files, drafts, earlier messages, and nothing that moves or gets lost."""

from __future__ import annotations

from pathlib import Path

from files import chips, choose, drag, paste, png
from jupyterprocess import JupyterProcess
from lab import CHAT, ChatView, Tab, own_chat
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

SECONDS_A_LETTER = """async () => {
  const area = document.querySelector("[data-chatcore] textarea");
  const plain = area.parentElement.insertBefore(area.cloneNode(), area);
  plain.value = area.value;
  const letter = async (field) => {
    const began = performance.now();
    field.setRangeText("x", field.value.length, field.value.length, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
  };
  const took = [0, 0];
  for (let count = 0; count < 20; count++) {
    took[0] += await letter(plain);
    took[1] += await letter(area);
  }
  plain.remove();
  return took.map((ms) => ms / 20_000);
}"""
# what a paste comes to; to type it all takes the browser itself a while
PUT = """(area, text) => {
  area.setRangeText(text);
  area.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""
CSV = b"name,price\nquince,3\n"


def shown_files(server: JupyterProcess, name: str) -> list[str]:
    """The names of the files that the chat's first message shows."""
    parts = server.messages(own_chat(server, name))[0]["parts"]
    return [part["name"] for part in parts if part["type"] == "file"]


def test_files_are_pasted_dropped_chosen_and_sent(
    chat: ChatView, server: JupyterProcess, name: str
) -> None:
    paste(chat, "image.png", "image/png", png())
    expect(chips(chat)).to_have_count(1)
    drag(chat, "dragenter", "prices.csv", "text/csv", CSV)
    zone = chat.root.get_by_text("Drop files to attach them")
    expect(zone).to_be_visible()
    drag(chat, "drop", "prices.csv", "text/csv", CSV)
    expect(zone).to_have_count(0)
    choose(chat, "notes.txt", "text/plain", b"some notes")
    expect(chat.root.locator("[data-attached=done]")).to_have_count(3)
    chat.root.get_by_role("button", name="Remove notes.txt").click()
    expect(chips(chat)).to_have_count(2)
    chat.send("files please")
    chat.wait_for_text(f"image.png (image/png): {len(png())}. prices.csv (text/csv): {len(CSV)}.")
    expect(chips(chat)).to_have_count(0)
    assert shown_files(server, name) == ["image.png", "prices.csv"]
    picture = chat.messages.first.locator("img")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320


def test_words_beside_a_picture_are_pasted_as_words(chat: ChatView, tab: Tab) -> None:
    chat.input.focus()
    chat.input.evaluate(
        """element => {
          const clipboardData = new DataTransfer();
          clipboardData.items.add(new File(["x"], "cells.png", { type: "image/png" }));
          clipboardData.setData("text/plain", "1\\t2");
          const event = { clipboardData, bubbles: true, cancelable: true };
          window.taken = !element.dispatchEvent(new ClipboardEvent("paste", event));
        }"""
    )
    assert tab.page.evaluate("window.taken") is False
    expect(chips(chat)).to_have_count(0)


def test_a_file_goes_to_disk_by_its_name(chat: ChatView, tab: Tab, tmp_path: Path) -> None:
    choose(chat, "prices & more.csv", "text/csv", CSV)
    expect(chat.root.locator("[data-attached=done]")).to_have_count(1)
    chat.send("files")
    chat.wait_for_end(2)
    with tab.page.expect_download() as download:
        chat.messages.first.get_by_role("link", name="prices & more.csv").click()
    assert download.value.suggested_filename == "prices & more.csv"
    download.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_bytes() == CSV


def test_a_draft_survives_a_reload_with_its_files(chat: ChatView, tab: Tab) -> None:
    paste(chat, "image.png", "image/png", png())
    choose(chat, "notes.txt", "text/plain", b"some notes")
    expect(chat.root.locator("[data-attached=done]")).to_have_count(2)
    chat.type("files, half a thou")
    tab.save()
    tab.reload()
    again = tab.chat()
    assert again.input.input_value() == "files, half a thou"
    expect(chips(again)).to_have_count(2)
    expect(chips(again).first.locator("img")).to_be_visible()
    again.send("files")
    again.wait_for_text("image.png (image/png)")
    tab.save()
    tab.reload()
    expect(chips(tab.chat())).to_have_count(0)


def test_a_failed_upload_is_tried_again(
    chat: ChatView, context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    context.route("**/chatcore/chat/*/files?*", lambda route: route.abort())
    choose(chat, "notes.txt", "text/plain", b"some notes")
    expect(chat.root.locator("[data-attached=failed]")).to_have_count(1)
    chat.send("files")
    assert chat.transcript() == []
    assert chat.input.input_value() == "files"
    context.unroute_all()
    chat.root.get_by_role("button", name="Try again: notes.txt").click()
    expect(chat.root.locator("[data-attached=done]")).to_have_count(1)
    chat.input.press("Enter")
    chat.wait_for_text("notes.txt (text/plain): 10.")
    assert shown_files(server, name) == ["notes.txt"]


def test_a_file_that_the_server_refuses_says_why(chat: ChatView) -> None:
    choose(chat, "empty.txt", "text/plain", b"")
    failed = chat.root.locator("[data-attached=failed]")
    expect(failed).to_have_attribute("title", "The file is empty: there is nothing to attach.")
    expect(chat.root.locator(".jp-Chatcore-hint")).to_contain_text("nothing to attach")
    chat.root.get_by_role("button", name="Remove empty.txt").click()
    chat.send("hello")
    chat.wait_for_text("You said: hello")


def test_a_message_waits_for_its_files(chat: ChatView, context: BrowserContext) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    context.route("**/chatcore/chat/*/files?*", hold)
    choose(chat, "notes.txt", "text/plain", b"some notes")
    expect(chat.root.locator("[data-attached=uploading]")).to_have_count(1)
    chat.send("files one")
    expect(chat.input).not_to_be_editable()
    chat.input.press("Escape")
    expect(chat.input).to_be_editable()
    chat.input.press("Enter")
    assert chat.transcript() == []
    held[0].continue_()
    chat.wait_for_text("notes.txt (text/plain): 10.")
    assert chat.input.input_value() == ""


def test_what_is_sent_without_a_network_arrives_with_its_files(
    context: BrowserContext, chat: ChatView, server: JupyterProcess, name: str
) -> None:
    choose(chat, "notes.txt", "text/plain", b"some notes")
    expect(chat.root.locator("[data-attached=done]")).to_have_count(1)
    context.set_offline(True)
    choose(chat, "late.txt", "text/plain", b"late")
    expect(chat.root.locator("[data-attached=failed]")).to_have_count(1)
    chat.root.get_by_role("button", name="Remove late.txt").click()
    chat.send("files into the void")
    pending = chat.root.locator("[data-status=sending]")
    expect(pending.get_by_text("notes.txt")).to_be_visible()
    choose(chat, "later.txt", "text/plain", b"later")
    context.set_offline(False)
    chat.wait_for_text("notes.txt (text/plain): 10.")
    expect(chat.root.locator("[data-attached=done]")).to_have_count(1)
    assert shown_files(server, name) == ["notes.txt"]


def test_all_of_it_by_keyboard_alone(chat: ChatView, tab: Tab) -> None:
    page = tab.page
    for file in ("a.txt", "b.txt"):
        choose(chat, file, "text/plain", b"x")
    expect(chat.root.locator("[data-attached=done]")).to_have_count(2)
    chat.input.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Remove b.txt"
    page.keyboard.press("Enter")
    expect(chips(chat)).to_have_count(1)
    assert focused(page) == "Remove a.txt"
    page.keyboard.press("Tab")
    assert focused(page) == "Attach files"
    page.keyboard.press("Tab")
    assert focused(page) == "Message"
    page.keyboard.type("files")
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Attach files"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files({"name": "c.txt", "mimeType": "text/plain", "buffer": b"y"})
    expect(chat.root.locator("[data-attached=done]")).to_have_count(2)
    assert focused(page) == "Message"
    page.keyboard.press("Tab")
    assert focused(page) == "Send"
    page.keyboard.press("Enter")
    chat.wait_for_text("a.txt (text/plain): 1. c.txt (text/plain): 1.")
    assert focused(page) == "Message"


def focused(page: Page) -> str | None:
    """The label of what has the focus."""
    label: str | None = page.evaluate("document.activeElement.ariaLabel")
    return label


def test_earlier_messages_come_back(chat: ChatView, tab: Tab) -> None:
    for text in ("first", "second\nof two lines"):
        chat.send(text)
        chat.wait_for_text(f"You said: {text}")
    keys = tab.page.keyboard
    chat.input.focus()
    keys.press("ArrowUp")
    assert chat.input.input_value() == "second\nof two lines"
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    assert chat.input.input_value() == "first"
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    assert chat.input.input_value() == ""
    chat.input.press_sequentially("typed")
    keys.press("ArrowUp")
    assert chat.input.input_value() == "typed"
    keys.press("Home")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    assert chat.input.input_value() == "first"
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    assert chat.input.input_value() == "typed"


def test_nothing_moves_while_one_sends_and_stops(chat: ChatView) -> None:
    def places() -> list[object]:
        chat.root.get_by_role("button", name="Send", exact=True).wait_for()
        return [chat.input.bounding_box(), chat.root.locator(".jp-Chatcore-field").bounding_box()]

    before = places()
    chat.send("hold")
    expect(chat.stop_button).to_be_visible()
    assert places() == before
    chat.type("more")
    assert places() == before
    chat.type("")
    chat.input.press("Escape")
    expect(chat.stop_button).to_have_count(0)
    assert places() == before


def test_a_long_paste_stays_smooth_and_scrolls(chat: ChatView, tab: Tab) -> None:
    text = "A line of a log that somebody pastes.\n" * 2700
    chat.input.focus()
    chat.input.evaluate(PUT, text)
    height = chat.input.evaluate("area => [area.clientHeight, area.scrollHeight]")
    assert height[0] < 250 < height[1]
    plain, took = tab.page.evaluate(SECONDS_A_LETTER)
    assert took < 3 * plain + 0.03, f"{took:.3f} s a letter, {plain:.3f} s in a field of its own"
    chat.input.press("Enter")
    chat.wait_for_end(2)
    assert len(chat.transcript()[0][1]) > 100_000


def test_who_is_typing(
    browser: Browser, context: BrowserContext, server: JupyterProcess, name: str
) -> None:
    other = browser.new_context(viewport={"width": 1100, "height": 900})
    try:
        server.write_notebook(name, CHAT)
        views = []
        for each in (context, other):
            tab = Tab(each, server)
            tab.open(name)
            views.append(tab.run_chat())
        mine, theirs = views
        hint = theirs.root.locator(".jp-Chatcore-hint")
        before = hint.bounding_box()
        mine.input.press_sequentially("Hello")
        expect(hint).to_contain_text("is typing…")
        assert before is not None
        shown = hint.bounding_box()
        assert shown is not None
        assert (shown["y"], shown["height"]) == (before["y"], before["height"])
    finally:
        other.close()
