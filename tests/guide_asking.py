"""The built-in assistant over a fruit box and a little of Python, and asking it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from plugged import FRUITBOX, install, on_path

from jupyter_chatcore.api import SearchResult
from jupyter_chatcore.assistants.base import Assistant, Turn, no_hits
from jupyter_chatcore.assistants.builtin import BuiltinAssistant
from jupyter_chatcore.assistants.guide.library import Library
from jupyter_chatcore.assistants.guide.packages import Package
from jupyter_chatcore.assistants.view import NoView, View
from jupyter_chatcore.parts import Part, TextPart
from jupyter_chatcore.protocol import Message, Session

NOW = "2026-01-02T03:04:05Z"
BOX = Package(name="fruitbox", distribution="fruitbox")
PYTHON = Package(name="python", distribution="python", roots=("builtins", "json", "statistics"))
Ask = Callable[[str], Awaitable[str]]


def turn(
    *parts: Part,
    search: Callable[[str], Awaitable[SearchResult]] = no_hits,
    view: View | None = None,
) -> Turn:
    """A turn whose prompt has these parts."""
    session = Session(id="s", birth=1, seq=3, active=2, title="S", created=NOW, updated=NOW)
    prompt = Message(
        id=2, seq=2, session="s", role="user", status="done", created=NOW, parts=list(parts)
    )
    return Turn(
        session=session, history=(), prompt=prompt, reply=3, search=search, view=view or NoView()
    )


async def said(assistant: Assistant, asked: Turn) -> str:
    """The whole answer."""
    return "".join([str(item) async for item in assistant.reply(asked)])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to install packages into; the fruit box is there."""
    folder = tmp_path / "site"
    on_path(folder, monkeypatch)
    install(folder, "fruitbox", FRUITBOX)
    return folder


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the index: the first test that asks fills it."""
    return tmp_path_factory.mktemp("docs")


@pytest_asyncio.fixture
async def assistant(site: Path, docs: Path) -> AsyncIterator[BuiltinAssistant]:
    """The assistant, over the fruit box and a little of Python."""
    made = BuiltinAssistant(Library(docs, (BOX, PYTHON)))
    yield made
    await made.close()


@pytest.fixture
def ask(assistant: BuiltinAssistant) -> Ask:
    """Asks a text and gives the whole answer."""

    async def asked(text: str) -> str:
        return await said(assistant, turn(TextPart(text=text)))

    return asked
