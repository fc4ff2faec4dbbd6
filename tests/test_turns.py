"""What an assistant is shown: the branch, the settings, the folder, and a way to search."""

from __future__ import annotations

from pathlib import Path

import pytest
from core_fixtures import CHAT
from core_running import ask, core, ended, note
from scripted import Scripted

from jupyter_chatcore.api import SessionPatch
from jupyter_chatcore.assistants.base import ToolError
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import TextOutput
from jupyter_chatcore.reply import ReplyOptions
from jupyter_chatcore.turns import folder_of

pytestmark = pytest.mark.asyncio


async def patch(chat: ChatCore, **more: object) -> None:
    change = SessionPatch(**more)  # type: ignore[arg-type]
    await chat.feed.write(lambda store: store.patch_session(CHAT, change))


async def test_the_questions_settings_go_before_the_chats(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        await patch(chat, settings={"model": "a", "temperature": 0})
        await ended(chat, await ask(chat, settings={"model": "b"}))
    assert assistant.turns[0].settings == {"model": "b", "temperature": 0}


async def test_what_does_not_fit_is_counted(tmp_path: Path) -> None:
    assistant, options = Scripted(), ReplyOptions(coalesce_seconds=0.001, history_messages=2)
    async with core(tmp_path, assistant, options=options) as chat:
        for number in range(5):
            await note(chat, str(number))
        await ended(chat, await ask(chat, "now"))
        await ended(chat, await ask(chat, "again"))
    first, second = assistant.turns
    assert (len(first.history), first.omitted, first.text) == (2, 3, "now")
    assert (len(second.history), second.omitted) == (2, 5)


async def test_the_folder_is_the_notebooks(tmp_path: Path) -> None:
    assistant = Scripted()
    (tmp_path / "work").mkdir()
    async with core(tmp_path, assistant) as chat:
        await ended(chat, await ask(chat))
        await patch(chat, notebook="work/a.ipynb")
        await ended(chat, await ask(chat))
    assert [turn.folder for turn in assistant.turns] == [tmp_path, tmp_path / "work"]


@pytest.mark.parametrize(
    "notebook", ["../x/a.ipynb", "/etc/a.ipynb", "gone/a.ipynb", "link/a.ipynb"]
)
async def test_no_notebook_leads_out_of_the_root(tmp_path: Path, notebook: str) -> None:
    root = tmp_path / "root"
    (tmp_path / "x").mkdir()
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "x")
    assert folder_of(root, notebook) == root


async def test_the_chats_can_be_searched_with_leave(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        await note(chat, "the melon is ripe")
        await ended(chat, await ask(chat))
        [tool] = assistant.turns[0].tools
        assert tool.asks
        [found] = await tool.run({"words": "melon"})
        assert isinstance(found, TextOutput)
        assert "the melon is ripe" in found.text
        assert await tool.run({"words": "zebra"}) == [
            TextOutput(text="No message has these words.")
        ]
        with pytest.raises(ToolError, match="words"):
            await tool.run({"words": 5})
