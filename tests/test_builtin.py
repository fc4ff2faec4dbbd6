"""The built-in assistant, asked as a person would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from plugged import FRUITBOX, install, on_path, plug

from jupyter_chatcore.api import SearchHit, SearchResult, SnippetPiece
from jupyter_chatcore.assistants.base import Assistant, Turn, no_hits
from jupyter_chatcore.assistants.builtin import BuiltinAssistant
from jupyter_chatcore.assistants.guide.answers import Guide
from jupyter_chatcore.assistants.guide.library import Library
from jupyter_chatcore.assistants.guide.lookup import Lookup
from jupyter_chatcore.assistants.guide.packages import Package
from jupyter_chatcore.assistants.presets import AGENTS, MODELS, read_settings
from jupyter_chatcore.errors import StoreBusy
from jupyter_chatcore.parts import CellPart, Part, TextPart
from jupyter_chatcore.protocol import Message, Session

pytestmark = pytest.mark.asyncio

NOW = "2026-01-02T03:04:05Z"
BOX = Package(name="fruitbox", distribution="fruitbox")
PYTHON = Package(name="python", distribution="python", roots=("builtins", "json", "statistics"))
Ask = Callable[[str], Awaitable[str]]


def turn(*parts: Part, search: Callable[[str], Awaitable[SearchResult]] = no_hits) -> Turn:
    """A turn whose prompt has these parts."""
    session = Session(id="s", birth=1, seq=3, active=2, title="S", created=NOW, updated=NOW)
    prompt = Message(
        id=2, seq=2, session="s", role="user", status="done", created=NOW, parts=list(parts)
    )
    return Turn(session=session, history=(), prompt=prompt, reply=3, search=search)


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


@pytest.mark.parametrize(
    "prompt",
    [
        "fruitbox.peel",
        "what does `fruitbox.peel` do?",
        "fruitbox.peel('orange', thickness=2)",
        "import fruitbox as fb\nfb.peel('orange')",
        "from fruitbox import peel as skin\nskin('orange')",
        "peel",
        "help me with peel() please",
        "box.peel(x)",
    ],
)
async def test_a_name_is_shown_with_all_that_matters(ask: Ask, prompt: str) -> None:
    answer = await ask(prompt)
    assert "### `fruitbox.peel`" in answer
    assert "peel(fruit, *, thickness=1, keep=…)" in answer
    assert "Take the skin off a fruit." in answer
    assert "- `thickness` (int, default 1): Millimetres that are cut away." in answer
    assert "What to peel, e.g. an orange." in answer
    assert 'peel("orange")' in answer
    assert "[the guide](https://example.org/guide)" in answer


async def test_a_name_is_answered_before_the_index_is_there(site: Path, tmp_path: Path) -> None:
    install(site, "slow", "import threading; threading.Event().wait()")
    slow = Package(name="slow", distribution="slow")
    assistant = BuiltinAssistant(Library(tmp_path / "docs", (slow, BOX)))
    answer = await asyncio.wait_for(said(assistant, turn(TextPart(text="fruitbox.peel"))), 20)
    assert answer.startswith("### `fruitbox.peel`")
    await assistant.close()


async def test_a_question_gets_the_best_in_full_and_others_as_a_list(ask: Ask) -> None:
    answer = await ask("how do I take the skin off a fruit?")
    assert "### `fruitbox.peel`" in answer
    assert "documentation of what is installed here" in answer
    assert answer.count("###") == 1


async def test_a_reading_that_takes_long_is_told_and_bounded(site: Path, tmp_path: Path) -> None:
    install(site, "slow", "import threading; threading.Event().wait()")
    library = Library(tmp_path / "docs", (BOX, Package(name="slow", distribution="slow")))
    guide = Guide(library, Lookup(library, patience=2.0))
    asked = turn(TextPart(text="how do I take the skin off a fruit?"))
    pieces = [piece async for piece in guide.answer(asked)]
    assert pieces[0].startswith("Reading the documentation of 2 packages")
    answer = "".join(pieces)
    assert "slow not yet" in answer
    assert "### `fruitbox.peel`" in answer
    await library.close()


async def test_a_stop_ends_the_wait_at_once(site: Path, tmp_path: Path) -> None:
    install(site, "slow", "import threading; threading.Event().wait()")
    slow = Package(name="slow", distribution="slow")
    assistant = BuiltinAssistant(Library(tmp_path / "docs", (slow,)))
    asked = asyncio.create_task(said(assistant, turn(TextPart(text="peel a fruit"))))
    await asyncio.wait({asked}, timeout=1.5)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asked, 2)
    await assistant.close()


@pytest.mark.parametrize(
    "prompt", ["hi", "Hello!", "who are you?", "Are you an AI?", "hey there :)"]
)
async def test_small_talk_is_answered_honestly(ask: Ask, prompt: str) -> None:
    answer = await ask(prompt)
    assert "not a language model" in answer
    assert "/connect" in answer
    assert "###" not in answer


async def test_thanks_are_taken(ask: Ask) -> None:
    assert (await ask("Thanks a lot!")).startswith("You are welcome")


@pytest.mark.parametrize("prompt", ["xyzzy plugh frobnicate", "was ist denn das hier", "日本語で"])
async def test_where_nothing_fits_it_says_so_and_what_would_work(ask: Ask, prompt: str) -> None:
    answer = await ask(prompt)
    assert "I found nothing that fits" in answer
    assert "no language model" in answer


async def test_an_unknown_name_is_said_to_be_unknown(ask: Ask) -> None:
    assert "is called `nowhere.to.be_found`" in await ask("nowhere.to.be_found")


async def test_an_empty_prompt_is_no_error(assistant: BuiltinAssistant) -> None:
    assert "no text in the message" in await said(assistant, turn())
    assert "no text in the message" in await said(assistant, turn(TextPart(text="  \n ")))


async def test_help_lists_every_command(ask: Ask) -> None:
    answer = await ask("/help")
    for usage in ("/help", "/docs name", "/find words", "/packages", "/connect"):
        assert f"`{usage}`" in answer
    assert "chats.sqlite" in answer
    assert await ask("help") == answer


@pytest.mark.parametrize("prompt", ["/vars", "/describe df", "/EXPLAIN", "/a\nb"])
async def test_an_unknown_command_names_those_that_work(ask: Ask, prompt: str) -> None:
    answer = await ask(prompt)
    assert "`/find words`" in answer
    assert "`/packages`" in answer


async def test_docs_shows_all_of_a_name(ask: Ask) -> None:
    answer = await ask("/docs fruitbox.peel")
    assert "**See Also**" in answer
    assert "**Examples**" in answer
    assert "called `no.such`" in await ask("/docs no.such")
    assert "Say a name" in await ask("/docs")


async def test_packages_tells_what_was_read_and_what_was_not(site: Path, tmp_path: Path) -> None:
    install(site, "bad", "1 / 0")
    library = Library(tmp_path / "docs", (BOX, Package(name="bad", distribution="bad")))
    assistant = BuiltinAssistant(library)
    await library.begin()
    await library.settled()
    answer = await said(assistant, turn(TextPart(text="/packages")))
    assert "| fruitbox | 1.0 | 8 |" in answer
    assert "| bad | 1.0 | ZeroDivisionError: division by zero |" in answer
    await assistant.close()


@pytest.mark.parametrize(
    "prompt", ["/connect", "how do I use ChatGPT here?", "add my OpenAI API key"]
)
async def test_connect_tells_what_there_is_and_no_secret(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, prompt: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    answer = await ask(prompt)
    machine = answer.partition("### What was found on this machine")[2]
    assert "Keys in the server's environment: `OPENAI_API_KEY`" in machine
    assert "ANTHROPIC_API_KEY" not in machine
    assert "very-secret" not in answer


async def test_connect_tells_how_each_kind_is_set_up(ask: Ask) -> None:
    answer = await ask("/connect")
    for extra in ("models", "agents", "local"):
        assert f'pip install "jupyter-chatcore[{extra}]"' in answer
    models, agents = MODELS.values(), AGENTS.values()
    for title in [*(one.title for one in models), *(one.title for one in agents)]:
        assert title in answer
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OPENROUTER_API_KEY"):
        assert f"`{variable}`" in answer


async def test_connect_finds_the_programs_that_are_there(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ollama", "opencode"):
        program = tmp_path / name
        program.touch()
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = await ask("/connect")
    assert "- Programs that serve models: Ollama (`ollama`)\n" in answer
    assert "- Programs of agents: OpenCode (`opencode`)\n" in answer


async def test_connect_finds_extras_and_plugins(ask: Ask, site: Path) -> None:
    plug(site, "canary", "")
    answer = await ask("/connect")
    assert re.search(r"^- Extras that are installed: .*`local`", answer, re.MULTILINE)
    assert re.search(r"^- Plug-ins: .*`canary`", answer, re.MULTILINE)


async def test_the_code_that_connect_shows_is_so(ask: Ask) -> None:
    settings, example = re.findall(r"```python\n(.*?)\n```", await ask("/connect"), re.DOTALL)
    given: Any = SimpleNamespace(ChatcoreApp=SimpleNamespace())
    exec(settings, {"c": given})
    read = read_settings(given.ChatcoreApp.models, {}, given.ChatcoreApp.local_model)
    assert given.ChatcoreApp.default_assistant in read.models
    assert read.local is not None
    names: dict[str, Any] = {}
    exec(example, names)
    assert await said(names["Mine"](), turn(TextPart(text="hi"))) == "You said: hi"


async def found(words: str) -> SearchResult:
    """Two hits: the prompt itself and a message that is full of Markdown."""
    piece = SnippetPiece(text="a *wild* <b>", match=False)
    hits = [
        SearchHit(session="s", title="S", message=2, role="user", created=NOW, snippet=[]),
        SearchHit(
            session="t",
            title="A [title](http://x)",
            message=7,
            role="assistant",
            created=NOW,
            snippet=[piece, SnippetPiece(text=words, match=True)],
        ),
    ]
    return SearchResult(hits=hits)


async def test_find_searches_the_chats(assistant: BuiltinAssistant) -> None:
    answer = await said(assistant, turn(TextPart(text="/find juice"), search=found))
    assert answer.count("\n- ") == 1
    assert "**juice**" in answer
    assert r"A \[title\](http://x)" in answer
    assert r"a \*wild\* \<b\>" in answer
    assert "(assistant, 2026-01-02)" in answer


async def test_find_says_where_nothing_is(ask: Ask) -> None:
    assert "No message in the chats has the words *juice*" in await ask("/find juice")
    assert "Say what to search for" in await ask("/find")


async def test_an_error_of_the_store_is_the_frameworks_to_tell(assistant: BuiltinAssistant) -> None:
    async def busy(words: str) -> SearchResult:
        raise StoreBusy("another process holds the database")

    with pytest.raises(StoreBusy):
        await said(assistant, turn(TextPart(text="/find x"), search=busy))


async def test_a_cell_that_failed_is_understood(assistant: BuiltinAssistant) -> None:
    output = {"output_type": "error", "ename": "NameError", "evalue": "name 'np' is not defined"}
    cell = CellPart(path="a.ipynb", cell_id="1", cell_type="code", source="np", outputs=[output])
    answer = await said(assistant, turn(TextPart(text="what is wrong here?"), cell))
    assert "import numpy as np" in answer


@pytest.mark.parametrize(
    ("prompt", "advice"),
    [
        ("ModuleNotFoundError: No module named 'sklearn'", "%pip install scikit-learn"),
        ("No module named cv2", "%pip install opencv-python"),
        ("ModuleNotFoundError: No module named 'fruitbok'", "Did you mean `fruitbox`?"),
        ("ModuleNotFoundError: No module named 'json.nothing'", "has no module `json.nothing`"),
        ("AttributeError: module 'fruitbox' has no attribute 'pell'", "Did you mean `peel`?"),
        ("AttributeError: 'Box' object has no attribute 'wieght'", "Did you mean `weight`?"),
        ("AttributeError: 'NoneType' object has no attribute 'x'", "is `None`"),
        ("NameError: name 'pd' is not defined", "import pandas as pd"),
        ("NameError: name 'prnt' is not defined", "Did you mean `print`?"),
        ("total = price * 2\nNameError: name 'prise' is not defined", "Did you mean `price`?"),
        ("TypeError: peel() got an unexpected keyword argument 'thikness'", "`thickness`"),
        ("ImportError: cannot import name 'pell' from 'fruitbox' (x.py)", "Did you mean `peel`?"),
        ("ValueError: could not convert string to float: 'a'", "pd.to_numeric"),
        ("I get KeyError: 'price' all the time", "no such key"),
        ("fruitbox.Melon.NoError: x\nKeyError: 1", "no such key"),
    ],
)
async def test_errors_get_advice(ask: Ask, prompt: str, advice: str) -> None:
    assert advice in await ask(prompt)


async def test_a_traceback_is_read_to_its_cause(ask: Ask) -> None:
    answer = await ask(
        "\x1b[31m---------------------------------------------------------------------------\x1b[0m\n"
        "ZeroDivisionError                         Traceback (most recent call last)\n"
        "Cell In[3], line 2\n      1 x = 0\n----> 2 print(1 / x)\n\n"
        "ZeroDivisionError: division by zero"
    )
    assert answer.startswith("### ZeroDivisionError")
    assert "```python\nprint(1 / x)\n```" in answer
    assert "test the divisor first" in answer
    assert "docs.python.org" in answer


async def test_an_unknown_error_is_said_to_be_unknown(ask: Ask) -> None:
    assert "I know nothing about this error" in await ask("WeirdVendorError: code 77")


async def test_listing_it_reads_nothing(tmp_path: Path) -> None:
    assistant = BuiltinAssistant(Library(tmp_path / "docs", (BOX,)))
    assert (await assistant.availability()).state == "ready"
    await assistant.close()
    assert not await asyncio.to_thread((tmp_path / "docs").exists)
