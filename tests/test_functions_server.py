"""What the server makes of kernels that offer functions, whatever they say."""

from __future__ import annotations

import asyncio
import contextvars
import json
import threading
import traceback
from pathlib import Path
from typing import Any

import msgspec
import pytest
from serving import Served, Socket
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket

from jupyter_chatcore.assistants.base import Turn
from jupyter_chatcore.assistants.functions import (
    MAX_GONE,
    MAX_HISTORY,
    Functions,
    KernelLine,
    sent,
)
from jupyter_chatcore.assistants.registry import Registry
from jupyter_chatcore.calls import Call, Ended, Function, Offer, Said, Taken, ToKernel, Told
from jupyter_chatcore.client.errors import NoServer, Refused, Unreachable
from jupyter_chatcore.client.finding import Address
from jupyter_chatcore.client.secret import Secret
from jupyter_chatcore.functions.line import Line
from jupyter_chatcore.functions.outbox import LineClosed, Outbox
from jupyter_chatcore.functions.runs import Defined
from jupyter_chatcore.functions.wire import connect
from jupyter_chatcore.parts import NoticePart, TextPart
from jupyter_chatcore.protocol import Message, Session, Usage


class Kernel:
    """A kernel's end of the socket, in the test's hand."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket

    async def say(self, **message: Any) -> None:
        await self.socket.connection.write_message(json.dumps(message))

    async def next(self) -> ToKernel | None:
        async with asyncio.timeout(15):
            frame = await self.socket.connection.read_message()
        return None if frame is None else msgspec.json.decode(frame, type=ToKernel)

    async def offer(self, *names: str, defined: float = 1.0) -> ToKernel | None:
        functions = [{"name": name, "defined": defined} for name in names]
        await self.say(type="offer", id=1, functions=functions, notebook="a.ipynb")
        return await self.next()


async def kernel(served: Served) -> Kernel:
    return Kernel(await served.socket("serve"))


async def state(served: Served, name: str) -> dict[str, Any]:
    listed = (await served.ask("GET", "assistants")).json()["assistants"]
    return next((each for each in listed if each["name"] == name), {})


@pytest.mark.parametrize(
    "word",
    [
        "no JSON",
        "[]",
        '{"type": "call", "id": 1}',
        '{"type": "offer", "id": 1, "functions": [{"name": "a b", "defined": 1}]}',
        '{"type": "said", "call": 1, "items": [{"type": "text", "text": 3}]}',
        '{"type": "said", "call": 1, "more": 2}',
    ],
)
async def test_who_says_something_else_is_shown_out(served: Served, word: str) -> None:
    talker = await kernel(served)
    await talker.socket.connection.write_message(word)
    assert await talker.next() is None
    assert talker.socket.code == 4400


async def test_words_to_no_call_are_heard_by_nobody(served: Served) -> None:
    talker = await kernel(served)
    await talker.say(type="said", call=99, items=["hello"])
    await talker.say(type="ended", call=99)
    assert await talker.offer("later") == Told(id=1)


async def test_an_older_definition_is_refused_while_the_newer_answers(served: Served) -> None:
    new, old = await kernel(served), await kernel(served)
    assert await new.offer("bot", defined=2.0) == Told(id=1)
    refused = await old.offer("bot", defined=1.0)
    assert isinstance(refused, Told)
    assert "in the kernel of a.ipynb, which answers" in refused.refused["bot"]
    new.socket.close()
    assert await new.next() is None
    assert await old.offer("bot", defined=1.0) == Told(id=1)
    assert await state(served, "bot") == {"name": "bot", "title": "bot"}


async def test_a_newer_definition_is_told_to_the_older_kernel(served: Served) -> None:
    old, new = await kernel(served), await kernel(served)
    await old.offer("bot", defined=1.0)
    assert await new.offer("bot", defined=2.0) == Told(id=1)
    taken = await old.next()
    assert isinstance(taken, Taken)
    assert taken.name == "bot"


async def test_a_call_is_answered_and_cancelled(served: Served) -> None:
    talker = await kernel(served)
    await talker.offer("bot")
    await served.ask("PUT", "sessions/chat", {"assistant": "bot"})
    posted = await served.posted("chat", "Hi")
    call = await talker.next()
    assert isinstance(call, Call)
    assert (call.name, call.turn.reply, call.turn.history) == ("bot", posted["reply"], [])
    await talker.say(type="said", call=call.id, items=["one", " two"])
    await served.shown("chat", posted["reply"], lambda message: bool(message.parts))
    await served.ask("POST", f"chat/chat/messages/{posted['reply']}/stop")
    assert msgspec.to_builtins(await talker.next()) == {"type": "cancel", "call": call.id}
    ended = await served.ended("chat", posted["reply"])
    assert (ended.status, ended.parts) == ("cancelled", [TextPart(text="one two")])


def message(number: int, size: int) -> Message:
    return Message(
        id=number,
        seq=number,
        session="chat",
        role="user",
        status="done",
        created="2026-01-01T00:00:00Z",
        parts=[TextPart(text="x" * size)],
    )


def test_the_newest_of_a_long_history_is_sent() -> None:
    session = Session(id="chat", birth=1, seq=1, active=1, title="", created="", updated="")
    history = tuple(message(number, MAX_HISTORY // 3) for number in range(1, 6))
    turn = sent(Turn(session=session, history=history, prompt=message(6, 1), reply=7, omitted=2))
    assert [each.id for each in turn.history] == [4, 5]
    assert turn.omitted == 5


@pytest.mark.asyncio
async def test_only_so_many_that_are_gone_are_remembered() -> None:
    registry = Registry()
    functions = Functions(registry)
    for number in range(MAX_GONE + 5):
        line = KernelLine()
        function = Function(name=f"f{number}", defined=1.0)
        await functions.offer(line, Offer(id=1, functions=[function]))
        line.close()
        functions.tidy()
    known = {each.name for each in await registry.list() if each.name.startswith("f")}
    assert known == {f"f{number}" for number in range(5, MAX_GONE + 5)}


async def test_over_a_prefix_and_over_a_unix_socket(
    served: Served, http_server: HTTPServer, tmp_path: Path
) -> None:
    root = served.url.removesuffix("chatcore/")
    http_server.add_socket(bind_unix_socket(str(tmp_path / "s")))
    token = Secret(served.token)
    local = f"http://localhost/{root.split('/', 3)[3]}"
    for way in (Address(root, token), Address(local, token, str(tmp_path / "s"))):
        line = Line(await asyncio.to_thread(connect, way), {}, lambda name, why: None)
        running = asyncio.create_task(asyncio.to_thread(line.run))
        assert await asyncio.to_thread(line.offer, [defined("near")], "", 15.0) == {}
        assert "state" not in await state(served, "near")
        line.close()
        await running
        await gone(served, "near")


def defined(name: str) -> Defined:
    return Defined(name, str, contextvars.copy_context(), 1.0, "", "")


async def gone(served: Served, name: str) -> None:
    async with asyncio.timeout(15):
        while (await state(served, name)).get("state") != "unreachable":
            await asyncio.sleep(0.01)


async def test_who_is_not_let_in_is_told_why(served: Served) -> None:
    root = served.url.removesuffix("chatcore/")
    ways = {
        Address(root, Secret("wrong")): (Refused, "lets nobody in with this token"),
        Address(f"{root}nothing/", Secret(served.token)): (NoServer, "has no jupyter_chatcore"),
        Address("http://127.0.0.1:9/"): (Unreachable, "does not answer (ConnectionRefusedError)"),
        Address("http://localhost/", socket="/no/such"): (Unreachable, "does not answer"),
    }
    for way, (kind, words) in ways.items():
        with pytest.raises(kind) as refused:
            await asyncio.to_thread(connect, way)
        assert words in str(refused.value)
        assert served.token not in "".join(traceback.format_exception(refused.value))


def test_an_answer_that_is_too_fast_waits_and_is_joined() -> None:
    outbox, part = Outbox(), NoticePart(name="n", text="t")
    for piece in ("a", "b", part, "c", "d", Usage(input_tokens=1), Usage(input_tokens=2)):
        outbox.say(1, piece, 1)
    outbox.say(2, "e", 2**20)
    outbox.put(Ended(call=1))
    waiting = threading.Thread(target=outbox.say, args=(2, "f", 1))
    waiting.start()
    assert outbox.take(0) == [
        Said(call=1, items=["ab", part, "cd"], usage=Usage(input_tokens=2)),
        Said(call=2, items=["e"]),
        Ended(call=1),
    ]
    waiting.join(15)
    assert outbox.take(0) == [Said(call=2, items=["f"])]
    assert outbox.take(0) == []
    outbox.close()
    with pytest.raises(LineClosed):
        outbox.put(Ended(call=2))
