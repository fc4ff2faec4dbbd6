"""Assistants are found, loaded when needed, and a broken one is told from the rest."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from plugged import on_path, plug

from jupyter_chatcore.api import Choice
from jupyter_chatcore.assistants.base import Assistant, Availability, Item, Turn
from jupyter_chatcore.assistants.registry import Registry
from jupyter_chatcore.errors import NotFound

pytestmark = pytest.mark.asyncio

GOOD = """
from jupyter_chatcore.assistants.base import Assistant, Availability

class Plugged(Assistant):
    name = __name__
    title = "A good one"
    made = 0

    def __init__(self):
        type(self).made += 1

    async def reply(self, turn):
        yield "yes"
"""
BROKEN = {
    "imports_nothing": ("import a_module_that_is_not_there", "ModuleNotFoundError: No module"),
    "leaves": ("raise SystemExit(3)", "RuntimeError: SystemExit: 3"),
    "no_class": ("Other = 1", "AttributeError"),
    "wrong_class": ("class Plugged: pass", "no subclass of"),
    "a_function": ("def Plugged(): pass", "no subclass of"),
    "mute": (GOOD.replace("async def reply", "async def answer"), "has no reply()"),
    "misnamed": (GOOD.replace("__name__", "'other'"), "its name is 'other'"),
    "nameless": (GOOD.replace("name = __name__", ""), "its name is None"),
    "fails": (GOOD.replace("type(self).made += 1", "1 / 0"), "ZeroDivisionError: division by zero"),
    "leaks": (
        GOOD.replace(
            "type(self).made += 1", "raise ValueError('api_key=abc; sk-Zm9vYmFyYmF6cXV4MTIz')"
        ),
        "ValueError: api_key=[hidden] [hidden]",
    ),
    "unsure": (
        GOOD + "    async def availability(self):\n        raise OSError('no socket')\n",
        "OSError: no socket",
    ),
    "vague": (
        GOOD + "    async def availability(self):\n        return True\n",
        "gave a bool, not an Availability",
    ),
    "silent": (
        GOOD + "    async def availability(self):\n"
        "        import asyncio\n        await asyncio.Event().wait()\n",
        "longer than 0.5 s to say",
    ),
    "hangs": ("import threading\nthreading.Event().wait()", "longer than 0.5 s to load"),
}


class Embedded(Assistant):
    """An assistant that is registered as it is."""

    name = "embedded"

    def __init__(self, availability: Availability | None = None) -> None:
        self.closed = 0
        self._availability = availability or Availability()

    async def availability(self) -> Availability:
        return self._availability

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        yield "here"

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to install plug-ins into."""
    folder = tmp_path / "site"
    on_path(folder, monkeypatch)
    return folder


async def test_it_lists_installed_assistants_the_default_first(site: Path) -> None:
    plug(site, "zebra", GOOD)
    registry = Registry("zebra")
    infos = await registry.list()
    assert infos[0].name == "zebra"
    assert infos[0].default
    assert infos[0].title == "A good one"
    assert infos[0].state == "ready"
    assert [info.default for info in infos[1:]] == [False] * (len(infos) - 1)
    await registry.close()


async def test_it_imports_a_plugin_only_when_asked_and_makes_it_once(site: Path) -> None:
    plug(site, "lazy", GOOD)
    registry = Registry()
    assert "lazy" not in sys.modules
    first, second, _ = await asyncio.gather(
        registry.get("lazy"), registry.get("lazy"), registry.list()
    )
    assert first is second
    assert sys.modules["lazy"].Plugged.made == 1
    await registry.close()


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_one_is_listed_with_its_reason_and_breaks_nothing(
    site: Path, name: str
) -> None:
    source, reason = BROKEN[name]
    plug(site, name, source)
    plug(site, "sound", GOOD)
    registry = Registry("sound", patience=0.5)
    infos = {info.name: info for info in await registry.list()}
    assert infos[name].state == "broken"
    assert reason in infos[name].reason
    assert infos["sound"].state == "ready"
    await registry.get("sound")
    await registry.close()


async def test_a_plugin_that_hangs_holds_up_neither_the_loop_nor_the_next_list(site: Path) -> None:
    plug(site, "hangs", BROKEN["hangs"][0])
    registry = Registry(patience=1.0)
    listing = asyncio.create_task(registry.list())
    longest = 0.0
    loop = asyncio.get_running_loop()
    while not listing.done():
        before = loop.time()
        await asyncio.wait({listing}, timeout=0.01)
        longest = max(longest, loop.time() - before)
    assert longest < 0.8
    before = loop.time()
    await registry.list()
    assert loop.time() - before < 0.8
    await registry.close()


async def test_a_broken_one_cannot_be_had_and_the_error_says_why(site: Path) -> None:
    plug(site, "fails", BROKEN["fails"][0])
    registry = Registry()
    with pytest.raises(NotFound, match="'fails' cannot be used: ZeroDivisionError"):
        await registry.get("fails")
    await registry.close()


async def test_an_unknown_name_is_not_found_and_the_error_names_what_exists(site: Path) -> None:
    plug(site, "zebra", GOOD)
    registry = Registry()
    with pytest.raises(NotFound, match=r"no assistant 'nobody'; there are: .*zebra"):
        await registry.get("nobody")
    await registry.close()


async def test_none_means_the_default() -> None:
    registry = Registry("embedded")
    mine = Embedded()
    registry.add(mine)
    assert await registry.get(None) is mine
    assert await registry.get("embedded") is mine
    await registry.close()


async def test_an_added_one_goes_before_an_installed_one(site: Path) -> None:
    plug(site, "embedded", GOOD)
    registry = Registry()
    mine = Embedded()
    registry.add(mine)
    assert await registry.get("embedded") is mine
    await registry.close()


async def test_nobody_can_take_the_place_of_the_builtin_one(site: Path) -> None:
    plug(site, "builtin", GOOD.replace("__name__", "'builtin'"))
    taken = plug_of_ours(site)
    registry = Registry()
    assert type(await registry.get(None)).__module__ == taken
    await registry.close()


def plug_of_ours(site: Path) -> str:
    """Register the built-in assistant as its own package does; its module."""
    module = "jupyter_chatcore.assistants.builtin"
    info = site / "ours-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n")
    text = f"[jupyter_chatcore.assistants]\nbuiltin = {module}:BuiltinAssistant\n"
    (info / "entry_points.txt").write_text(text)
    return module


async def test_an_offered_one_is_made_when_it_is_needed_and_once() -> None:
    made: list[Embedded] = []

    def make() -> Embedded:
        made.append(Embedded())
        return made[-1]

    registry = Registry()
    registry.offer("embedded", make)
    assert made == []
    assert await registry.get("embedded") is await registry.get("embedded")
    assert len(made) == 1
    await registry.close()
    assert made[0].closed == 1


async def test_an_installed_one_goes_after_an_offered_one(site: Path) -> None:
    plug(site, "embedded", GOOD)
    registry = Registry()
    mine = Embedded()
    registry.offer("embedded", lambda: mine)
    assert await registry.get("embedded") is mine
    await registry.close()


async def test_slow_ones_are_asked_side_by_side() -> None:
    registry, together = Registry(patience=5), asyncio.Barrier(3)

    class Slow(Embedded):
        async def availability(self) -> Availability:
            await together.wait()
            return Availability()

    for name in ("one", "two", "three"):
        slow = Slow()
        slow.name = name
        registry.add(slow)
    infos = {info.name: info.state for info in await registry.list()}
    assert [infos[name] for name in ("one", "two", "three")] == ["ready"] * 3
    await registry.close()


async def test_choices_are_passed_on() -> None:
    choice = Choice(name="model", values=["a", "b"], value="a")
    registry = Registry("embedded")
    registry.add(Embedded(Availability(choices=(choice,))))
    assert (await registry.list())[0].choices == [choice]
    await registry.close()


async def test_availability_is_passed_on() -> None:
    registry = Registry("embedded")
    registry.add(Embedded(Availability("not_configured", "set MY_KEY")))
    info = (await registry.list())[0]
    assert (info.state, info.reason) == ("not_configured", "set MY_KEY")
    await registry.close()


async def test_close_closes_what_was_made_and_survives_what_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Sour(Embedded):
        name = "sour"

        async def close(self) -> None:
            raise RuntimeError("token=abc")

    registry = Registry("embedded")
    mine, unused = Embedded(), Embedded()
    unused.__class__ = type("Unused", (Embedded,), {"name": "unused"})
    for one in (mine, Sour(), unused):
        registry.add(one)
    await registry.get("embedded")
    await registry.get("sour")
    with caplog.at_level(logging.WARNING):
        await registry.close()
    assert (mine.closed, unused.closed) == (1, 0)
    assert "'sour' did not close: RuntimeError: token=[hidden]" in caplog.text


async def test_importing_the_registry_costs_nothing() -> None:
    heavy = "{'importlib.metadata', 'sqlite3', 'sqlite_utils', 'jupyter_server'}"
    code = (
        "import sys, jupyter_chatcore.assistants.base\n"
        "import jupyter_chatcore.assistants.registry, jupyter_chatcore.assistants.builtin\n"
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
