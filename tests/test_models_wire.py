"""What a server may do to its stream, byte by byte, and how a wait is seen and stopped."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from core_fixtures import CHAT, said
from core_running import ask, message, until
from modelchat import QUICK, code, model_chat, notices, settings, tell, turn
from scriptedserver import Script, Wire, chunk, refuse, say, scripted_server

from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.models.retry import Retry
from jupyter_chatcore.parts import NoticePart

pytestmark = pytest.mark.asyncio

MEGABYTE = "x" * 2**20


async def mid_token(wire: Wire) -> None:
    """Hang up in the middle of a character of the second event."""
    await wire.begin()
    await wire.event(chunk({"content": "Gr"}))
    await wire.chunk('data: {"choices": [{"delta": {"content": "ü'.encode()[:-1])


async def garbage(wire: Wire) -> None:
    await wire.begin()
    await wire.event(chunk({"content": "Gr"}))
    await wire.event('{"choices": [{"delta": {"cont')
    await wire.end()


async def other_shape(wire: Wire) -> None:
    await wire.begin()
    await wire.event(chunk({"content": "Gr"}))
    await wire.event({"choices": {"a": 1}})
    await wire.end()


async def error_inside(wire: Wire) -> None:
    await wire.begin()
    await wire.event(chunk({"content": "Gr"}))
    await wire.event({"error": {"message": "the GPU is on fire", "code": 500}})
    await wire.end()


async def no_http(wire: Wire) -> None:
    await wire.raw(b"SSH-2.0-OpenSSH_9.6\r\n")


async def web_page(wire: Wire) -> None:
    await wire.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n"
        b"Connection: close\r\n\r\n<html></html>"
    )


async def refusing(wire: Wire) -> None:
    await say({"refusal": "I will not do that."})(wire)


@pytest.mark.parametrize(
    ("script", "expected", "kept"),
    [
        (mid_token, "unreachable", "Gr"),
        (garbage, "bad_answer", "Gr"),
        (other_shape, "bad_answer", "Gr"),
        (error_inside, "overloaded", "Gr"),
        (no_http, "unreachable", ""),
        (web_page, "bad_answer", ""),
        (say("Gr", finish=None), "cut_off", "Gr"),
        (say("Gr", finish="content_filter"), "content_filter", "Gr"),
        (refusing, "refused", ""),
        (refuse(418, "a teapot"), "rejected", ""),
        (refuse(400, "this model does not support image input"), "no_images", ""),
        (refuse(400, "the input is too long for it"), "context_too_long", ""),
    ],
)
async def test_each_end_is_told_and_can_be_asked_again(
    script: Script, expected: str, kept: str, tmp_path: Path
) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(script, say("Grü", "ezi"))
        broken = await model.answer()
        assert (broken.status, code(broken), said(broken)) == ("failed", expected, kept)
        whole = await model.again(broken.id)
        assert (whole.status, said(whole)) == ("done", "Grüezi")


async def test_googles_word_for_a_bad_key_is_understood() -> None:
    said = "API key not valid. Please pass a valid API key."
    body = [{"error": {"code": 400, "message": said, "status": "INVALID_ARGUMENT"}}]

    async def play(wire: Wire) -> None:
        await wire.answer(400, body)

    async with scripted_server() as server:
        server.enqueue(play)
        given = settings(server.url, kind="google")
        told = await tell(ModelAssistant("oracle", given, QUICK), turn())
    assert told.error is not None
    assert told.error.code == "bad_key"


async def test_twenty_megabytes_are_stopped_at_the_limit(tmp_path: Path) -> None:
    async def flood(wire: Wire) -> None:
        await wire.begin()
        while not wire.gone.is_set():
            await wire.event(chunk({"content": MEGABYTE}))

    async with model_chat(tmp_path) as model:
        model.server.enqueue(flood, say("short"))
        answer = await model.answer()
        assert (answer.status, code(answer)) == ("failed", "too_large")
        assert len(said(answer)) == 15 * 2**20
        await asyncio.wait_for(model.server.wires[0].gone.wait(), 5)
        assert (await model.again(answer.id)).status == "done"


async def test_a_line_without_an_end_is_stopped(tmp_path: Path) -> None:
    async def flood(wire: Wire) -> None:
        await wire.begin()
        await wire.chunk(b"data: ")
        while not wire.gone.is_set():
            await wire.chunk(MEGABYTE.encode())

    async with model_chat(tmp_path) as model:
        model.server.enqueue(flood)
        answer = await model.answer()
        assert (answer.status, code(answer)) == ("failed", "bad_answer")
        await asyncio.wait_for(model.server.wires[0].gone.wait(), 5)


async def test_a_stream_that_never_ends_is_stopped_at_once(tmp_path: Path) -> None:
    async def endless(wire: Wire) -> None:
        await wire.begin()
        await wire.event(chunk({"content": "on "}))
        while not wire.gone.is_set():
            await wire.chunk(b": still here\n\n")
            await asyncio.sleep(0.01)

    async with model_chat(tmp_path) as model:
        model.server.enqueue(endless)
        posted = await ask(model.chat)

        async def begun() -> bool:
            return bool(said(await message(model.chat, posted.reply)))

        await until(model.chat, posted.cursor, begun)
        assert posted.reply is not None
        answer = await model.chat.replies.stop(CHAT, posted.reply)
        assert (answer.status, said(answer)) == ("cancelled", "on ")
        await asyncio.wait_for(model.server.wires[0].gone.wait(), 2)


async def test_a_wait_is_seen_and_a_stop_ends_it(tmp_path: Path) -> None:
    async with model_chat(tmp_path, Retry(tries=4)) as model:
        model.server.enqueue(refuse(429, "slow down", Retry_After="30"))
        posted = await ask(model.chat)

        async def waiting() -> bool:
            return bool((await message(model.chat, posted.reply)).parts)

        await until(model.chat, posted.cursor, waiting)
        assert posted.reply is not None
        (notice,) = (await message(model.chat, posted.reply)).parts
        assert isinstance(notice, NoticePart)
        assert notice.text == "The server is busy (429). Next try in 30 s, 2 of 4."
        assert notice.until is not None
        started = time.monotonic()
        answer = await model.chat.replies.stop(CHAT, posted.reply)
        assert answer.status == "cancelled"
        assert time.monotonic() - started < 2
        assert answer.sent is not None
        assert answer.sent.digest == model.server.seen[0].digest


async def test_the_wait_that_a_server_asks_for_is_kept(tmp_path: Path) -> None:
    async with model_chat(tmp_path, Retry(first=0.01)) as model:
        model.server.enqueue(refuse(503, "loading", Retry_After="1"), say("there"))
        started = time.monotonic()
        answer = await model.answer()
        assert time.monotonic() - started >= 1
        assert (answer.status, said(answer)) == ("done", "there")
        assert notices(answer) == {"retry": "The server was in trouble (503); asked again once."}


async def test_an_answer_that_has_begun_is_not_asked_for_again(tmp_path: Path) -> None:
    async with model_chat(tmp_path) as model:
        model.server.enqueue(error_inside, say("never"))
        answer = await model.answer()
        assert (code(answer), len(model.server.seen)) == ("overloaded", 1)
        assert answer.error is not None
        assert "the GPU is on fire" in answer.error.message


async def test_backoff_doubles_up_to_its_longest() -> None:
    retry = Retry()
    assert [retry.wait(tried, None) for tried in (1, 2, 3, 4)] == [1, 2, 4, None]
    assert Retry(tries=9).wait(8, None) == 30
    assert (retry.wait(1, 7.5), retry.wait(1, 0), retry.wait(1, 61)) == (7.5, 0, None)


async def test_what_a_server_drips_counts_as_a_sign_of_it() -> None:
    async def drip(wire: Wire) -> None:
        await wire.begin()
        for _ in range(6):
            await wire.chunk(b": working\n\n")
            await asyncio.sleep(0.1)
        await wire.event(chunk({"content": "done"}))
        await wire.event(chunk({}, "stop"))
        await wire.end()

    async with scripted_server() as server:
        server.enqueue(drip)
        slow = settings(f"{server.url}/v1", timeout=0.4)
        told = await tell(ModelAssistant("oracle", slow, QUICK), turn())
    assert (told.error, told.text) == (None, "done")
