"""What an answer outlasts: a lost network, a dead kernel, a server that restarts, an interrupt."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from client_running import Place
from jupyterprocess import JupyterProcess, wait_for
from kernels import opened, run
from proxy import proxied

from jupyter_chatcore.client.chat import PlainChat
from jupyter_chatcore.client.errors import ReplyFailed
from jupyter_chatcore.client.reply import Reply

LONG = "stream 100000 5ms"


def words(count: int) -> str:
    """What the scripted assistant says when it streams so many words."""
    return "".join(f"w{number} " for number in range(count))


def begun(reply: Reply) -> Reply:
    """A reply that has some text."""
    wait_for("the first words", lambda: reply.text)
    return reply


def test_a_lost_connection_costs_nothing(place: Place) -> None:
    with proxied(place.server.port) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/"
        chat = PlainChat("cut", assistant="scripted", url=url, token=place.server.token)
        reply = chat.stream("stream 80 20ms")
        pieces: list[str] = []
        for piece in reply:
            if len(pieces) % 5 == 0:
                proxy.cut()
            pieces.append(piece)
        assert "".join(pieces) == reply.text == words(80)
        proxy.cut()
        assert len(chat) == 2, "the question was stored once"


def test_a_server_that_restarts(place: Place) -> None:
    chat = place.chat()
    reply = begun(chat.stream(LONG))
    place.server.kill()
    place.server.start()
    with pytest.raises(ReplyFailed, match="cut off") as failed:
        reply.wait(60)
    assert failed.value.reply.status == "interrupted"
    assert words(1000).startswith(reply.text[:100])
    assert chat.messages()[-1].text == reply.text
    assert chat.ask("hello").text == "You said: hello"


def test_an_answer_that_ended_while_its_reader_was_away(place: Place) -> None:
    with proxied(place.server.port) as proxy:
        url = f"http://127.0.0.1:{proxy.port}/"
        chat = PlainChat("away", assistant="scripted", url=url, token=place.server.token)
        reply = begun(chat.stream("stream 30 20ms"))
        proxy.freeze()
        ended = place.chat("away")
        wait_for("its end", lambda: ended.messages()[-1].status == "done")
        assert reply.status == "streaming"
        proxy.cut()
        assert reply.wait(60).text == words(30)


def test_a_kernel_that_dies_leaves_its_answer_to_the_server(place: Place) -> None:
    server = place.server
    server.write_notebook("dies.ipynb")
    with opened(server, "dies.ipynb") as kernel:
        [printed] = run(kernel, "import os; print(os.getpid())")
        source = "from jupyter_chatcore import Chat\n"
        kernel.execute(f"{source}Chat('dies', assistant='scripted').ask('stream 60 30ms')")
        wait_for("the answer's beginning", lambda: _answer(server, "dies"))
        os.kill(int(printed["text"]), signal.SIGKILL)
        wait_for("the answer's end", lambda: _answer(server, "dies")["status"] == "done")
    assert _answer(server, "dies")["parts"] == [{"type": "text", "text": words(60)}]


def _answer(server: JupyterProcess, session: str) -> dict[str, object]:
    """The answer in a chat of one question, empty if there is none with a text yet."""
    page = server.http.get(f"chatcore/chat/{session}/messages").json()
    answers = [each for each in page.get("messages", []) if each["role"] == "assistant"]
    return answers[-1] if answers and answers[-1]["parts"] else {}


def test_sixty_four_threads_ask_at_once(place: Place) -> None:
    def ask(number: int) -> str:
        return place.chat(f"thread-{number % 16}").ask(f"say {number}").text

    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(ask, range(64))) == [str(number) for number in range(64)]
    assert len(place.chat("thread-0")) == 8


@contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    """The main thread gets a Ctrl+C after so long."""
    # who starts the tests in the background may have switched it off
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("seed", range(12))
def test_an_interrupt_at_any_moment_stops_the_answer(place: Place, seed: int) -> None:
    chat = place.chat()
    with pytest.raises(KeyboardInterrupt), interrupted(random.Random(seed).uniform(0.0, 0.12)):
        chat.ask(LONG)
    wait_for("its end", lambda: "streaming" not in [each.status for each in chat.messages()])
    left = chat.messages()
    assert [message.role for message in left] in ([], ["user", "assistant"])
    assert [message.status for message in left] in ([], ["done", "cancelled"])
    assert chat.ask("say on").text == "on"


def test_an_interrupt_of_a_kernel(place: Place) -> None:
    server = place.server
    server.write_notebook("stops.ipynb")
    with opened(server, "stops.ipynb") as kernel:
        run(kernel, "from jupyter_chatcore import Chat; chat = Chat('stops', assistant='scripted')")
        spins = f"for piece in chat.stream({LONG!r}):\n    while True: pass"
        for source in (f"chat.ask({LONG!r})", spins):
            asked = kernel.execute(source)
            wait_for("the answer", lambda: _answer(server, "stops").get("status") == "streaming")
            [session] = server.call("GET", "api/sessions")
            server.call("POST", f"api/kernels/{session['kernel']['id']}/interrupt")
            reply = kernel._recv_reply(asked, timeout=60)
            assert reply["content"]["ename"] == "KeyboardInterrupt"
            wait_for("its end", lambda: _answer(server, "stops")["status"] == "cancelled")


def test_a_cancelled_task_stops_the_answer(place: Place) -> None:
    chat = place.chat()

    async def work() -> None:
        task = asyncio.create_task(chat.aask(LONG))
        while not await asyncio.to_thread(lambda: [m for m in chat.messages() if m.parts][1:]):
            continue
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(work())
    wait_for("its end", lambda: chat.messages()[-1].status == "cancelled")


FORKS = """\
import os
from jupyter_chatcore.client.chat import PlainChat

chat = PlainChat("forks", assistant="scripted")
assert chat.ask("say before").text == "before"
child = os.fork()
if not child:
    os._exit(0 if chat.ask("say there").text == "there" else 1)
assert chat.ask("say here").text == "here"
assert os.waitpid(child, 0)[1] == 0
chat.stream("hold")  # whoever leaves does not wait for it
print(len(chat))
"""


def test_a_process_that_forks(place: Place) -> None:
    names = {"CHATCORE_SERVER_URL": place.server.url, "CHATCORE_SERVER_TOKEN": place.server.token}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS],
        env=os.environ | names,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    assert int(done.stdout) >= 6
    place.chat("forks").stop()


def test_nobody_needs_to_wait(place: Place) -> None:
    """A reply that nobody looks at is followed none the less."""
    reply = place.chat().stream("stream 5 5ms")
    wait_for("its end", lambda: reply.ok)
    assert reply.text == words(5)
