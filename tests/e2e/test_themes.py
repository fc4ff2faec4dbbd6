"""The chat in JupyterLab's light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from contrast import contrast
from jupyterprocess import JupyterProcess
from lab import CHAT, Tab
from playwright.sync_api import Browser, Locator

READABLE = 4.5
MARKDOWN = "say # Title\n\nSome *words*, `code` and $x^2$.\n\n```python\nprint(1)\n```"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_can_be_read(
    browser: Browser, server: JupyterProcess, name: str, scheme: str, tmp_path: Path
) -> None:
    server.write_notebook(name, CHAT)
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    tab = Tab(context, server)
    tab.open(name)
    theme = f"JupyterLab {scheme.title()}"
    tab.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
    )
    chat = tab.run_chat()
    chat.send(MARKDOWN)
    chat.wait_for_end(2)
    assert contrast(chat.messages.last.locator("p").first) > READABLE
    chat.send("show")
    chat.wait_for_end(4)
    chat.messages.last.get_by_role("button", name="About this answer").click()
    chat.send("fail Run `pip install x`.")
    chat.wait_for_end(6)
    chat.send("ask Edit a file")
    chat.option("Allow once").wait_for()
    chat.picker.click()
    chat.root.locator("[role=option]").first.wait_for()
    tab.screenshot(tmp_path / f"{scheme}.png")
    faint = {text: found for text, found in measured(chat.root).items() if found < READABLE}
    assert not faint
    context.close()


def measured(root: Locator) -> dict[str, float]:
    """The contrast of every kind of text that stands beside the words."""
    names = [
        ".jp-Chatcore-option.jp-mod-allow_once",
        ".jp-Chatcore-option.jp-mod-allow_always",
        ".jp-Chatcore-option.jp-mod-reject_once",
        ".jp-Chatcore-tool-title",
        ".jp-Chatcore-tool summary > .jp-Chatcore-muted",
        ".jp-Chatcore-ask-line span",
        ".jp-Chatcore-fields dt",
        ".jp-Chatcore-fields dd",
        ".jp-Chatcore-diff .jp-mod-added",
        ".jp-Chatcore-diff .jp-mod-added .jp-Chatcore-sign",
        ".jp-Chatcore-diff .jp-mod-removed",
        ".jp-Chatcore-diff .jp-mod-removed .jp-Chatcore-sign",
        ".jp-Chatcore-diff figcaption ins",
        ".jp-Chatcore-diff figcaption del",
        ".jp-Chatcore-notice",
        ".jp-Chatcore-plan li.jp-mod-completed",
        ".jp-Chatcore-plan li.jp-mod-in_progress",
        ".jp-Chatcore-about dt",
        ".jp-Chatcore-about dd",
        ".jp-Chatcore-problem code",
        ".jp-Chatcore-menu-name",
        ".jp-Chatcore-menu-text",
        ".jp-Chatcore-menu-state",
        ".jp-Chatcore-menu-choices label",
        ".jp-Chatcore-menu-choices select",
        ".jp-Chatcore-pick-model",
        ".jp-Chatcore-hint",
    ]
    return {name: round(contrast(root.locator(name).first), 2) for name in names}
