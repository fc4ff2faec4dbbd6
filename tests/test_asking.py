"""Asking: what makes a message, a reply or a branch, once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, core, ended, message
from scripted import Echo, Gate, Scripted, scripted

from jupyter_chatcore.api import Ask, Edit, Regenerate
from jupyter_chatcore.errors import Conflict, Invalid, NotFound

pytestmark = pytest.mark.asyncio


class TestAsking:
    async def test_a_repeated_question_finds_its_answer(self, tmp_path: Path) -> None:
        assistant = scripted("once")
        async with core(tmp_path, assistant) as chat:
            first = await ask(chat, key="nonce")
            await ended(chat, first)
            assert await ask(chat, key="nonce") == first
            assert len(assistant.turns) == 1

    async def test_many_at_once_with_one_key_make_one(self, tmp_path: Path) -> None:
        async with core(tmp_path, Echo()) as chat:
            posts = await asyncio.gather(*(ask(chat, key="nonce") for _ in range(20)))
            assert len({(p.message, p.reply) for p in posts}) == 1
            await ended(chat, posts[0])

    async def test_a_caller_that_leaves_still_gets_an_answer(self, tmp_path: Path) -> None:
        async with core(tmp_path, Echo()) as chat:
            asking = asyncio.create_task(ask(chat, "for later"))
            await asyncio.sleep(0)
            asking.cancel()
            page = await chat.feed.read(lambda store: store.get_messages(CHAT))
            async with aclosing(chat.feed.watch(CHAT, page.cursor)) as batches:
                async for _ in batches:
                    page = await chat.feed.read(lambda store: store.get_messages(CHAT))
                    if page.messages[-1].status == "done":
                        break
            assert [said(m) for m in page.messages] == ["for later", "for later "]

    async def test_what_cannot_be_asked_leaves_nothing(self, tmp_path: Path) -> None:
        async with core(tmp_path, Echo()) as chat:
            with pytest.raises(NotFound, match="nobody"):
                await ask(chat, assistant="nobody")
            with pytest.raises(Invalid):
                await ask(chat, parent=99)
            with pytest.raises(NotFound):
                await chat.replies.ask("nowhere", Ask(text="x"), ADA)
            assert await chat.feed.read(lambda store: store.get_message_count(CHAT)) == 0

    async def test_a_branch_of_its_own_knows_nothing_of_the_others(self, tmp_path: Path) -> None:
        assistant = Scripted()
        async with core(tmp_path, assistant) as chat:
            for text in ("one", "two"):
                posted = await ask(chat, text, parent=0)
                assert said(await ended(chat, posted)) == text
                assert (await message(chat, posted.message)).parent is None
            assert [turn.history for turn in assistant.turns] == [(), ()]

    async def test_regenerating_makes_a_sibling(self, tmp_path: Path) -> None:
        async with core(tmp_path, Echo()) as chat:
            first = await ask(chat, "again")
            await ended(chat, first)
            second = await chat.replies.regenerate(CHAT, first.reply or 0, Regenerate(), ADA)
            assert (await ended(chat, second)).parent == first.message
            page = await chat.feed.read(lambda store: store.get_messages(CHAT))
            assert [m.id for m in page.messages] == [first.message, second.reply]

    async def test_editing_makes_a_branch_that_is_answered(self, tmp_path: Path) -> None:
        async with core(tmp_path, Echo()) as chat:
            first = await ask(chat, "misspelt")
            await ended(chat, first)
            second = await chat.replies.edit(CHAT, first.message, Edit(text="spelt"), ADA)
            assert said(await ended(chat, second)) == "spelt "
            assert (await message(chat, second.message)).parent is None
            note = await chat.replies.edit(
                CHAT, second.message, Edit(text="no answer", reply=False), ADA
            )
            assert note.reply is None

    async def test_what_is_being_written_cannot_be_edited(self, tmp_path: Path) -> None:
        gate = Gate()
        async with core(tmp_path, scripted(gate)) as chat:
            posted = await ask(chat)
            await gate.reached.wait()
            with pytest.raises(Conflict):
                await chat.replies.edit(CHAT, posted.reply or 0, Edit(text="x"), ADA)
            gate.set()
