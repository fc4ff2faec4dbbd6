"""One browser for all tests; a server and a notebook for each that wants its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import browsers
import pytest
from chatlist import ChatList, clear
from jupyterprocess import JupyterProcess
from lab import CHAT, ChatView, Tab
from labserver import ARGUMENTS, running_lab
from playwright.sync_api import Browser, BrowserContext, sync_playwright


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """In place of pytest-jupyter's, which would close the loop that drives the browser."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = browsers.find()
    assert path, "no Chrome or Chromium: run `python tests/e2e/browsers.py --install`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    with running_lab(tmp_path_factory.mktemp("server")) as server:
        yield server


def forget(home: Path) -> None:
    """What tests before have set in JupyterLab, and left open in it."""
    lab = home / "config" / "lab"
    shutil.rmtree(lab / "workspaces", ignore_errors=True)
    for kept in (lab / "user-settings").rglob("*.jupyterlab-settings"):
        if kept.stem != "notification":
            kept.unlink()


@pytest.fixture
def server(shared_server: JupyterProcess) -> Iterator[JupyterProcess]:
    """A server that tests must leave running; the kernels of a test end with it."""
    forget(shared_server.home)
    yield shared_server
    for kernel_session in shared_server.call("GET", "api/sessions"):
        shared_server.call("DELETE", f"api/sessions/{kernel_session['id']}")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[JupyterProcess]:
    """A server that the test may kill."""
    with running_lab(tmp_path) as server:
        yield server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser with nothing in its memory."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    yield context
    context.close()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """The test's own notebook; a second try has another, with a chat that is new."""
    tries = getattr(request.node, "execution_count", 1)
    again = f"-{tries}" if tries > 1 else ""
    return re.sub(r"\W+", "-", request.node.name).strip("-") + f"{again}.ipynb"


@pytest.fixture
def tab(context: BrowserContext, server: JupyterProcess, name: str) -> Tab:
    """A tab with a notebook of one cell, which shows the notebook's own chat when it runs."""
    server.write_notebook(name, CHAT)
    tab = Tab(context, server)
    tab.open(name)
    return tab


@pytest.fixture
def chat(tab: Tab) -> ChatView:
    """The notebook's own chat."""
    return tab.run_chat()


@pytest.fixture
def second_tab(
    context: BrowserContext, server: JupyterProcess, name: str, tab: Tab
) -> Callable[[], Tab]:
    """Opens the same notebook again."""

    def another() -> Tab:
        tab.save()
        other = Tab(context, server)
        other.open(name)
        return other

    return another


@pytest.fixture(scope="module")
def shared_chat(browser: Browser, shared_server: JupyterProcess) -> Iterator[tuple[Tab, ChatView]]:
    """One chat for many small looks."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    shared_server.write_notebook("shared.ipynb", CHAT)
    tab = Tab(context, shared_server)
    tab.open("shared.ipynb")
    yield tab, tab.run_chat()
    context.close()


@pytest.fixture
def another(context: BrowserContext, server: JupyterProcess) -> Callable[[], ChatList]:
    """Opens the list of chats in one more tab."""

    def opened() -> ChatList:
        chats = ChatList(Tab(context, server))
        chats.open()
        return chats

    return opened


@pytest.fixture
def chats(another: Callable[[], ChatList], server: JupyterProcess) -> ChatList:
    """The list of a server that has no chats."""
    clear(server)
    return another()
