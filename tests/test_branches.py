"""What an assistant is sent is exactly the branch that is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, core, ended
from scripted import Echo, Gate, Scripted

from jupyter_chatcore.api import Edit, Posted, Regenerate, SessionPatch
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.errors import Conflict
from jupyter_chatcore.parts import FilePart, Part, TextPart
from jupyter_chatcore.protocol import Page

pytestmark = pytest.mark.asyncio


async def page(chat: ChatCore) -> Page:
    return await chat.feed.read(lambda store: store.get_messages(CHAT))


async def shown(chat: ChatCore) -> list[str]:
    return [said(message) for message in (await page(chat)).messages]


async def show(chat: ChatCore, message: int | None) -> None:
    """Show the newest branch through a message."""
    assert message is not None
    change = SessionPatch(branch=message)
    await chat.feed.write(lambda store: store.patch_session(CHAT, change))


async def asked(chat: ChatCore, words: str) -> Posted:
    posted = await ask(chat, words)
    await ended(chat, posted)
    return posted


async def edited(chat: ChatCore, message: int, **more: object) -> Posted:
    edit = Edit(**more)  # type: ignore[arg-type]
    posted = await chat.replies.edit(CHAT, message, edit, ADA)
    await ended(chat, posted)
    return posted


async def again(chat: ChatCore, message: int | None, assistant: str | None = None) -> Posted:
    assert message is not None
    posted = await chat.replies.regenerate(CHAT, message, Regenerate(assistant=assistant), ADA)
    await ended(chat, posted)
    return posted


async def deleted(chat: ChatCore, message: int | None) -> None:
    assert message is not None
    await chat.feed.write(lambda store: store.delete_message(CHAT, message))


def sent(assistant: Scripted) -> list[str]:
    """What the last turn's assistant was told, its prompt last."""
    turn = assistant.turns[-1]
    return [said(message) for message in (*turn.history, turn.prompt)]


async def test_an_edit_in_the_middle_another_answer_and_back(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        await asked(chat, "one")
        two = await asked(chat, "two")
        await asked(chat, "three")
        branch = ["one", "one", "two", "two", "three", "three"]
        assert await shown(chat) == branch

        other = await edited(chat, two.message, text="2")
        assert sent(assistant) == ["one", "one", "2"]
        assert await shown(chat) == ["one", "one", "2", "2"]

        assistant.enqueue("another answer")
        await again(chat, other.reply)
        assert sent(assistant) == ["one", "one", "2"]
        assert await shown(chat) == ["one", "one", "2", "another answer"]

        await asked(chat, "on")
        assert sent(assistant) == ["one", "one", "2", "another answer", "on"]

        await show(chat, two.message)
        assert await shown(chat) == branch
        await asked(chat, "four")
        assert sent(assistant) == [*branch, "four"]

        await show(chat, other.reply)
        await asked(chat, "five")
        assert sent(assistant) == ["one", "one", "2", "2", "five"]
        assert await shown(chat) == ["one", "one", "2", "2", "five", "five"]


async def test_a_page_tells_which_messages_stand_beside_each_other(tmp_path: Path) -> None:
    async with core(tmp_path, Scripted()) as chat:
        first = await asked(chat, "one")
        second = await edited(chat, first.message, text="1")
        third = await again(chat, second.reply)
        versions = [[first.message, second.message], [second.reply, third.reply]]
        assert (await page(chat)).versions == versions
        await show(chat, first.message)
        assert (await page(chat)).versions == versions[:1]


async def test_another_branch_may_be_shown_while_one_is_answered(tmp_path: Path) -> None:
    gate, assistant = Gate(), Scripted()
    async with core(tmp_path, assistant) as chat:
        first = await asked(chat, "one")
        assistant.enqueue("so ", gate, "far")
        second = await chat.replies.regenerate(CHAT, first.message, Regenerate(), ADA)
        await gate.reached.wait()
        await show(chat, first.reply)
        assert await shown(chat) == ["one", "one"]
        gate.set()
        assert said(await ended(chat, second)) == "so far"
        assert await shown(chat) == ["one", "one"]
        await show(chat, second.reply)
        assert await shown(chat) == ["one", "so far"]


async def test_another_assistant_may_answer_beside_the_first(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant, Echo()) as chat:
        first = await asked(chat, "one")
        await again(chat, first.reply, assistant="echo")
        authors = [
            message.author and message.author.username for message in (await page(chat)).messages
        ]
        assert authors == ["ada", "echo"]
        assert len(assistant.turns) == 1
        await asked(chat, "two")
        assert len(assistant.turns) == 2


async def test_an_edit_keeps_what_the_message_has_beside_its_words(tmp_path: Path) -> None:
    assistant = Scripted()
    file = FilePart(name="a.csv", mime="text/csv", url="chatcore/files/x", size=3)
    async with core(tmp_path, assistant) as chat:
        first = await asked(chat, "one")
        parts: list[Part] = [TextPart(text="uno"), file]
        await edited(chat, first.message, parts=parts)
        assert assistant.turns[-1].prompt.parts == parts
        assert (await page(chat)).messages[0].parts == parts


async def test_what_was_deleted_is_told_no_more_and_what_follows_stays(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        first = await asked(chat, "a secret")
        await asked(chat, "two")
        await deleted(chat, first.message)
        await deleted(chat, first.reply)
        assert await shown(chat) == ["", "", "two", "two"]
        await asked(chat, "three")
        assert sent(assistant) == ["", "", "two", "two", "three"]
        assert [message.status for message in assistant.turns[-1].history[:2]] == ["deleted"] * 2


async def test_nothing_is_asked_again_of_what_was_deleted(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        first = await asked(chat, "a secret")
        await deleted(chat, first.message)
        with pytest.raises(Conflict, match="deleted"):
            await again(chat, first.reply)
        assert len(assistant.turns) == 1
