"""Values in questions and in answers, over a real server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pytest
from client_chats import chat
from serving import Served

from jupyter_chatcore.assistants.base import AssistantError
from jupyter_chatcore.client.errors import ReplyFailed
from jupyter_chatcore.client.structured import AnswerError
from jupyter_chatcore.errors import Invalid
from jupyter_chatcore.parts import FilePart, TextPart, VariablePart


@dataclass
class Town:
    name: str
    people: int


OSLO = '```json\n{"name": "Oslo", "people": 700000}\n```'


async def test_values_go_with_a_question(served: Served, tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes", encoding="utf-8")
    prices = pd.DataFrame({"price": [1, 2]})
    await chat(served).aask("Look", prices, notes, context={"limit": 3})
    [turn] = served.scripted.turns
    words, table, file, limit = turn.prompt.parts
    assert words == TextPart(text="Look")
    assert isinstance(table, VariablePart)
    assert (table.name, table.shape) == ("prices", [2, 1])
    assert isinstance(file, FilePart)
    assert (file.name, file.size) == ("notes.md", 7)
    assert isinstance(limit, VariablePart)
    assert (limit.name, limit.preview) == ("limit", {"text/plain": "3"})


async def test_a_reply_of_another_chat_is_sent_as_its_text(served: Served) -> None:
    served.scripted.enqueue("Use `groupby`.")
    reply = await chat(served).aask("How?")
    await chat(served, "other").asend("So:", reply)
    [note] = await chat(served, "other").amessages()
    assert reply.message is not None
    assert note.text == f"So:\n\n[Message {reply.message.id} of Scripted in the chat values]" + (
        "\n\nUse `groupby`."
    )


async def test_nothing_is_sent_where_a_value_is_a_secret(served: Served) -> None:
    with pytest.raises(Invalid, match="api_key"):
        await chat(served).aask("Look", context={"api_key": "sk-1"})
    assert not served.scripted.turns


async def test_an_answer_of_a_type_is_a_value(served: Served) -> None:
    served.scripted.enqueue(OSLO)
    reply = await chat(served).aask("A town?", type=Town)
    assert reply.value == Town("Oslo", 700000)
    assert reply.value is reply.value
    [turn] = served.scripted.turns
    words, schema = turn.prompt.parts
    assert words == TextPart(text="A town?")
    assert '"people"' in schema.text  # type: ignore[union-attr]


async def test_an_answer_that_does_not_fit_is_told_with_its_text(served: Served) -> None:
    served.scripted.enqueue('{"name": "Oslo", "people": "many"}')
    with pytest.raises(AnswerError, match=r"at `\$\.people`") as caught:
        await chat(served).aask("A town?", type=Town)
    assert caught.value.text == '{"name": "Oslo", "people": "many"}'
    assert caught.value.reply.text == caught.value.text


async def test_it_is_asked_again_with_what_was_wrong(served: Served) -> None:
    served.scripted.enqueue("I would say Oslo.")
    served.scripted.enqueue(OSLO)
    reply = await chat(served).aask("A town?", type=Town, retries=1)
    assert reply.value == Town("Oslo", 700000)
    _, again = served.scripted.turns
    assert len(again.history) == 2
    [said] = again.prompt.parts
    assert "there is no JSON in it" in said.text  # type: ignore[union-attr]
    assert len(await chat(served).amessages()) == 4


async def test_there_is_a_value_only_where_one_was_asked_for(served: Served) -> None:
    reply = await chat(served).aask("hello")
    with pytest.raises(Invalid, match="type="):
        print(reply.value)
    served.scripted.enqueue(AssistantError("odd", "It broke."))
    with pytest.raises(ReplyFailed, match="It broke"):
        await chat(served).aask("A town?", type=Town, retries=3)
    assert len(served.scripted.turns) == 2


async def test_a_type_without_a_schema_is_refused_before_anything_is_sent(served: Served) -> None:
    with pytest.raises(Invalid, match="JSON Schema"):
        await chat(served).aask("What?", type=object())
    assert not served.scripted.turns


async def test_messages_are_a_table(served: Served) -> None:
    await chat(served).aask("hello")
    said = await chat(served).amessages()
    frame = said.to_pandas()
    assert list(frame["text"]) == ["hello", "hello"]
    assert list(frame["role"]) == ["user", "assistant"]
    assert frame["author"].iloc[1] == "scripted"
    assert str(frame["created"].dt.tz) == "UTC"
    assert list(frame.index) == [message.id for message in said]
    table = said.to_polars()
    assert table["id"].to_list() == list(frame.index)
    assert table["text"].to_list() == ["hello", "hello"]
    assert table["output_tokens"].null_count() == 2
