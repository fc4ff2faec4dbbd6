"""The pictures of the README, as JupyterLab shows what they show.

`CHATCORE_PICTURES=docs/images` writes them anew; without it they are taken all the same,
and held against the ones that are there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyterprocess import JupyterProcess
from lab import ChatView, Tab
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect
from side import SideBar

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
TITLES = {"light": "Prices of flats", "dark": "Flats by town"}
QUESTION = "Which town is the cheapest, and how should I compare the prices?"
EARLIER = {
    "Cleaning the survey": "Drop the rows without an answer to question 4 first.",
    "Which model fits?": "Start with a linear one on the logarithm of the price.",
    "Plots for the paper": "Use constrained_layout, and save them as PDF.",
}
CELLS = (
    'prices = {"Oslo": 4.9, "Bergen": 3.1, "Trondheim": 3.4}',
    "sorted(prices, key=prices.get)",
)


@pytest.fixture
def large(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of the pictures' size."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


def fill(server: JupyterProcess) -> None:
    """Chats as somebody has them who has worked for a while."""
    for title, answer in EARLIER.items():
        made = server.call("POST", "chatcore/sessions", {"title": title, "key": title})
        path = f"chatcore/chat/{made['id']}/messages"
        server.call("POST", path, {"text": "And now?", "key": "q"})
        server.call("POST", path, {"text": answer, "role": "assistant", "key": "a"})


def widen(tab: Tab) -> None:
    """Give the side bar the room that one drags it to."""
    tab.page.evaluate(
        "() => window.jupyterapp.shell._hsplitPanel.setRelativeSizes([0.36, 0.64, 0])"
    )


def put_on(tab: Tab, theme: str) -> None:
    """Change JupyterLab's theme."""
    tab.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
        f"JupyterLab {theme.title()}",
    )
    light = "true" if theme == "light" else "false"
    expect(tab.page.locator("body")).to_have_attribute("data-jp-theme-light", light)


def open_list(tab: Tab, server: JupyterProcess, theme: str) -> SideBar:
    """A notebook that has run, beside the list of chats."""
    fill(server)
    name = f"{theme}/flats.ipynb"
    server.write_notebook(name, *CELLS)
    made = {"title": TITLES[theme], "assistant": "statistician", "notebook": name}
    server.call("POST", "chatcore/sessions", made)
    tab.open(name)
    tab.run_all()
    expect(tab.page.get_by_text("Bergen").first).to_be_visible()
    side = SideBar(tab.page)
    side.press("Alt+Shift+F")
    widen(tab)
    expect(side.root.get_by_text("Which model fits?")).to_be_visible()
    return side


def ask(side: SideBar, theme: str) -> ChatView:
    """Open the notebook's chat and have it answered."""
    side.root.get_by_text(TITLES[theme]).click()
    chat = side.chat()
    chat.send(QUESTION)
    chat.wait_for_end(2)
    return chat


def take(tab: Tab, name: str, folder: Path) -> None:
    """Take a picture; it has the size of the one that the README shows."""
    path = Path(os.environ.get("CHATCORE_PICTURES", folder)) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    tab.page.mouse.move(0, 0)
    tab.screenshot(path)
    with Image.open(path) as taken, Image.open(IMAGES / f"{name}.png") as shown:
        assert taken.size == shown.size
        assert taken.convert("L").getextrema() != (0, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_goes_along(
    large: BrowserContext, server: JupyterProcess, theme: str, tmp_path: Path
) -> None:
    tab = Tab(large, server)
    name = f"{theme}/towns.ipynb"
    server.write_notebook(name, *CELLS, 'prices["Stavanger"]')
    tab.open(name)
    tab.run_all()
    expect(tab.page.get_by_role("button", name="Explain")).to_be_visible()
    side = SideBar(tab.page)
    chat = side.focus()
    put_on(tab, theme)
    widen(tab)
    chat.type("Why is a town missing in @prices?")
    chip = chat.root.locator("[data-piece=variable] > button").first
    expect(chip).to_be_visible(timeout=30_000)
    chip.press("Enter")
    expect(chat.root.get_by_role("dialog", name="What is sent of prices")).to_be_visible()
    take(tab, f"context-{theme}", tmp_path)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_side_bar(
    large: BrowserContext, server: JupyterProcess, theme: str, tmp_path: Path
) -> None:
    tab = Tab(large, server)
    tab.page.emulate_media(reduced_motion="reduce")
    side = open_list(tab, server, theme)
    put_on(tab, theme)
    take(tab, f"list-{theme}", tmp_path)
    chat = ask(side, theme)
    expect(chat.root.get_by_role("table")).to_be_visible()
    expect(chat.root.locator("math").first).to_be_attached()
    take(tab, f"chat-{theme}", tmp_path)
