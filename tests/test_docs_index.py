"""The documentation of installed packages is read by a child process, and found again."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from platformdirs import user_cache_path
from plugged import FRUITBOX, install, on_path

from jupyter_chatcore.assistants.guide import index
from jupyter_chatcore.assistants.guide.child import Child
from jupyter_chatcore.assistants.guide.entry import Look
from jupyter_chatcore.assistants.guide.library import Library
from jupyter_chatcore.assistants.guide.packages import Package
from jupyter_chatcore.assistants.guide.shelf import FORGOTTEN, Shelf, default_folder

pytestmark = pytest.mark.asyncio

BOX = Package(name="fruitbox", distribution="fruitbox")
Make = Callable[..., Library]


def package(name: str) -> Package:
    """A package that is installed under its own name."""
    return Package(name=name, distribution=name)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to install packages into; the fruit box is there."""
    folder = tmp_path / "site"
    on_path(folder, monkeypatch)
    install(folder, "fruitbox", FRUITBOX)
    return folder


@pytest_asyncio.fixture
async def library(site: Path, tmp_path: Path) -> AsyncIterator[Make]:
    """Makes libraries over one folder, and closes them."""
    made: list[Library] = []

    def make(*packages: Package, seconds: float = 30.0) -> Library:
        made.append(Library(tmp_path / "docs", packages or (BOX,), seconds, seconds))
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def read(library: Library) -> Library:
    """Begin, and wait for the end."""
    await library.begin()
    await library.settled()
    return library


async def test_it_finds_exact_names_with_what_is_known_of_them(library: Make) -> None:
    entry = await (await read(library())).exact(["no.such", "fruitbox.peel"])
    assert entry is not None
    assert entry.kind == "function"
    assert entry.signature == "peel(fruit, *, thickness=1, keep=…)"
    assert entry.summary == "Take the skin off a fruit."
    assert "Millimetres" in entry.doc


async def test_it_reads_methods_properties_and_exceptions(library: Make) -> None:
    box = await read(library())
    kinds = {}
    for name in ("fruitbox", "fruitbox.Box.fill", "fruitbox.Box.weight", "fruitbox.Melon"):
        entry = await box.exact([name])
        kinds[name] = entry.kind if entry else None
    assert list(kinds.values()) == ["module", "method", "property", "exception"]
    assert sorted(await box.members("fruitbox.Box")) == ["fill", "weight"]


async def test_it_finds_names_by_their_end_in_any_case(library: Make) -> None:
    box = await read(library())
    assert [entry.name for entry in await box.ending("fill")] == ["fruitbox.Box.fill"]
    assert [entry.name for entry in await box.ending("Box.fill")] == ["fruitbox.Box.fill"]
    entry = await box.exact(["FRUITBOX.PEEL"])
    assert entry is not None


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("how do I take the skin off a fruit", "fruitbox.peel"),
        ("squeeze fruits into a glass", "fruitbox.press_juice"),
        ("put fruits into a box", "fruitbox.Box.fill"),
        ("juice", "fruitbox.press_juice"),
    ],
)
async def test_it_ranks_answers_to_questions(library: Make, question: str, best: str) -> None:
    found = await (await read(library())).search(question)
    assert found[0].entry.name == best


@pytest.mark.parametrize(
    "question", ["", "???", '"', "a AND", "fruit* NEAR( OR", "^", "\x00", "😀"]
)
async def test_odd_questions_are_no_errors(library: Make, question: str) -> None:
    assert isinstance(await (await read(library())).search(question), list)


async def test_what_was_read_is_kept(library: Make, tmp_path: Path) -> None:
    await read(library())
    again = library()
    await again.begin()
    assert again.reading is None
    assert again.complete
    assert (await again.packages())[0].entries == 8


async def test_another_version_is_read_anew_and_the_old_one_answers_meanwhile(
    library: Make, site: Path, tmp_path: Path
) -> None:
    await read(library())
    install(site, "fruitbox", FRUITBOX.replace("Take the skin", "Remove the skin"), "2.0")
    newer = library()
    await newer.begin()
    assert newer.reading is not None
    old = await newer.exact(["fruitbox.peel"])
    assert old is not None
    assert old.summary.startswith("Take")
    await newer.settled()
    new = await newer.exact(["fruitbox.peel"])
    assert new is not None
    assert new.summary.startswith("Remove")
    assert [(p.name, p.version) for p in await newer.packages()] == [("fruitbox", "2.0")]
    assert len(list((tmp_path / "docs").iterdir())) == 1


async def test_a_package_that_went_is_taken_out(library: Make, site: Path) -> None:
    install(site, "second", '"""Second."""')
    await read(library(BOX, package("second")))
    rest = await read(library(BOX))
    assert [known.name for known in await rest.packages()] == ["fruitbox"]
    assert await rest.exact(["second"]) is None


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import threading; threading.Event().wait()", "it took longer than 2 s"),
        ("import os; os.kill(os.getpid(), 9)", "it crashed"),
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("import sys; sys.exit()", "SystemExit"),
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("input()", "it took longer than 2 s"),
    ],
)
async def test_a_bad_package_is_noted_and_the_others_are_read(
    library: Make, site: Path, source: str, problem: str
) -> None:
    install(site, "bad", source)
    box = await read(library(package("bad"), BOX, seconds=2.0))
    known = {one.name: one for one in await box.packages()}
    assert problem in known["bad"].problem
    assert known["fruitbox"].entries == 8


async def test_what_is_read_already_can_be_searched_while_the_rest_is_read(
    library: Make, site: Path
) -> None:
    install(site, "slow", "import threading; threading.Event().wait()")
    box = library(BOX, package("slow"))
    await box.begin()
    assert box.reading is not None
    await box.reading.more(0)
    assert not box.complete
    assert (await box.search("peel"))[0].entry.name == "fruitbox.peel"


async def test_a_look_finds_what_is_not_in_the_index(library: Make) -> None:
    entry = await library().look(["nothing.at.all", "fruitbox.Box.fill"])
    assert entry is not None
    assert (entry.name, entry.kind, entry.package) == ("fruitbox.Box.fill", "method", "fruitbox")


@pytest.mark.parametrize("name", ["antigravity", "this.s", "fruitbox.__main__", "..", "a b.c", ""])
async def test_a_look_does_not_import_what_does_something(name: str) -> None:
    assert (await Child(Look(names=(name,), seconds=20)).ask()).entry is None


async def test_a_file_beside_the_notebook_is_not_imported(
    library: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "statistics.py").write_text("raise SystemExit('never import this')")
    monkeypatch.chdir(tmp_path)
    entry = await library().look(["statistics.mean"])
    assert entry is not None


async def test_a_file_that_is_no_index_is_replaced(library: Make, tmp_path: Path) -> None:
    await read(library())
    path = next((tmp_path / "docs").iterdir())
    path.write_bytes(b"not a database" * 1000)
    again = await read(library())
    assert [known.entries for known in await again.packages()] == [8]


async def test_a_damaged_index_is_made_anew(library: Make, tmp_path: Path) -> None:
    box = await read(library())
    path = next((tmp_path / "docs").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    assert await box.search("peel the fruit") == []
    await read(box)
    assert (await box.search("peel"))[0].entry.name == "fruitbox.peel"


async def test_an_index_that_another_server_replaced_is_looked_for_again(
    library: Make, tmp_path: Path
) -> None:
    box = await read(library())
    path = next((tmp_path / "docs").iterdir())
    path.rename(path.with_name(path.name.replace("000001", "000002")))
    assert await box.exact(["fruitbox.peel"]) is None
    await box.begin()
    assert box.reading is None
    assert await box.exact(["fruitbox.peel"]) is not None


async def test_two_first_questions_wait_for_the_same_reading(library: Make) -> None:
    box = library()
    await asyncio.gather(box.begin(), box.begin())
    assert box.reading is not None
    await box.settled()


async def test_a_folder_that_cannot_be_written_is_logged_and_answers_go_on(
    site: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    box = await read(Library(tmp_path / "file" / "docs", (BOX,)))
    assert await box.search("peel") == []
    assert "the documentation index could not be made" in caplog.text
    assert await box.look(["fruitbox.peel"]) is not None
    await box.close()


async def test_leftovers_are_taken_away(library: Make, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    old = time.time() - FORGOTTEN - 1
    names = ("docs-other-1.part", "docs-other-000001.sqlite", "docs-used-000001.sqlite", "mine.txt")
    for name in names:
        (folder / name).touch()
        os.utime(folder / name, (old, old))
    os.utime(folder / "docs-used-000001.sqlite")
    await read(library())
    left = {path.name for path in folder.iterdir()} & set(names)
    assert left == {"docs-used-000001.sqlite", "mine.txt"}


async def test_a_search_waits_for_no_writer(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    index.create(path)
    assert index.packages(path) == []
    assert index.exact(path, ["a"]) is None


async def test_the_standard_library_is_read_too(tmp_path: Path) -> None:
    python = Package(name="python", distribution="python", roots=("json", "builtins.str"))
    box = await read(Library(tmp_path / "docs", (python,)))
    assert (await box.search("serialize an object to a json string"))[0].entry.name == "json.dumps"
    entry = await box.exact(["str.join", "builtins.str.join"])
    assert entry is not None
    await box.close()


async def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CHATCORE_DOCS_DIR", raising=False)
    assert default_folder() == user_cache_path("jupyter_chatcore", False) / "docs"
    monkeypatch.setenv("CHATCORE_DOCS_DIR", str(tmp_path / "here"))
    assert default_folder() == tmp_path / "here"
    assert Shelf(default_folder(), ()).survey().path is None


async def test_what_a_killed_server_had_begun_is_not_gone_on_with(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, (BOX,))
    begun = shelf.begin(shelf.survey())
    begun.with_name(f"{begun.name}-journal").write_bytes(b"half of a transaction")
    again = shelf.begin(shelf.survey())
    assert again != begun
    assert index.packages(again) == []
