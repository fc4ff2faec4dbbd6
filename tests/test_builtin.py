"""The built-in assistant, asked as a person would."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from guide_asking import BOX, NOW, Ask, said, turn
from plugged import install

from jupyter_chatcore.api import SearchHit, SearchResult, SnippetPiece
from jupyter_chatcore.assistants.builtin import BuiltinAssistant
from jupyter_chatcore.assistants.guide.answers import Guide
from jupyter_chatcore.assistants.guide.library import Library
from jupyter_chatcore.assistants.guide.lookup import Lookup
from jupyter_chatcore.assistants.guide.packages import Package
from jupyter_chatcore.errors import StoreBusy
from jupyter_chatcore.parts import TextPart

pytestmark = pytest.mark.asyncio


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
    for usage in (
        "/help",
        "/docs name",
        "/vars",
        "/describe name",
        "/explain",
        "/find words",
        "/connect",
    ):
        assert f"`{usage}`" in answer
    assert "chats.sqlite" in answer
    assert await ask("help") == answer


@pytest.mark.parametrize("prompt", ["/variables", "/DESCRIBED df", "/a\nb"])
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


async def test_listing_it_reads_nothing(tmp_path: Path) -> None:
    assistant = BuiltinAssistant(Library(tmp_path / "docs", (BOX,)))
    assert (await assistant.availability()).state == "ready"
    await assistant.close()
    assert not await asyncio.to_thread((tmp_path / "docs").exists)
