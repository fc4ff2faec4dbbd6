"""The extension in the server: its settings, its start, its stop, and files that move."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.serverapp import ServerApp
from scripted import Gate
from serving import PATIENCE, Served
from traitlets import TraitError

import jupyter_chatcore
from jupyter_chatcore.app import ChatcoreApp
from jupyter_chatcore.protocol import SessionPut

HEAVY = ("sqlite_utils", "sqlite3", "httpx", "anywidget", "jupyter_chatcore.store", "filelock")
LOADED = """
import json, sys
import {module}
{then}
print(json.dumps(sorted(sys.modules)))
"""


def loaded(module: str, then: str = "") -> set[str]:
    """The modules that an import loads in a fresh Python."""
    code = LOADED.format(module=module, then=then)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True
    )
    return set(json.loads(done.stdout))


def test_a_server_that_starts_imports_nothing_heavy() -> None:
    point = "jupyter_chatcore._jupyter_server_extension_points()"
    found = loaded("jupyter_chatcore", point) - loaded("jupyter_server.serverapp")
    assert "jupyter_chatcore.app" in found
    assert not [name for name in HEAVY if name in found]


def test_a_kernel_that_imports_it_imports_no_server() -> None:
    found = loaded("jupyter_chatcore")
    assert not {"tornado", "traitlets", "jupyter_server", "msgspec"} & found


def test_the_extension_says_where_it_is() -> None:
    assert jupyter_chatcore._jupyter_server_extension_points() == [
        {"module": "jupyter_chatcore.app", "app": ChatcoreApp}
    ]


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("db_path", ""),
        ("journal_mode", "memory"),
        ("max_message_bytes", 0),
        ("max_parts", -1),
        ("max_file_bytes", 0),
        ("max_reply_bytes", 0),
        ("max_posts_per_minute", -1),
        ("ping_seconds", 0),
        ("busy_seconds", -1),
    ],
)
def test_settings_that_make_no_sense_are_refused(trait: str, value: Any) -> None:
    app = ChatcoreApp()
    with pytest.raises(TraitError):
        setattr(app, trait, value)


def test_every_setting_says_what_it_is() -> None:
    for name, trait in ChatcoreApp.class_own_traits(config=True).items():
        assert len(trait.help) > 20, name


def test_the_database_is_in_jupyters_data_folder(jp_environ: None, jp_data_dir: Path) -> None:
    assert ChatcoreApp().db_path == str(jp_data_dir / "chatcore" / "chats.sqlite")


def test_a_tilde_is_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert ChatcoreApp(db_path="~/chats.sqlite").db_path == str(tmp_path / "chats.sqlite")


@pytest.mark.settings(journal_mode="delete", max_reply_bytes=1000, default_assistant="scripted")
async def test_settings_reach_the_core(served: Served) -> None:
    await served.ask("PUT", "sessions/chat")
    served.scripted.enqueue(*("x" * 100 for _ in range(100)))
    async with served.stream("chat/chat", {"text": "Hi"}) as stream:
        last = (await stream.rest())[-1]
    assert last.event == "error"
    core = await served.app.core()
    mode = await core.feed.read(lambda store: store._execute("PRAGMA journal_mode").fetchone())
    assert mode == ("delete",)


async def test_the_database_is_opened_by_the_first_request(served: Served) -> None:
    assert not served.database.exists()
    await served.ask("GET", "sessions")
    assert served.database.exists()
    assert served.database.stat().st_mode & 0o077 == 0


async def test_chats_follow_their_notebook(served: Served, jp_serverapp: ServerApp) -> None:
    contents: Any = jp_serverapp.contents_manager
    await contents.new({"type": "directory"}, "work")
    for path in ("a.ipynb", "work/b.ipynb"):
        await contents.new({"type": "notebook"}, path)
        body = {"key": f"notebook:{path}", "notebook": path}
        await served.ask("POST", "sessions", body)
    tab = await served.socket(f"chat/{await chat_of(served, 'a.ipynb')}/ws?after=0")
    await contents.rename("a.ipynb", "c.ipynb")
    await contents.rename("work", "play")
    await moved(served, "play/b.ipynb")
    for path in ("c.ipynb", "play/b.ipynb"):
        body = {"key": f"notebook:{path}", "notebook": path}
        assert (await served.ask("POST", "sessions", body)).status_code == 200
    seen: list[str | None] = []
    while "c.ipynb" not in seen:
        changes = [event.change for event in await tab.next() or []]
        seen += [c.session.notebook for c in changes if isinstance(c, SessionPut)]


async def chat_of(served: Served, path: str) -> str | None:
    """The id of the chat that belongs to a notebook."""
    answer = await served.ask("GET", "sessions", params={"notebook": path})
    found = answer.json()["sessions"]
    return found[0]["id"] if found else None


async def moved(served: Served, path: str) -> None:
    """Wait until a chat has followed its notebook."""
    async with asyncio.timeout(PATIENCE):
        while await chat_of(served, path) is None:
            continue


async def test_files_may_move_without_a_database(served: Served, jp_serverapp: ServerApp) -> None:
    contents: Any = jp_serverapp.contents_manager
    await contents.new({"type": "notebook"}, "a.ipynb")
    await contents.rename("a.ipynb", "b.ipynb")
    await served.ask("GET", "openapi.json")
    assert not served.database.exists()


async def test_a_stop_lets_go_of_the_database(served: Served) -> None:
    await served.chat()
    await served.app.stop_extension()
    assert sorted(p.name for p in served.database.parent.iterdir() if p.is_file()) == [
        "chats.sqlite"
    ]
    await served.app.stop_extension()


async def test_a_server_that_answers_is_not_idle(served: Served, jp_serverapp: ServerApp) -> None:
    manager: Any = jp_serverapp.extension_manager

    def active() -> bool:
        return bool(manager.any_activity())

    assert not active()
    gate = Gate()
    served.scripted.enqueue(gate)
    ids = await served.posted(await served.chat(), "take your time")
    await gate.reached.wait()
    assert active()
    await served.ask("POST", f"chat/chat/messages/{ids['reply']}/stop")
    assert not active()
