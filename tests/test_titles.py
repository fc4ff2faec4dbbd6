"""Chats that are called by what is said in them."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT, text
from core_running import ADA, ask, core, ended, note, until
from modelchat import KEY, ModelChat, model_chat
from scripted import Scripted
from scriptedserver import call, refuse, say

from jupyter_chatcore.api import Edit, NewSession, Regenerate, SessionPatch
from jupyter_chatcore.assistants.base import Turn
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.protocol import Message
from jupyter_chatcore.reply import ReplyOptions
from jupyter_chatcore.store import Store

pytestmark = pytest.mark.asyncio

ASKING = ReplyOptions(coalesce_seconds=0.001, headline_seconds=10)
HASTY = ReplyOptions(coalesce_seconds=0.001, headline_seconds=0.05)


class Editor(Scripted):
    """Gives titles: the next one of `headlines`, waits for an event, or raises."""

    def __init__(self, *headlines: str | asyncio.Event | Exception | None) -> None:
        super().__init__()
        self.headlines = list(headlines)
        self.asked: list[tuple[Turn, Message]] = []
        self.called = asyncio.Event()
        self.cancelled_headline = asyncio.Event()

    async def headline(self, turn: Turn, answer: Message) -> str | None:
        """The next one."""
        self.asked.append((turn, answer))
        self.called.set()
        found = self.headlines.pop(0)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, asyncio.Event):
            try:
                await found.wait()
            except asyncio.CancelledError:
                self.cancelled_headline.set()
                raise
            return "Late"
        return found


async def title(chat: ChatCore) -> str:
    """What the chat is called now."""
    return (await chat.feed.read(lambda store: store.get_session(CHAT))).title


async def answered(chat: ChatCore, words: str) -> Message:
    """Ask, and wait for the answer's end."""
    return await ended(chat, await ask(chat, words))


async def titled(chat: ChatCore, wanted: str) -> None:
    """Wait until the chat is called so."""

    async def check() -> bool:
        return await title(chat) == wanted

    after = await chat.feed.read(Store.clock)
    if not await check():
        async with asyncio.timeout(10):
            await until(chat, after, check)


class TestQuestion:
    async def test_the_first_one_names_the_chat(self, tmp_path: Path) -> None:
        async with core(tmp_path, Scripted()) as chat:
            await note(chat, "a note before")
            posted = await ask(chat, "How do **plots** work? I want one.")
            assert await title(chat) == "How do plots work?"
            await ended(chat, posted)
            await answered(chat, "Something else?")
            assert await title(chat) == "How do plots work?"

    async def test_a_chosen_name_stays(self, tmp_path: Path) -> None:
        async with core(tmp_path, Scripted()) as chat:
            patch = SessionPatch(title="Mine")
            await chat.feed.write(lambda store: store.patch_session(CHAT, patch))
            await answered(chat, "How do plots work?")
            assert await title(chat) == "Mine"

    async def test_a_chat_that_was_made_with_a_name_keeps_it(self, tmp_path: Path) -> None:
        async with core(tmp_path, Editor()) as chat:
            new = NewSession(title="analysis", notebook="analysis.ipynb")
            await chat.feed.write(lambda store: store.create_session(new, "other"))
            await chat.feed.write(
                lambda store: store.persist_message("other", text("note"), author=ADA)
            )
            made = await chat.feed.read(lambda store: store.get_session("other"))
            assert (made.title, made.named) == ("analysis", True)

    async def test_asking_it_otherwise_names_it_anew(self, tmp_path: Path) -> None:
        async with core(tmp_path, Scripted()) as chat:
            reply = await answered(chat, "How do plots work?")
            assert reply.parent is not None
            await chat.replies.edit(CHAT, reply.parent, Edit(text="How do tables work?"), ADA)
            assert await title(chat) == "How do tables work?"

    async def test_a_repeated_request_takes_nothing_back(self, tmp_path: Path) -> None:
        async with core(tmp_path, Editor("Plots"), options=ASKING) as chat:
            await ended(chat, await ask(chat, "How do plots work?", key="k"))
            await titled(chat, "Plots")
            await ended(chat, await ask(chat, "How do plots work?", key="k"))
            assert await title(chat) == "Plots"


class TestHeadline:
    async def test_it_comes_after_the_first_answer_and_once(self, tmp_path: Path) -> None:
        editor = Editor('"Plots of **all** kinds."', "never")
        async with core(tmp_path, editor, options=ASKING) as chat:
            answer = await answered(chat, "How do plots work?")
            await titled(chat, "Plots of all kinds")
            await answered(chat, "And tables?")
            await chat.replies.regenerate(CHAT, answer.id, Regenerate(), ADA)
            ((turn, seen),) = editor.asked
            assert (turn.text, seen) == ("How do plots work?", answer)
            assert chat.busy <= 1

    async def test_an_answer_that_failed_gives_none(self, tmp_path: Path) -> None:
        editor = Editor("never")
        editor.enqueue("Some", ValueError())
        async with core(tmp_path, editor, options=ASKING) as chat:
            await answered(chat, "How do plots work?")
            await answered(chat, "Again")
            assert editor.asked == []

    @pytest.mark.parametrize("nothing", [None, "", "\n", ValueError("sk-secret")])
    async def test_without_one_the_questions_stays(
        self, tmp_path: Path, nothing: str | Exception | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        editor = Editor(nothing)
        async with core(tmp_path, editor, options=ASKING) as chat:
            await answered(chat, "How do plots work?")
            await editor.called.wait()
            await answered(chat, "And tables?")
            assert await title(chat) == "How do plots work?"
        assert "sk-secret" not in caplog.text
        assert ("gave no title: ValueError" in caplog.text) == isinstance(nothing, Exception)

    async def test_a_name_given_meanwhile_wins(self, tmp_path: Path) -> None:
        gate = asyncio.Event()
        editor = Editor(gate)
        async with core(tmp_path, editor, options=ASKING) as chat:
            await answered(chat, "How do plots work?")
            await editor.called.wait()
            patch = SessionPatch(title="Mine")
            await chat.feed.write(lambda store: store.patch_session(CHAT, patch))
            gate.set()
            await answered(chat, "And tables?")
            assert await title(chat) == "Mine"

    async def test_it_is_not_waited_for_long(self, tmp_path: Path) -> None:
        editor = Editor(asyncio.Event())
        async with core(tmp_path, editor, options=HASTY) as chat:
            await answered(chat, "How do plots work?")
            async with asyncio.timeout(10):
                await editor.cancelled_headline.wait()
            assert await title(chat) == "How do plots work?"

    async def test_the_end_of_the_server_ends_it(self, tmp_path: Path) -> None:
        editor = Editor(asyncio.Event())
        async with core(tmp_path, editor, options=ASKING) as chat:
            await answered(chat, "How do plots work?")
            await editor.called.wait()
            assert chat.busy == 0
        assert editor.cancelled_headline.is_set()

    async def test_secrets_stay_out_of_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SOME_API_KEY", "hunter2hunter2")
        async with core(tmp_path, Editor("All of hunter2hunter2"), options=ASKING) as chat:
            await answered(chat, "How do plots work?")
            await titled(chat, "All of [hidden]")


class TestModels:
    async def ask(self, model: ModelChat) -> None:
        """One exchange, and whatever title it brings."""
        answer = await model.answer("How do plots work?" + "\nthe rest" * 1000)
        assert answer.status == "done"

    async def test_a_model_is_asked_shortly_and_without_tools(self, tmp_path: Path) -> None:
        more: dict[str, Any] = {"parameters": {"temperature": 0.5}, "tools": True}
        more["system"] = "Be rude."
        async with model_chat(tmp_path, options=ASKING, **more) as model:
            model.server.enqueue(say("Well."), say("Plots", " Explained"))
            await self.ask(model)
            await titled(model.chat, "Plots Explained")
            body = model.server.seen[1].json
            assert body["max_tokens"] == 200
            assert body["temperature"] == 0.5
            assert not body.get("tools")
            assert model.server.seen[1].headers["authorization"] == f"Bearer {KEY}"
            sent = str(body["messages"])
            assert "Well." in sent
            assert "Be rude." not in sent
            assert len(sent) < 4000
            reply = await model.chat.feed.read(lambda s: s.get_messages(CHAT).messages[-1])
            assert reply.sent is not None
            assert reply.sent.digest == model.server.seen[0].digest

    @pytest.mark.parametrize(
        "trouble",
        [
            refuse(500, "no"),
            refuse(429, "later"),
            say(call("ls", "{}")),
            say("Plo", finish=None),
            say("x" * 400),
        ],
    )
    async def test_trouble_is_of_no_consequence(self, tmp_path: Path, trouble: object) -> None:
        async with model_chat(tmp_path, options=ASKING) as model:
            model.server.enqueue(say("Well."), trouble, say("More."))  # type: ignore[arg-type]
            await self.ask(model)
            while len(model.server.seen) < 2:
                await asyncio.sleep(0.01)
            assert (await model.answer("And tables?")).status == "done"
            assert await title(model.chat) == "How do plots work?"

    async def test_a_model_that_hangs_is_left(self, tmp_path: Path) -> None:
        gone = asyncio.Event()

        async def hang(wire: object) -> None:
            await wire.gone.wait()  # type: ignore[attr-defined]
            gone.set()

        async with model_chat(tmp_path, options=HASTY) as model:
            model.server.enqueue(say("Well."), hang)
            await self.ask(model)
            if len(model.server.seen) > 1:
                async with asyncio.timeout(10):
                    await gone.wait()
            assert await title(model.chat) == "How do plots work?"
