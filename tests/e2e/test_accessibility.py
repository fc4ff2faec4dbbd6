"""The chat for those who use no mouse, see little or nothing, or want no movement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import violations
from jupyterprocess import JupyterProcess
from lab import CHAT, ChatView, Tab
from playwright.sync_api import Browser, BrowserContext, expect

THEMES = ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"]
CHANGE_THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
SMALLEST_TARGET = 24
SMALL_TARGETS = """(root, least) => [...root.querySelectorAll(
  "button, summary, select, input, textarea, [role=option]")].filter((element) => {
    const { width, height } = element.getBoundingClientRect();
    return element.checkVisibility() && width > 0 && Math.min(width, height) < least;
  }).map((element) => element.outerHTML.slice(0, 120))"""
OVERFLOWING = """root => [...root.querySelectorAll("*")].filter((element) =>
  element.getBoundingClientRect().right > root.getBoundingClientRect().right + 1
  && !element.closest("pre, .jp-Chatcore-table, .jp-Chatcore-hidden, math, dialog, [popover]"))
  .map((element) => element.className)"""
MOVING = """root => root.getAnimations({ subtree: true })
  .filter((one) => one.effect.getComputedTiming().duration > 0).length"""


@pytest.fixture(scope="module", params=THEMES)
def themed(
    browser: Browser, shared_server: JupyterProcess, request: pytest.FixtureRequest
) -> Iterator[ChatView]:
    """A chat in each of JupyterLab's themes."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    name = f"{request.param}.ipynb".replace(" ", "-")
    shared_server.write_notebook(name, CHAT)
    tab = Tab(context, shared_server)
    tab.open(name)
    tab.page.evaluate(CHANGE_THEME, request.param)
    shown = tab.page.locator(f"body[data-jp-theme-name='{request.param}']")
    shown.wait_for(state="attached")
    yield tab.run_chat()
    context.close()


def test_axe_finds_nothing_wrong_in_any_state(themed: ChatView) -> None:
    chat, page = themed, themed.root.page
    assert violations(chat.root) == []
    chat.send("rich")
    chat.wait_for_end(2)
    for fold in chat.messages.last.locator("summary").all():
        fold.click()
    expect(chat.root.locator(".hljs-keyword").first).to_be_visible()
    expect(chat.root.locator("math").first).to_be_visible()
    chat.root.get_by_role("button", name="Copy the code").first.focus()
    assert violations(chat.root) == []
    chat.root.get_by_role("button", name="Enlarge: A plot").first.click()
    assert violations(chat.root.get_by_role("dialog")) == []
    page.keyboard.press("Escape")
    chat.send("show")
    chat.wait_for_end(4)
    chat.messages.last.get_by_role("button", name="About this answer").click()
    chat.send("fail Run `pip install x`.")
    chat.wait_for_end(6)
    assert violations(chat.root) == []
    chat.send("ask Edit a file")
    chat.option("Allow once").wait_for()
    assert violations(chat.root) == []
    chat.option("Deny").click()
    chat.wait_for_end(8)
    chat.picker.click()
    chat.root.locator("[role=option]").first.wait_for()
    assert violations(chat.root) == []
    page.keyboard.press("Escape")
    chat.send("stream 500 20ms")
    chat.wait_for_text("w5")
    assert violations(chat.root) == []
    chat.stop_button.click()


def test_axe_finds_nothing_wrong_while_the_server_is_away(
    context: BrowserContext, own_server: JupyterProcess, name: str
) -> None:
    chat = opened(context, own_server, name)
    chat.send("hello")
    chat.wait_for_end(2)
    own_server.kill()
    expect(chat.root.get_by_role("status").first).to_contain_text("Reconnecting")
    chat.send("into the void")
    chat.wait_for_text("into the void")
    assert violations(chat.root) == []
    own_server.start()
    chat.wait_for_end(4)


@pytest.fixture
def told(chat: ChatView) -> ChatView:
    """A chat with a rich answer, and one that failed."""
    chat.send("rich")
    chat.wait_for_end(2)
    chat.send("fail")
    chat.wait_for_end(4)
    return chat


def test_all_that_is_pressed_is_large_enough(told: ChatView) -> None:
    for fold in told.root.locator("summary").all():
        fold.click()
    assert told.root.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == []


def test_a_narrow_page_needs_no_scrolling_to_the_side(told: ChatView) -> None:
    # 1280 pixels at 400 %, as WCAG has it
    told.root.evaluate("root => { root.style.width = '320px' }")
    for fold in told.root.locator("summary").all():
        fold.click()
    log = "log => [log.scrollWidth, log.clientWidth]"
    wide, shown = told.log.evaluate(log)
    assert wide <= shown
    assert told.root.evaluate(OVERFLOWING) == []


def test_the_focus_can_be_seen_wherever_it_is(told: ChatView) -> None:
    page = told.root.page
    told.input.focus()
    seen = set()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        shown = page.evaluate(
            """() => {
              const element = document.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(element);
              const visible = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
              const inside = element.closest(".jp-Chatcore") !== null;
              return [inside, visible, element.className || element.tagName];
            }"""
        )
        if not shown[0]:
            break
        assert shown[1], shown
        seen.add(shown[2])
    assert len(seen) > 6


def test_code_and_pictures_by_the_keyboard(told: ChatView) -> None:
    page = told.root.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    told.root.get_by_role("button", name="Copy the code").first.press("Enter")
    expect(told.root.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert "def total" in page.evaluate("navigator.clipboard.readText()")
    picture = told.root.get_by_role("button", name="Enlarge: A plot of the prices").last
    picture.press("Enter")
    dialog = told.root.get_by_role("dialog", name="A plot of the prices")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
        assert not page.evaluate("document.activeElement.closest('.jp-Chatcore-log') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(picture).to_be_focused()


def test_a_screen_reader_hears_a_conversation_in_order(told: ChatView) -> None:
    heard = told.log.aria_snapshot()
    order = [
        "article",
        "rich",
        "Scripted",
        "Plot the prices",
        'heading "What the data says" [level=2]',
        'link "the rules"',
        "math",
        'group "Table"',
        'columnheader "with tax"',
        'figure "Code in python"',
        'button "Copy the code"',
        'img "Done"',
        'img "To do"',
        "Warning",
        'link "Blocked image: a chart elsewhere"',
        'button "Enlarge: A plot of the prices"',
        "The script says: fail.",
        'button "Try again"',
    ]
    places = [heard.find(what) for what in order]
    assert -1 not in places, (order[places.index(-1)], heard)
    assert places == sorted(places), heard


def test_nothing_moves_for_who_wants_no_movement(
    browser: Browser, server: JupyterProcess, name: str
) -> None:
    context = browser.new_context(reduced_motion="reduce", forced_colors="active")
    try:
        chat = opened(context, server, name)
        chat.send("stream 200 20ms")
        chat.wait_for_text("w3")
        assert chat.root.evaluate(MOVING) == 0
        # a text's ground alone tells nothing here, so it has a line around it
        border = "element => getComputedStyle(element).borderTopStyle"
        assert chat.root.locator(".jp-Chatcore-bubble").first.evaluate(border) == "solid"
        chat.stop_button.click()
    finally:
        context.close()


def opened(context: BrowserContext, server: JupyterProcess, name: str) -> ChatView:
    """A chat in a browser of its own."""
    server.write_notebook(name, CHAT)
    tab = Tab(context, server)
    tab.open(name)
    return tab.run_chat()
