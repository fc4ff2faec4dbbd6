"""What a model is sent: the branch that is shown, to the byte, and nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT, said
from core_running import ADA, ended, message
from modelchat import model_chat, notices
from scriptedserver import Seen, call, say, thought_and_said

from jupyter_chatcore.api import Edit, SessionPatch
from jupyter_chatcore.parts import CellPart, NoticePart, OutputPart, Part, ReasoningPart, TextPart

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n not really").decode()

pytestmark = pytest.mark.asyncio


def told(seen: Seen) -> list[tuple[str, Any]]:
    """Who said what in a request, without the instructions."""
    messages = [(m["role"], m.get("content")) for m in seen.json["messages"]]
    assert messages[0][0] == "system"
    return messages[1:]


async def test_the_digest_is_that_of_the_bytes_sent(tmp_path: Path) -> None:
    async with model_chat(tmp_path, parameters={"temperature": 0.5, "min_p": 0.1}) as model:
        model.server.enqueue(say("Hi"))
        answer = await model.answer("hello", settings={"max_tokens": 99, "mode": "of another"})
        (seen,) = model.server.seen
        assert answer.sent is not None
        assert answer.sent.digest == seen.digest
        assert (answer.sent.messages, answer.sent.omitted, answer.sent.window) == (1, 0, 8000)
        assert answer.sent.parameters == {"temperature": 0.5, "min_p": 0.1, "max_tokens": 99}
        body = seen.json
        assert (body["temperature"], body["min_p"], body["max_tokens"]) == (0.5, 0.1, 99)
        assert (body["model"], body["stream"]) == ("some-model", True)


async def test_edits_and_other_answers_send_the_branch_shown(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("one"), say("two"), say("three"), say("four"), say("five"))
        first = await model.answer("a")
        second = await model.answer("b")
        assert second.parent is not None
        edited = await model.chat.replies.edit(CHAT, second.parent, Edit(text="B"), ADA)
        third = await ended(model.chat, edited)
        await model.again(first.id)
        await model.chat.feed.write(
            lambda store: store.patch_session(CHAT, SessionPatch(head=third.id))
        )
        await model.answer("c")
        sent = [told(seen) for seen in model.server.seen]
    assert sent[1] == [("user", "a"), ("assistant", "one"), ("user", "b")]
    assert sent[2] == [("user", "a"), ("assistant", "one"), ("user", "B")]
    assert sent[3] == [("user", "a")]
    assert sent[4] == [*sent[2], ("assistant", "three"), ("user", "c")]


async def test_what_was_deleted_is_not_sent(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("one"), say("two"))
        first = await model.answer("a secret")
        await model.chat.feed.write(lambda store: store.delete_message(CHAT, first.parent or 0))
        answer = await model.answer("b")
        assert told(model.server.seen[1]) == [("user", "b")]
        assert b"secret" not in model.server.seen[1].body
        assert answer.sent is not None
        assert (answer.sent.messages, answer.sent.omitted) == (1, 1)


async def test_an_answer_that_broke_goes_with_the_text_it_has(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("half an ans", finish=None), say("whole"))
        broken = await model.answer("a")
        assert (broken.status, said(broken)) == ("failed", "half an ans")
        await model.answer("go on")
        assert told(model.server.seen[1]) == [
            ("user", "a"),
            ("assistant", "half an ans"),
            ("user", "go on"),
        ]


async def test_notices_and_reasoning_stay_here(tmp_path: Path) -> None:
    parts: list[Part] = [
        ReasoningPart(text="let me think"),
        NoticePart(name="retry", text="it was busy"),
        TextPart(text="here"),
    ]
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("fine"))
        await model.note("user", [TextPart(text="q")])
        await model.note("assistant", parts)
        await model.answer("and?")
        assert told(model.server.seen[0]) == [
            ("user", "q"),
            ("assistant", "here"),
            ("user", "and?"),
        ]


async def test_pictures_and_cells_go_with_the_question(tmp_path: Path) -> None:
    shown: list[Part] = [
        TextPart(text="What is this?"),
        OutputPart(data={"image/png": PNG, "text/plain": "<Figure>"}),
        CellPart(path="a.ipynb", cell_id="c1", cell_type="code", source="1/0"),
    ]
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("a plot"))
        await model.answer(None, parts=shown)
        ((_, content),) = told(model.server.seen[0])
        kinds = [piece["type"] for piece in content]
        assert kinds == ["text", "image_url", "text"]
        assert content[1]["image_url"]["url"] == f"data:image/png;base64,{PNG}"
        assert "1/0" in content[2]["text"]


async def test_a_tool_call_goes_back_with_what_it_gave(tmp_path: Path) -> None:
    async with model_chat(tmp_path, tools=True) as model:
        model.server.enqueue(
            say(call("no_such", '{"a": 1}'), finish="tool_calls"), say("oh"), say("well")
        )
        first = await model.answer("a")
        await model.answer("b")
        within, later = (seen.json["messages"][1:] for seen in model.server.seen[1:])
        for messages, identity in ((within, "call_0"), (later, f"call_{first.id}_0")):
            (asked,) = messages[1]["tool_calls"]
            assert asked["function"]["name"] == "no_such"
            assert json.loads(asked["function"]["arguments"]) == {"a": 1}
            assert (asked["id"], messages[2]["tool_call_id"]) == (identity, identity)
            assert "There is no tool 'no_such'" in messages[2]["content"]
        assert [m["role"] for m in later] == ["user", "assistant", "tool", "assistant", "user"]


async def test_signed_reasoning_goes_back_to_who_signed_it(tmp_path: Path) -> None:
    async with model_chat(tmp_path, path="", kind="anthropic") as model:
        model.server.enqueue(*[thought_and_said("hm", "c2lnbmVk", "ha")] * 3)
        first = await model.answer("a", settings={"reasoning": "low"})
        assert [type(part) for part in first.parts] == [ReasoningPart, TextPart]
        await model.answer("b")
        await model.answer("c", settings={"model": "another"})
        _, same, other = (seen.json["messages"] for seen in model.server.seen)
    signed = {"type": "thinking", "thinking": "hm", "signature": "c2lnbmVk"}
    assert same[1]["content"][0] == signed
    assert not [m for m in other if "thinking" in str(m["content"])]


async def test_the_branch_is_fitted_and_the_user_is_told(tmp_path: Path) -> None:
    async with model_chat(tmp_path, window=2000) as model:
        model.server.enqueue(*[say(f"answer {n} " + "x" * 900) for n in range(6)])
        for number in range(5):
            await model.answer(f"question {number}")
        answer = await model.answer("the last")
        sent = told(model.server.seen[-1])
        assert answer.sent is not None
        assert answer.sent.omitted + len(sent) == 11
        assert answer.sent.messages == len(sent)
        assert sent[0][0] == "user"
        assert sent[-1] == ("user", "the last")
        text = notices(answer)["context"]
        assert text.startswith(f"To fit the model's window of 2,000 tokens: {answer.sent.omitted} ")
        again = await message(model.chat, answer.id)
        assert again.sent == answer.sent
