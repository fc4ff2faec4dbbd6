"""The list of chats for those who use no mouse, or see little or nothing."""

from __future__ import annotations

import pytest
from axe import violations
from chatlist import ChatList, make
from jupyterprocess import JupyterProcess
from playwright.sync_api import expect
from test_accessibility import CHANGE_THEME, SMALL_TARGETS, SMALLEST_TARGET, THEMES


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_wrong_in_any_state(
    chats: ChatList, server: JupyterProcess, theme: str
) -> None:
    page = chats.tab.page
    page.evaluate(CHANGE_THEME, theme)
    page.locator(f"body[data-jp-theme-name='{theme}']").wait_for(state="attached")
    assert violations(chats.root) == []
    for title in ("pinned", "plain", "deleted"):
        make(server, title, "what was said")
    chats.choose("pinned", "Pin")
    expect(chats.headings).to_have_text(["Pinned", "Chats"])
    assert violations(chats.root) == []
    assert chats.root.evaluate(SMALL_TARGETS, SMALLEST_TARGET) == []
    chats.opener("plain").click(button="right")
    page.get_by_role("menuitem", name="Rename").wait_for()
    assert violations(page.get_by_role("menu").first) == []
    chats.press("Escape")
    chats.choose("plain", "Rename")
    expect(chats.root.get_by_role("textbox")).to_be_focused()
    assert violations(chats.root) == []
    chats.press("Escape")
    chats.choose("deleted", "Delete")
    chats.undo.wait_for()
    assert violations(chats.root) == []
    chats.search.fill("said")
    chats.results.first.wait_for()
    assert violations(chats.root) == []
