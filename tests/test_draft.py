"""What an assistant yields becomes the parts of one message."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from core_fixtures import CHAT, text
from core_running import ask, core, ended, message, until
from scripted import Gate, Step, scripted

from jupyter_chatcore.api import Posted
from jupyter_chatcore.assistants.base import AssistantError, ToolInput
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import (
    NoticePart,
    OutputPart,
    PlanEntry,
    PlanPart,
    ReasoningPart,
    TextPart,
    ToolPart,
)
from jupyter_chatcore.protocol import Author, Message, MessagePut, PartPut, Sent, TextAppend, Usage
from jupyter_chatcore.reply import ReplyOptions

pytestmark = pytest.mark.asyncio


async def play(folder: Path, *steps: Step) -> Message:
    async with core(folder, scripted(*steps)) as chat:
        return await ended(chat, await ask(chat))


async def until_reply(chat: ChatCore, posted: Posted, ready: Callable[[Message], bool]) -> None:
    """Wait until the reply is as it should be."""

    async def check() -> bool:
        return ready(await message(chat, posted.reply))

    await until(chat, posted.cursor, check)


class TestWhatIsWritten:
    async def test_text_grows_into_one_part(self, tmp_path: Path) -> None:
        reply = await play(tmp_path, "one ", "two ", "", "three")
        assert reply.parts == text("one two three")
        assert (reply.status, reply.error) == ("done", None)
        assert reply.author == Author(username="scripted", name="Scripted")

    async def test_parts_keep_their_order(self, tmp_path: Path) -> None:
        image = OutputPart(data={"image/png": "…"})
        steps = (ReasoningPart(text="h"), ReasoningPart(text="m"), "a", "b", image, "c")
        reply = await play(tmp_path, *steps)
        assert reply.parts == [
            ReasoningPart(text="hm"),
            TextPart(text="ab"),
            image,
            TextPart(text="c"),
        ]

    async def test_a_tool_is_one_part_with_a_state(self, tmp_path: Path) -> None:
        running = ToolPart(call="1", name="f", status="running", input="{}")
        done = ToolPart(call="1", name="f", status="done", input="{}")
        reply = await play(tmp_path, "before", running, "meanwhile", done, " on")
        assert reply.parts == [
            TextPart(text="before"),
            done,
            TextPart(text="meanwhile on"),
        ]

    async def test_a_tools_arguments_grow(self, tmp_path: Path) -> None:
        call = ToolPart(call="1", name="f")
        reply = await play(
            tmp_path, call, ToolInput("1", '{"a"'), "text", ToolInput("1", ": 1}"), "more"
        )
        assert reply.parts == [
            ToolPart(call="1", name="f", input='{"a": 1}'),
            TextPart(text="textmore"),
        ]

    async def test_growing_arguments_are_sent_as_they_come(self, tmp_path: Path) -> None:
        gate, hold = Gate(), Gate()
        inputs = (ToolInput("1", "a"), ToolInput("1", "b"))
        steps = (ToolPart(call="1", name="f"), gate, *inputs, hold)
        async with core(tmp_path, scripted(*steps)) as chat:
            posted = await ask(chat)
            await until_reply(chat, posted, lambda reply: bool(reply.parts))
            clock = await chat.feed.read(lambda store: store.clock())
            gate.set()
            async with aclosing(chat.feed.watch(CHAT, clock)) as batches:
                first = (await anext(batches)).events[0].event.change
            hold.set()
            await ended(chat, posted)
        assert isinstance(first, TextAppend)
        assert (first.index, first.text) in ((0, "a"), (0, "ab"))

    async def test_arguments_of_an_unknown_call_are_a_mistake(self, tmp_path: Path) -> None:
        reply = await play(tmp_path, "x", ToolInput("1", "{}"))
        assert (reply.status, reply.error and reply.error.code) == ("failed", "assistant_failed")
        assert reply.parts == text("x")

    async def test_a_notice_and_a_plan_replace_what_they_said_before(self, tmp_path: Path) -> None:
        first, last = (PlanPart(entries=[PlanEntry(content=word)]) for word in ("one", "two"))
        wait, over = (NoticePart(name="retry", text=word) for word in ("wait", "waited"))
        other = NoticePart(name="context", text="cut")
        reply = await play(tmp_path, wait, first, "a", over, other, last, "b")
        assert reply.parts == [over, last, TextPart(text="a"), other, TextPart(text="b")]

    async def test_what_was_sent_is_kept(self, tmp_path: Path) -> None:
        sent = Sent(digest="d", model="m-1", messages=3, omitted=2, ext={"acme": {"id": 1}})
        reply = await play(tmp_path, Sent(digest="first"), "x", sent)
        assert (reply.sent, reply.model) == (sent, "m-1")

    async def test_open_calls_of_a_failed_answer_are_closed(self, tmp_path: Path) -> None:
        calls = [ToolPart(call=s, name="f", status=s) for s in ("pending", "running", "done")]
        reply = await play(tmp_path, *calls, AssistantError("gone", "it went away"))
        found = [part.status for part in reply.parts if isinstance(part, ToolPart)]
        assert found == ["cancelled", "cancelled", "done"]

    async def test_usage_is_kept(self, tmp_path: Path) -> None:
        reply = await play(tmp_path, "x", Usage(model="m-1", input_tokens=3, output_tokens=1))
        assert reply.usage and (reply.usage.input_tokens, reply.model) == (3, "m-1")
        assert reply.usage.seconds is not None

    async def test_lone_surrogates_become_readable(self, tmp_path: Path) -> None:
        reply = await play(tmp_path, "a\ud800b", OutputPart(data={"text/plain": "\udfff"}))
        assert reply.parts == [TextPart(text="a\ufffdb"), OutputPart(data={"text/plain": "\ufffd"})]

    async def test_growth_is_written_in_few_steps(self, tmp_path: Path) -> None:
        options = ReplyOptions(coalesce_seconds=0.01)
        assistant = scripted(*(f"{n} " for n in range(5000)))
        async with core(tmp_path, assistant, options=options) as chat:
            posted = await ask(chat)
            events = []
            async with aclosing(chat.feed.watch(CHAT, posted.cursor)) as batches:
                async for batch in batches:
                    events += [stored.event for stored in batch.events]
                    if isinstance(events[-1].change, MessagePut) and len(events) > 2:
                        break
            grown = [e for e in events if isinstance(e.change, TextAppend | PartPut)]
            assert len(grown) < 500
