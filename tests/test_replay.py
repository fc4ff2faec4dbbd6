"""What was answered once is answered again without anybody being asked."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ask, core, ended
from scripted import Scripted

from jupyter_chatcore.api import Ask, Edit, NewSession, Regenerate
from jupyter_chatcore.assistants.base import Assistant
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.parts import (
    DiffOutput,
    FilePart,
    NoticePart,
    OutputPart,
    ReasoningPart,
    TextPart,
    ToolPart,
)
from jupyter_chatcore.protocol import Message, Sent, Usage
from jupyter_chatcore.reply import ReplyOptions
from jupyter_chatcore.store import Store

pytestmark = pytest.mark.asyncio


class Counted(Scripted):
    """Numbers its answers, so that no two are the same; titles are counted, too."""

    name = "counted"

    def __init__(self, model: str | None = None) -> None:
        super().__init__()
        self.configured_model = model
        self.titled = 0

    async def reply(self, turn: Any) -> Any:
        self.turns.append(turn)
        yield f"answer {len(self.turns)}"
        yield Usage(model="exact", input_tokens=10, cost=0.5)
        yield Sent(model=turn.settings.get("model") or self.configured_model, digest="0" * 64)

    async def headline(self, turn: Any, answer: Message) -> str:
        self.titled += 1
        return f"Title {self.titled}"


class Absent(Assistant):
    """Another assistant: it never says a word."""

    name = "absent"

    async def reply(self, turn: Any) -> Any:
        raise AssertionError("nobody asked me")
        yield


async def told(chat: ChatCore, words: str = "hello", **more: Any) -> Message:
    """The answer to a question at the beginning of the chat, unless `more` says where."""
    return await ended(chat, await ask(chat, words, **{"parent": 0} | more))


def notices(answer: Message) -> list[str]:
    return [part.name for part in answer.parts if isinstance(part, NoticePart)]


async def test_the_same_question_gets_the_same_answer(tmp_path: Path) -> None:
    counted = Counted()
    async with core(tmp_path, counted) as chat:
        first = await told(chat)
        again = await told(chat, replay=True)
        anew = await told(chat)
        newest = await told(chat, replay="only")
    assert [said(each) for each in (first, again, anew, newest)] == [
        "answer 1",
        "answer 1",
        "answer 2",
        "answer 2",
    ]
    assert [notices(each) for each in (first, again, newest)] == [[], ["replayed"], ["replayed"]]
    assert len(counted.turns) == 2
    assert again.author == first.author
    assert (again.model, again.status) == ("exact", "done")
    assert again.sent is None
    assert again.usage is not None
    assert (again.usage.input_tokens, again.usage.cost) == (0, 0.0)


async def test_a_conversation_again_from_its_beginning(tmp_path: Path) -> None:
    counted = Counted()
    runs = []
    async with core(tmp_path, counted) as chat:
        for replay in (True, "only"):
            one = await told(chat, "one", replay=replay)
            two = await told(chat, "two", parent=None, replay=replay)
            runs.append([said(one), said(two)])
        page = await chat.feed.read(lambda store: store.get_messages(CHAT))
    assert runs[0] == runs[1] == ["answer 1", "answer 2"]
    assert page.total == 4
    assert len(page.versions) == 1, "the second run is another version of the first"


async def test_a_miss_says_so(tmp_path: Path) -> None:
    counted = Counted()
    async with core(tmp_path, counted) as chat:
        missed = await told(chat, replay=True)
        refused = await told(chat, "another", replay="only")
        elsewhere = await told(chat, parent=None, replay="only")
    assert (said(missed), notices(missed)) == ("answer 1", ["not_replayed"])
    assert (refused.status, elsewhere.status, len(counted.turns)) == ("failed", "failed", 1)
    assert refused.error is not None
    assert refused.error.code == "replay_missed"
    assert "replay" in refused.error.message


async def test_settings_and_assistants_tell_questions_apart(tmp_path: Path) -> None:
    counted = Counted()
    async with core(tmp_path, counted, Absent()) as chat:
        await told(chat, settings={"model": "a"})
        hit = await told(chat, settings={"model": "a"}, replay="only")
        model = await told(chat, settings={"model": "b"}, replay="only")
        who = await told(chat, assistant="absent", replay="only")
    assert [each.status for each in (hit, model, who)] == ["done", "failed", "failed"]


@pytest.mark.parametrize(("model", "status"), [("m1", "done"), ("m2", "failed"), (None, "done")])
async def test_a_model_of_the_configuration(tmp_path: Path, model: str | None, status: str) -> None:
    async with core(tmp_path, Counted("m1")) as chat:
        await told(chat)
    async with core(tmp_path, Counted(model)) as chat:
        assert (await told(chat, replay="only")).status == status
        assert (await told(chat, replay="only", settings={"model": "m3"})).status == "failed"


async def test_after_a_restart_without_the_assistant(tmp_path: Path) -> None:
    async with core(tmp_path, Counted()) as chat:
        first = await told(chat, assistant="counted")
    async with core(tmp_path, Absent()) as chat:
        again = await told(chat, assistant="counted", replay=True)
        missed = await told(chat, "other", assistant="counted", replay=True)
        with pytest.raises(NotFound, match="counted"):
            await ask(chat, assistant="counted", replay=False)
    assert said(again) == said(first)
    assert missed.error is not None
    assert (missed.error.code, notices(missed)) == ("not_found", ["not_replayed"])
    assert "counted" in missed.error.message


async def test_every_kind_of_part_comes_back(tmp_path: Path) -> None:
    counted = Scripted()
    diff = DiffOutput(path="a.ipynb", old="a", new="b", cell="c1", after="c0")
    parts = (
        ReasoningPart(text="hm"),
        TextPart(text="one"),
        TextPart(text="two", ext={"p": {"signature": "s"}}),
        ToolPart(call="c1", name="edit", status="done", input="{}", output=[diff]),
        OutputPart(data={"image/png": "AA=="}),
        FilePart(name="a", mime="m/m", url="chatcore/files/x/a", size=1),
        NoticePart(name="wait", text="it took a while"),
    )
    counted.enqueue(*parts)
    async with core(tmp_path, counted) as chat:
        first = await told(chat)
        again = await told(chat, replay="only")
        third = await told(chat, replay="only")
    assert list(first.parts) == list(parts)
    [_, *rest] = again.parts
    assert rest[:3] + rest[4:] == list(parts[:3] + parts[4:])
    tool = rest[3]
    assert isinstance(tool, ToolPart)
    # a copy has changed nothing, so there is nothing to take back
    assert tool.output == [DiffOutput(path="a.ipynb", old="a", new="b")]
    assert third.parts == again.parts


async def test_what_was_deleted_does_not_come_back(tmp_path: Path) -> None:
    async with core(tmp_path, Counted()) as chat:
        await chat.feed.write(lambda store: store.create_session(NewSession(), "other"))
        for victim in ("reply", "message"):
            posted = await ask(chat, victim, parent=0)
            await ended(chat, posted)
            delete = partial(Store.delete_message, session=CHAT, message=getattr(posted, victim))
            await chat.feed.write(delete)
            assert (await told(chat, victim, replay="only")).status == "failed"
        await told(chat)
        await chat.feed.write(lambda store: store.delete_session(CHAT))
        await chat.feed.write(lambda store: store.create_session(NewSession(), CHAT))
        assert (await told(chat, replay="only")).status == "failed"


async def test_only_whole_answers_count(tmp_path: Path) -> None:
    counted = Scripted()
    counted.enqueue("half", ValueError("broke"))
    async with core(tmp_path, counted) as chat:
        assert (await told(chat)).status == "failed"
        assert (await told(chat, replay="only")).status == "failed"


async def elsewhere(chat: ChatCore, session: str, **more: Any) -> Message:
    """The answer to the question in a chat that is made for it."""
    await chat.feed.write(lambda store: store.create_session(NewSession(), session))
    posted = await chat.replies.ask(session, Ask(text="hello", **more), ADA)
    assert posted.reply is not None
    mid = posted.reply
    async with aclosing(chat.feed.watch(session, posted.cursor)) as news:
        async for _ in news:
            found = await chat.feed.read(lambda store: store.get_message(session, mid))
            if found.status != "streaming":
                break
    return found


async def test_an_answer_of_another_chat(tmp_path: Path) -> None:
    async with core(tmp_path, Counted()) as chat:
        first = await told(chat)
        assert said(await elsewhere(chat, "other", replay="only")) == said(first)


async def test_the_setting(tmp_path: Path) -> None:
    options = ReplyOptions(coalesce_seconds=0.001, headline_seconds=0, replay="on")
    counted = Counted()
    async with core(tmp_path, counted, options=options) as chat:
        first = await told(chat)
        again = await told(chat)
        anew = await told(chat, replay=False)
        # whoever wants another answer, or asks otherwise, wants no earlier one
        other = await chat.replies.regenerate(CHAT, again.id, Regenerate(), ADA)
        edited = await chat.replies.edit(CHAT, again.parent or 0, Edit(text="hello"), ADA)
        answers = [said(await ended(chat, other)), said(await ended(chat, edited))]
    assert [said(each) for each in (first, again, anew)] == ["answer 1", "answer 1", "answer 2"]
    assert answers == ["answer 3", "answer 4"]


async def test_no_title_is_asked_for(tmp_path: Path) -> None:
    options = ReplyOptions(coalesce_seconds=0.001, headline_seconds=20)

    async def title(session: str, wanted: str) -> None:
        async with asyncio.timeout(20), aclosing(chat.feed.watch(session, 0)) as news:
            async for _ in news:
                found = await chat.feed.read(lambda store: store.get_session(session))
                if found.title == wanted:
                    return

    async with core(tmp_path, Counted(), options=options) as chat:
        await elsewhere(chat, "first")
        await title("first", "Title 1")
        await elsewhere(chat, "again", replay="only")
        await elsewhere(chat, "last")
        # were the second one asked for a title, this would be the third
        await title("last", "Title 2")
        assert (await chat.feed.read(lambda store: store.get_session("again"))).title == "hello"
