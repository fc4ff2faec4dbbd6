"""What the pages in docs/ say is so: their code runs, and does what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, core, ended
from msgspec import structs

from jupyter_chatcore.api import Approve
from jupyter_chatcore.assistants.base import Assistant, Turn
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.filetypes import address
from jupyter_chatcore.parts import OutputPart, ReasoningPart, ToolPart
from jupyter_chatcore.protocol import Message

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = (DOCS / "assistants.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of the page."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of the page's code as one module, in the order of the text."""
    path = tmp_path_factory.mktemp("docs") / "test_my_assistants.py"
    path.write_text("\n\n".join(blocks("python")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def code(page: Path) -> Iterator[ModuleType]:
    """The module, imported."""
    spec = util.spec_from_file_location("my_assistants", page)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (DOCS / link).exists()] == []


def test_the_tests_that_it_shows_pass(page: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(page)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=100, cwd=page.parent, check=False
    )
    assert re.search(r"^2 passed", done.stdout, re.MULTILINE), done.stdout + done.stderr


def test_its_registration_names_its_class(code: ModuleType) -> None:
    [registration] = blocks("toml")
    [(name, target)] = re.findall(r'^(\w+) = "(.+)"$', registration, re.MULTILINE)
    assert getattr(code, target.partition(":")[2]).name == name


def test_it_names_every_field_of_a_turn() -> None:
    told = re.findall(r"^\| `(\w+)` \|", PAGE.partition("## What it may say")[0], re.MULTILINE)
    known = {name for name in Turn.__dataclass_fields__ if name != "reply"}
    assert known <= {*told} <= known | {"text", "context"}


async def answered(chat: ChatCore, words: str | None = "hello", **more: Any) -> Message:
    return await ended(chat, await ask(chat, words, **more))


@pytest.mark.asyncio
async def test_counting(tmp_path: Path, code: ModuleType) -> None:
    async with core(tmp_path, code.Counter()) as chat:
        reply = await answered(chat, "to be or not to be")
    assert said(reply) == "You wrote 6 words."
    assert isinstance(reply.parts[0], ReasoningPart)
    shown = reply.parts[-1]
    assert isinstance(shown, OutputPart)
    assert shown.data["application/json"] == {"to": 2, "be": 2, "or": 1, "not": 1}
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.seconds is None) == (6, False)


@pytest.mark.asyncio
async def test_measuring(tmp_path: Path, code: ModuleType) -> None:
    async with core(tmp_path, code.Measurer()) as chat:
        kept = chat.files.take(b"a\nb\nc", "abc.txt", "text/plain")
        lost = structs.replace(kept, name="lost.txt", url=address("0" * 64, "lost.txt"))
        reply = await answered(chat, None, parts=[kept, lost])
    assert said(reply) == "abc.txt has 3 lines.\n\nlost.txt is not kept any more.\n\n"


@pytest.mark.asyncio
async def test_looking_on(tmp_path: Path, code: ModuleType) -> None:
    async with core(tmp_path, code.Onlooker()) as chat:
        assert said(await answered(chat)).startswith("No notebook can be looked at from here")


@pytest.mark.asyncio
async def test_reading(tmp_path: Path, code: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("first, ", encoding="utf-8")
    (tmp_path / "b.txt").write_text("second", encoding="utf-8")
    async with core(tmp_path, code.Reader()) as chat:
        assert said(await answered(chat)) == "first, second"


@pytest.mark.asyncio
@pytest.mark.parametrize(("option", "says"), [("yes", "It is gone."), ("no", "It is still there.")])
async def test_asking(
    tmp_path: Path, code: ModuleType, monkeypatch: pytest.MonkeyPatch, option: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    scratch = tmp_path / "scratch.txt"
    scratch.touch()
    async with core(tmp_path, code.Cleaner()) as chat:
        posted = await ask(chat, "clean up")
        assert posted.reply is not None
        await awaiting(chat, posted.reply, posted.cursor)
        await chat.replies.decide(CHAT, posted.reply, 0, Approve(option=option), ADA)
        reply = await ended(chat, posted)
    assert said(reply) == says
    assert [part.status for part in reply.parts if isinstance(part, ToolPart)] == [
        "done" if option == "yes" else "denied"
    ]
    assert scratch.exists() is (option == "no")


async def awaiting(chat: ChatCore, mid: int, cursor: int) -> None:
    """Wait until the reply asks for permission."""
    news = chat.feed.watch(CHAT, cursor)
    async for _ in news:
        reply = await chat.feed.read(lambda store: store.get_message(CHAT, mid))
        if any(isinstance(part, ToolPart) and part.status == "awaiting" for part in reply.parts):
            break
    await news.aclose()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("words", "option", "status"),
    [("hello", "allow", "done"), ("hello", "reject", "denied"), (" ", "allow", "failed")],
)
async def test_tools(
    tmp_path: Path, code: ModuleType, words: str, option: str, status: str
) -> None:
    async with core(tmp_path, code.Librarian()) as chat:
        posted = await ask(chat, words)
        assert posted.reply is not None
        await awaiting(chat, posted.reply, posted.cursor)
        await chat.replies.decide(CHAT, posted.reply, 0, Approve(option=option), ADA)
        [part] = (await ended(chat, posted)).parts
    assert isinstance(part, ToolPart)
    assert part.status == status
    if status == "done":
        assert "hello" in str(part.output)


@pytest.mark.asyncio
async def test_what_is_missing(
    tmp_path: Path, code: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    oracle: Assistant = code.Oracle()
    assert (await oracle.availability()).state == "not_configured"
    async with core(tmp_path, oracle) as chat:
        unset = await answered(chat, "will it rain?")
        monkeypatch.setenv("ORACLE_KEY", "k")
        assert [each.name for each in (await oracle.availability()).choices] == ["mood"]
        statement = await answered(chat, "it will rain")
        mild = await answered(chat, "will it rain?")
        grim = await answered(chat, "will it rain?", settings={"mood": "grim"})
    codes = [reply.error.code for reply in (unset, statement) if reply.error is not None]
    assert codes == ["not_configured", "no_question"]
    assert (said(mild), said(grim)) == ("Yes.", "No.")
