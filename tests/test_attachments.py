"""A file that is attached to a question, all the way to the model or the agent."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from agents_running import asked, fake, heard
from core_fixtures import CHAT
from core_running import ask, core, ended, message
from modelchat import ModelChat, model_chat, notices
from scripted import Scripted
from scriptedserver import say

from jupyter_chatcore.assistants.builtin import BuiltinAssistant
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.filetypes import address
from jupyter_chatcore.parts import FilePart, Part, TextPart

pytestmark = pytest.mark.asyncio

PNG = b"\x89PNG\r\n\x1a\n not really"
CSV = b"name,price\nquince,3\n"


def file(chat: ChatCore, name: str, mime: str, data: bytes) -> FilePart:
    """A file that the chat keeps."""
    url = address(chat.files.keep(data), name)
    return FilePart(name=name, mime=mime, url=url, size=len(data))


def shown(chat: ChatCore, words: str = "What is it?") -> list[Part]:
    """A question with a picture and a table."""
    picture = file(chat, "plot.png", "image/png", PNG)
    return [TextPart(text=words), picture, file(chat, "prices.csv", "text/csv", CSV)]


def content(model: ModelChat, request: int = 0, place: int = 1) -> Any:
    """What a message of a request says."""
    return model.server.seen[request].json["messages"][place]["content"]


async def test_a_model_sees_the_picture_and_reads_the_table(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("a plot"))
        answer = await model.answer(None, parts=shown(model.chat))
        text, line, picture, table = content(model)
        assert text["text"] == "What is it?"
        assert line["text"] == f"[File plot.png, image/png, {len(PNG)} bytes]"
        encoded = base64.b64encode(PNG).decode()
        assert picture["image_url"]["url"] == f"data:image/png;base64,{encoded}"
        assert table["text"].startswith(f"[File prices.csv, text/csv, {len(CSV)} bytes]\n```")
        assert "quince,3" in table["text"]
        assert answer.sent is not None
        assert (answer.sent.shortened, notices(answer)) == ([], {})


async def test_a_later_question_still_shows_them(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("a plot"), say("as I said"))
        await model.answer(None, parts=shown(model.chat))
        await model.answer("Really?")
        assert content(model, 1) == content(model, 0)


async def test_a_file_alone_is_a_question(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("prices"))
        parts = shown(model.chat)[2:]
        assert (await model.answer(None, parts=parts)).status == "done"
        assert "quince" in content(model)


async def test_a_long_file_is_fitted_and_that_is_shown(tmp_path: Path) -> None:
    async with model_chat(tmp_path, window=4000) as model:
        model.server.enqueue(say("long"), say("longer"))
        for size in (2**16, 2**21):
            table = file(model.chat, "a.csv", "text/csv", b"1,2,3,4\n" * (size // 8))
            answer = await model.answer(None, parts=[TextPart(text="Sum?"), table])
            assert answer.sent is not None
            assert answer.parent in answer.sent.shortened
            assert "shortened" in notices(answer)["context"]
            assert "left out ...]" in content(model, -1, -1)
        assert "long files were shortened" in notices(answer)["context"]


async def test_a_file_that_is_gone_is_told_as_gone(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(say("hm"))
        lost = FilePart(name="a", mime="text/plain", url=address("0" * 64, "a"), size=5)
        await model.answer(None, parts=[TextPart(text="See"), lost])
        assert "[File a, text/plain, 5 bytes]\nThis file is not kept any more" in content(model)


@pytest.mark.parametrize("url", ["/etc/passwd", "file:///etc/passwd", "https://a.example/b"])
async def test_no_other_address_is_read(tmp_path: Path, url: str) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        other = FilePart(name="a", mime="text/plain", url=url, size=5)
        await ended(chat, await ask(chat, None, parts=[other]))
        (turn,) = assistant.turns
        assert turn.locate(other) is None
        with pytest.raises(NotFound, match="not kept"):
            await turn.read(other)


async def test_a_turn_reads_its_files(tmp_path: Path) -> None:
    assistant = Scripted()
    async with core(tmp_path, assistant) as chat:
        await ended(chat, await ask(chat, None, parts=shown(chat)))
        (turn,) = assistant.turns
        _, picture, _ = turn.prompt.parts
        assert isinstance(picture, FilePart)
        path = turn.locate(picture)
        assert path is not None
        assert await turn.read(picture) == path.read_bytes() == PNG


def blocks(home: Path) -> list[dict[str, Any]]:
    """The blocks of the last prompt that the agent got."""
    prompt: list[dict[str, Any]] = heard(home, "session/prompt")[-1]["prompt"]
    return prompt


async def test_an_agent_gets_the_picture_and_the_path_of_the_table(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path)) as chat:
        parts = shown(chat, "say hello")
        await ended(chat, await ask(chat, None, parts=parts))
        place = chat.files.path(chat.files.keep(CSV))
        line, picture, table, question = blocks(tmp_path)
    assert line["text"].startswith("[File plot.png, image/png,")
    assert picture == {
        "type": "image",
        "mimeType": "image/png",
        "data": base64.b64encode(PNG).decode(),
    }
    assert table["text"] == f"[File prices.csv, text/csv, {len(CSV)} bytes] at {place}"
    assert question["text"] == "say hello"


async def test_an_agent_that_takes_resources_gets_the_text(tmp_path: Path) -> None:
    async with core(tmp_path, fake(tmp_path, "--blind", "--resources")) as chat:
        await ended(chat, await ask(chat, None, parts=shown(chat, "say hello")))
        kinds = [block["type"] for block in blocks(tmp_path)]
        assert kinds == ["text", "text", "resource", "text"]
        resource = blocks(tmp_path)[2]["resource"]
    assert (resource["text"], resource["mimeType"]) == (CSV.decode(), "text/csv")
    assert resource["uri"].startswith("file:///")


async def test_an_agent_without_memory_is_told_where_they_are(tmp_path: Path) -> None:
    async with core(tmp_path, Scripted(), fake(tmp_path)) as chat:
        await ended(chat, await ask(chat, None, parts=shown(chat)))
        await asked(chat, "hello", assistant="fake")
        recap = blocks(tmp_path)[0]["text"]
    assert f"[File prices.csv, text/csv, {len(CSV)} bytes] at {tmp_path}" in recap


async def test_the_built_in_assistant_says_what_it_can_use(tmp_path: Path) -> None:
    async with core(tmp_path, BuiltinAssistant()) as chat:
        posted = await ask(chat, None, parts=shown(chat)[1:])
        await ended(chat, posted)
        reply = await message(chat, posted.reply)
    assert reply.status == "done"
    assert "no text in the message" in str(reply.parts)


async def test_what_is_attached_is_stored_as_an_address_alone(tmp_path: Path) -> None:
    async with core(tmp_path, Scripted()) as chat:
        posted = await ask(chat, None, parts=shown(chat))
        await ended(chat, posted)
        page = await chat.feed.read(lambda store: store.get_messages(CHAT))
        assert page.messages[0].parts == shown(chat)
