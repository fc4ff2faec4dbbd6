"""Chats from plain Python, on a real server with its token on."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from pathlib import Path
from traceback import TracebackException

import pytest
from client_running import Place

from jupyter_chatcore.client.chat import PlainChat, achats, chats
from jupyter_chatcore.client.errors import Refused, ReplyFailed, Unreachable
from jupyter_chatcore.errors import Invalid, NotFound
from jupyter_chatcore.parts import NoticePart, PlanPart, TextPart, ToolPart


def test_an_answer_is_a_value(place: Place) -> None:
    reply = place.chat().ask("say Try this:\n\n```python\n1 + 1\n```\n\n```\nplain\n```")
    assert reply.ok
    assert reply.status == "done"
    assert reply.error is None
    assert reply.text.startswith("Try this:")
    assert str(reply) == reply.text
    assert reply.code == ["1 + 1", "plain"]
    assert [code.language for code in reply.code] == ["python", ""]
    assert reply.message is not None
    assert reply.parts == reply.message.parts == [TextPart(text=reply.text)]
    assert repr(reply).startswith("<Reply done: 'Try this:")


def test_what_an_answer_took_and_showed(place: Place) -> None:
    reply = place.chat().ask("show")
    assert reply.usage is not None
    assert (reply.usage.model, reply.usage.output_tokens) == ("scripted-large", 678)
    assert {NoticePart, PlanPart, ToolPart, TextPart} <= {type(part) for part in reply.parts}


def test_pieces_come_one_after_the_other(place: Place) -> None:
    reply = place.chat().stream("stream 8 60ms")
    pieces = list(reply)
    assert len(pieces) > 1
    assert "".join(pieces) == reply.text == "".join(f"w{number} " for number in range(8))
    assert "".join(reply) == reply.text, "who comes late gets all of it"


def test_the_same_in_an_event_loop(place: Place) -> None:
    async def work() -> None:
        chat = place.chat()
        assert (await chat.aask("hello")).text == "You said: hello"
        running = await chat.aask("stream 8 60ms", wait=False)
        pieces = [piece async for piece in running]
        assert len(pieces) > 1
        assert "".join(pieces) == (await running).text
        await chat.asend("a note")
        await chat.arename("Loops")
        said = await chat.amessages(limit=3)
        assert [message.role for message in said] == ["user", "assistant", "user"]
        assert (await chat.ainfo()).title == "Loops"
        assert [message.id async for message in chat.ahistory()] == [m.id for m in chat.history()]
        assert [hit.message for hit in await chat.asearch("note")] == [said[-1].id]
        assert (await chat.aregenerate(said[1])).text == running.text
        assert (await chat.aedit(said[0], "again")).text == "You said: again"
        assert "again" in await chat.aexport("markdown")
        fork = await chat.afork()
        assert fork.session in [each.session for each in await achats(**place.named)]
        held = await chat.aask("hold", wait=False)
        await held.astop()
        assert (await held).status == "cancelled"

    asyncio.run(work())


def test_a_failed_answer_raises_with_what_had_come(place: Place) -> None:
    with pytest.raises(ReplyFailed, match="pip install x") as failed:
        place.chat().ask("fail `pip install x`")
    assert failed.value.reply.text == "So far it went well."
    assert failed.value.reply.status == "failed"
    assert not failed.value.reply.ok


def test_who_stops_an_answer_is_not_told_that_it_failed(place: Place) -> None:
    reply = place.chat().stream("stream 100000 5ms")
    pieces = []
    for piece in reply:
        pieces.append(piece)
        reply.stop()
    assert reply.status == "cancelled"
    assert "".join(pieces) == reply.text
    assert reply.wait() is reply


def test_an_answer_that_another_stops_raises(place: Place) -> None:
    chat = place.chat()
    reply = chat.stream("hold")
    while not len(chat):
        continue
    place.chat(chat.session).stop()
    with pytest.raises(ReplyFailed, match="stopped"):
        reply.wait()
    assert reply.status == "cancelled"


def test_a_time_limit_leaves_the_answer_alone(place: Place) -> None:
    reply = place.chat().stream("hold")
    with pytest.raises(TimeoutError):
        reply.wait(timeout=0.2)
    assert reply.status == "streaming"
    reply.stop()


def test_notes_and_history(place: Place) -> None:
    chat = place.chat()
    for number in range(3):
        sent = chat.send(f"note {number}")
        assert (sent.role, sent.status, sent.text) == ("user", "done", f"note {number}")
    assert len(chat) == 3
    newest = chat.messages(limit=2)
    assert [message.text for message in newest] == ["note 1", "note 2"]
    assert newest.total == 3
    [oldest] = chat.messages(before=newest.before)
    assert oldest.text == "note 0"
    assert [message.text for message in chat.history()] == ["note 0", "note 1", "note 2"]


def test_history_is_read_as_it_is_needed(place: Place) -> None:
    chat = place.chat()
    for number in range(3):
        chat.send(str(number))
    history = chat.history()
    assert next(history).text == "0"
    chat.send("3")
    assert [message.text for message in history][:2] == ["1", "2"]


def test_a_chat_that_is_empty_is_still_one(place: Place) -> None:
    chat = place.chat()
    assert len(chat) == 0
    assert chat
    assert list(chat.history()) == []


def test_edit_and_regenerate_make_versions(place: Place) -> None:
    chat = place.chat()
    first = chat.ask("one")
    asked, answered = chat.messages()
    assert chat.regenerate().text == first.text
    assert chat.edit(asked, "two").text == "You said: two"
    edited = chat.edit(chat.messages()[-1], "In other words")
    assert (edited.text, edited.status) == ("In other words", "done")
    assert [m.text for m in chat.history()] == ["two", "In other words"]
    assert place.server.call("GET", f"chatcore/chat/{chat.session}/messages/{answered.id}")


def test_fork_and_title(place: Place) -> None:
    chat = place.chat()
    chat.ask("one")
    chat.title = "Ones"
    fork = chat.fork(chat.messages()[0])
    assert len(fork) == 1
    assert fork.title.startswith("Ones")
    fork.title = "Another"
    assert (chat.title, fork.title) == ("Ones", "Another")
    listed = chats(limit=2, **place.named)
    assert [each.session for each in listed] == [fork.session, chat.session]


def test_search_looks_in_this_chat_alone(place: Place) -> None:
    chat, other = place.chat(), place.chat()
    mine = chat.send("where the walrus is")
    other.send("where the walrus is not")
    assert [hit.message for hit in chat.search("walrus")] == [mine.id]


def test_export(place: Place, tmp_path: Path) -> None:
    chat = place.chat()
    chat.ask("one")
    assert "You said: one" in chat.export("markdown")
    file = chat.export(tmp_path / "chat.ipynb")
    assert json.loads(Path(file).read_text(encoding="utf-8"))["nbformat"] == 4
    with pytest.raises(ValueError, match=r"\.jsonl"):
        chat.export("chat.doc")


def test_what_is_chosen_is_for_one_answer(place: Place) -> None:
    chat = place.chat()
    told = json.loads(chat.ask("settings", model="large", settings={"mode": "edit"}).text)
    assert (told["model"], told["mode"]) == ("large", "edit")
    assert "mode" not in json.loads(chat.ask("settings").text)
    assert chat.ask("/help", assistant="builtin").text.startswith("### What you can ask")


def test_parts_go_with_the_question(place: Place) -> None:
    chat = place.chat()
    chat.ask("files", TextPart(text="more"), context=["and more", TextPart(text="most")])
    assert [part.text for part in chat.messages()[0].parts] == ["files", "more", "and more", "most"]  # type: ignore[union-attr]


def test_what_cannot_be_sent_is_refused_before_anything_is(place: Place) -> None:
    chat = place.chat()
    with pytest.raises(Invalid, match="secret"):
        chat.ask("files", context={"password": "x"})
    with pytest.raises(ValueError, match="secret"):
        chat.ask("files", settings={"api_key": "x"})
    assert len(chat) == 0


def test_what_the_server_refuses_has_its_name_there(place: Place) -> None:
    chat = place.chat()
    with pytest.raises(NotFound, match="no assistant 'nobody'"):
        chat.ask("hello", assistant="nobody")
    with pytest.raises(NotFound):
        chat.edit(987654, "hello")
    with pytest.raises(Invalid):
        chat.title = ""


def told(error: BaseException) -> str:
    """An exception as tools show it that print all variables, below the test itself."""
    trace = error.__traceback__
    assert trace is not None
    shown = TracebackException(type(error), error, trace.tb_next, capture_locals=True)
    return "".join(shown.format())


def test_a_token_is_shown_nowhere(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chat = PlainChat("ideas", url=place.server.url, token="wrong-token")
    with pytest.raises(Refused) as refused:
        chat.ask("hello")
    shown = f"{chat!r} {vars(chat)} {refused.value} {told(refused.value)} {caplog.text}"
    assert "wrong-token" not in shown
    assert place.server.url in shown
    with pytest.raises(TypeError, match="token"):
        pickle.dumps(chat)


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9/") as gone:
        PlainChat("ideas", url="http://127.0.0.1:9/?token=in-the-url").ask("hello")
    assert "in-the-url" not in told(gone.value)
