"""Functions of real kernels answer the chats of a real server."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, running, wait_for
from kernels import opened, run

from jupyter_chatcore.calls import SentTurn

DOCS = Path(__file__).resolve().parent.parent / "docs" / "functions.md"
DEFINE = "from jupyter_chatcore import assistant"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    with (
        pytest.MonkeyPatch.context() as patch,
        running(tmp_path_factory.mktemp("server"), "server") as process,
    ):
        patch.chdir(process.root)
        yield process


@pytest.fixture(scope="module")
def kernel(server: JupyterProcess) -> Iterator[BlockingKernelClient]:
    with opened(server, "analysis.ipynb") as client:
        run(client, DEFINE)
        yield client


def asked(server: JupyterProcess, name: str, text: str = "hello") -> Callable[[], dict[str, Any]]:
    """Ask a chat of this name's own; gives its newest answer as it is by then."""
    server.call("PUT", f"chatcore/sessions/{name}", {"assistant": name})
    reply = server.post(name, text)["reply"]
    return lambda: dict(server.call("GET", f"chatcore/chat/{name}/messages/{reply}"))


def answer(server: JupyterProcess, name: str, text: str = "hello") -> dict[str, Any]:
    """The whole answer."""
    return ended(asked(server, name, text))


def ended(reply: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """An answer after its end."""
    wait_for("the end of the answer", lambda: reply()["status"] != "streaming")
    return reply()


def words(reply: dict[str, Any]) -> str:
    return "".join(part.get("text", "") for part in reply["parts"])


def said(reply: Callable[[], dict[str, Any]]) -> str:
    """What an answer says by now."""
    return words(reply())


def listed(server: JupyterProcess, name: str) -> dict[str, Any]:
    """What the list of assistants tells of one."""
    assistants = server.call("GET", "chatcore/assistants")["assistants"]
    return next((each for each in assistants if each["name"] == name), {})


def failure(kernel: BlockingKernelClient, source: str) -> tuple[str, str]:
    """The exception that a cell ends with: its type and its text."""
    content = kernel.execute_interactive(source, output_hook=lambda _: None, timeout=60)["content"]
    return content["ename"], content["evalue"]


def test_a_generator_answers_and_sees_the_history(
    server: JupyterProcess, kernel: BlockingKernelClient
) -> None:
    source = """
    @assistant("my-bot", title="My bot")
    def my_bot(turn):
        '''Counts what was said.

        And more.
        '''
        yield f"{len(turn.history)} before "
        yield turn.text.upper()

    my_bot.__name__
    """
    [shown] = run(kernel, source)
    assert shown["data"]["text/plain"] == "'my_bot'"
    told = {"name": "my-bot", "title": "My bot", "description": "Counts what was said."}
    assert listed(server, "my-bot") == told
    assert words(answer(server, "my-bot", "one")) == "0 before ONE"
    second = answer(server, "my-bot", "two")
    assert words(second) == "2 before TWO"
    assert second["author"] == {"username": "my-bot", "name": "My bot"}


def test_what_a_function_may_be_and_say(
    server: JupyterProcess, kernel: BlockingKernelClient
) -> None:
    source = """
    import asyncio
    from jupyter_chatcore.parts import OutputPart, ReasoningPart
    from jupyter_chatcore.protocol import Usage

    assistant("kind-plain")(lambda turn: "plain " + turn.session.id)
    assistant("kind-list")(lambda turn: ["a", "b", OutputPart(data={"text/plain": "c"})])
    assistant("kind-nothing")(lambda turn: None)

    @assistant("kind-async")
    async def later(turn):
        await asyncio.sleep(0)
        return "awaited"

    @assistant("kind-stream")
    async def stream(turn):
        yield ReasoningPart(text="hm")
        for letter in "xyz":
            await asyncio.sleep(0)
            yield letter
        yield Usage(input_tokens=3)

    class Picture:
        def _repr_png_(self):
            return bytes([1, 2])

    assistant("kind-shown")(lambda turn: [Picture()])

    class Bot:
        def reply(self, turn):
            yield "bound"

    assistant("kind-method")(Bot().reply)
    """
    run(kernel, source)
    assert words(answer(server, "kind-plain")) == "plain kind-plain"
    parts = answer(server, "kind-list")["parts"]
    assert parts == [
        {"type": "text", "text": "ab"},
        {"type": "output", "data": {"text/plain": "c"}},
    ]
    [shown] = answer(server, "kind-shown")["parts"]
    assert shown["data"]["image/png"].strip() == "AQI="
    nothing = answer(server, "kind-nothing")
    assert (nothing["status"], nothing["parts"]) == ("done", [])
    assert words(answer(server, "kind-async")) == "awaited"
    stream = answer(server, "kind-stream")
    assert [(part["type"], part["text"]) for part in stream["parts"]] == [
        ("reasoning", "hm"),
        ("text", "xyz"),
    ]
    assert stream["usage"]["input_tokens"] == 3
    assert words(answer(server, "kind-method")) == "bound"


def test_an_exception_is_told_with_where_it_was(
    server: JupyterProcess, kernel: BlockingKernelClient
) -> None:
    source = """
    import os
    os.environ["OTHER_API_KEY"] = "verysecretvalue"

    def look_up(word):
        raise LookupError(f"no {word}: {os.environ['OTHER_API_KEY']} sk-a1b2c3d4e5f6g7h8i9j0k1")

    @assistant("failing")
    def failing(turn):
        yield "so far"
        look_up(turn.text)
    """
    run(kernel, source)
    failed = answer(server, "failing", "thing")
    assert (failed["status"], words(failed)) == ("failed", "so far")
    assert failed["error"]["code"] == "function_failed"
    first, *trace = failed["error"]["message"].splitlines()
    assert first == "LookupError: no thing: [hidden] [hidden]"
    assert trace[0].endswith("in failing")
    assert trace[0].startswith("  Cell In[")
    assert trace[1] == "    look_up(turn.text)"
    assert trace[2].endswith("in look_up")
    assert len(trace) == 4


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ("yield 3", "this is a int"),
        ("yield None", "this is a NoneType"),
        ("yield OutputPart(data={'x': object()})", "type object is unsupported"),
        ("yield OutputPart(data=3)", "Expected `object`, got `int`"),
        ("yield 'x' * 17 * 2**20", "at most 16 MiB"),
        ("yield ''; f(f)", "RecursionError: "),
        ("yield ''; raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_what_cannot_be_said_is_told(
    server: JupyterProcess, kernel: BlockingKernelClient, says: str, told: str
) -> None:
    run(
        kernel,
        f"""
        from jupyter_chatcore.parts import OutputPart
        def f(g): return g(g)
        @assistant("odd")
        def odd(turn):
            {says}
        """,
    )
    failed = answer(server, "odd")
    assert failed["status"] == "failed"
    assert told in failed["error"]["message"]
    assert len(failed["error"]["message"]) < 2500


def test_a_long_cell_blocks_nothing(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    run(kernel, "@assistant('meanwhile')\ndef meanwhile(turn):\n    yield 'here'\n")
    kernel.execute(
        "import pathlib, time\npathlib.Path('busy').touch()\n"
        "while pathlib.Path('busy').exists(): time.sleep(0.01)\n"
        "done = True"
    )
    busy = server.root / "busy"
    wait_for("the long cell", busy.exists)
    assert words(answer(server, "meanwhile")) == "here"
    assert busy.exists()
    busy.unlink()
    assert run(kernel, "done")[0]["data"]["text/plain"] == "True"


def test_what_is_printed_goes_to_the_cell_that_defined_it(
    server: JupyterProcess, kernel: BlockingKernelClient
) -> None:
    cell = kernel.execute(
        "@assistant('printing')\ndef printing(turn):\n    print('seen', turn.text)\n    yield 'x'"
    )
    kernel.get_shell_msg(timeout=30)
    run(kernel, "other = 1")
    answer(server, "printing", "this")
    parents = set[str]()
    while not parents:
        message = kernel.get_iopub_msg(timeout=30)
        if message["msg_type"] == "stream":
            assert message["content"]["text"].strip() == "seen this"
            parents.add(message["parent_header"]["msg_id"])
    assert parents == {cell}


def test_a_stop_reaches_the_function(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    source = """
    import itertools, threading
    stopped = []
    @assistant("stop-generator")
    def generator(turn):
        try:
            for number in itertools.count():
                yield f"{number} "
        except GeneratorExit:
            pathlib.Path("stopped-generator").touch()
            raise

    @assistant("stop-async")
    async def waiting(turn):
        yield "waiting"
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pathlib.Path("stopped-async").touch()
            raise

    @assistant("stop-plain")
    def plain(turn):
        pathlib.Path("plain").touch()
        go_on.wait()
        pathlib.Path("stopped-plain").touch()
        return "too late"

    go_on = threading.Event()
    """
    run(kernel, f"import asyncio, pathlib\n{DEFINE}")
    run(kernel, source)
    for kind in ("generator", "async", "plain"):
        reply = asked(server, f"stop-{kind}")
        if kind == "plain":
            wait_for("the call", (server.root / "plain").exists)
        else:
            wait_for("some text", partial(said, reply))
        at = f"chatcore/chat/stop-{kind}/messages/{reply()['id']}/stop"
        kept = server.call("POST", at)
        assert kept["status"] == "cancelled"
        if kind == "plain":
            run(kernel, "go_on.set()")
        wait_for("the function's end", (server.root / f"stopped-{kind}").exists)
        assert reply() == kept


def test_defining_it_again_replaces_it(
    server: JupyterProcess, kernel: BlockingKernelClient
) -> None:
    for version in ("one", "two"):
        source = f"@assistant('changing', title='{version}')\ndef f(turn):\n    return '{version}'"
        run(kernel, source)
        assert listed(server, "changing")["title"] == version
        assert words(answer(server, "changing")) == version


def test_names_that_cannot_be(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    kind, text = failure(kernel, "assistant('builtin')(lambda turn: 'me')")
    assert kind == "Conflict"
    assert text == "This server has an assistant 'builtin' already. Give yours another name."
    assert listed(server, "builtin")["title"] == "Jupyter Guide"
    for name in ("", "my bot", "a/b", "x" * 65, 3):
        kind, text = failure(kernel, f"assistant({name!r})")
        assert (kind, "64 of the characters" in text) == ("ValueError", True)
    assert failure(kernel, "assistant(print)") == (
        "TypeError",
        'give it a name: @assistant("my-bot")',
    )


def test_the_newest_of_two_kernels_answers(
    server: JupyterProcess, kernel: BlockingKernelClient
) -> None:
    define = "@assistant('shared')\ndef shared(turn):\n    return '{}'"
    cell = kernel.execute(define.format("older"))
    kernel.get_shell_msg(timeout=30)
    with opened(server, "other.ipynb") as other:
        run(other, DEFINE)
        run(other, define.format("newer"))
        assert words(answer(server, "shared")) == "newer"
        while (message := kernel.get_iopub_msg(timeout=30))["msg_type"] != "stream":
            pass
        assert message["parent_header"]["msg_id"] == cell
        told = "in the kernel of other.ipynb, which answers as it from now on."
        assert told in message["content"]["text"]
    reason = "The kernel of other.ipynb that answered as 'shared' is gone."
    assert listed(server, "shared")["reason"].startswith(reason)
    run(kernel, define.format("older again"))
    assert words(answer(server, "shared")) == "older again"


def test_a_killed_kernel_is_told_in_a_plain_word(server: JupyterProcess) -> None:
    source = """
    import os, threading
    from jupyter_chatcore import assistant
    @assistant("mortal")
    def mortal(turn):
        yield str(os.getpid())
        threading.Event().wait()
    """
    gone = (
        "The kernel of mortal.ipynb that answered as 'mortal' is gone."
        " Run the cell that defines it again."
    )
    with opened(server, "mortal.ipynb") as kernel:
        run(kernel, source)
        reply = asked(server, "mortal")
        wait_for("some text", partial(said, reply))
        os.kill(int(words(reply())), signal.SIGKILL)
        failed = ended(reply)
        assert failed["status"] == "failed"
        assert failed["error"] == {"code": "function_gone", "message": gone}
        assert words(failed)
        info = listed(server, "mortal")
        assert (info["state"], info["reason"]) == ("unreachable", gone)
        assert answer(server, "mortal")["error"]["message"] == gone
        assert len(server.messages("mortal")) == 4


def test_many_calls_at_once(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    source = """
    together = threading.Barrier(8)
    @assistant("crowd")
    def crowd(turn):
        together.wait(30)
        for number in range(2000):
            yield f"{number} "
    """
    run(kernel, "import threading")
    run(kernel, source)
    chats = [f"crowd-{number}" for number in range(8)]
    ids = {}
    for chat in chats:
        server.call("PUT", f"chatcore/sessions/{chat}", {"assistant": "crowd"})
        ids[chat] = server.post(chat, "go")["reply"]
    wanted = "".join(f"{number} " for number in range(2000))
    for chat in chats:
        path = f"chatcore/chat/{chat}/messages/{ids[chat]}"
        assert words(ended(partial(server.call, "GET", path))) == wanted


def test_it_reads_what_is_attached(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    source = """
    import asyncio
    from jupyter_chatcore.parts import FilePart

    @assistant("reader-async")
    async def reader(turn):
        for part in turn.context:
            yield (await turn.read(part)).decode()

    @assistant("reader")
    def reader(turn):
        for part in turn.context:
            yield asyncio.run(turn.read(part)).decode()
        asyncio.run(turn.read(FilePart(name="x", mime="text/csv", url="api/me", size=1)))
    """
    run(kernel, source)
    for name in ("reader", "reader-async"):
        path = f"chatcore/sessions/{name}"
        server.call("PUT", path, {"assistant": name})
        path = f"chatcore/chat/{name}/files?name=a.csv"
        kept = server.call("POST", path, headers={"Content-Type": "text/csv"}, content=b"1,2")
        json_only = {"Accept": "application/json"}
        path = f"chatcore/chat/{name}"
        reply = server.call("POST", path, {"parts": [kept]}, headers=json_only)["reply"]
        done = ended(partial(server.call, "GET", f"chatcore/chat/{name}/messages/{reply}"))
        assert words(done) == "1,2"
        error = done.get("error", {}).get("message", "")
        assert error.startswith("NotFound: The file 'x' is not kept") is (name == "reader")


def test_what_the_page_in_docs_shows(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    page = DOCS.read_text(encoding="utf-8")
    for block in re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        run(kernel, block)
    assert words(answer(server, "my-bot", "say it again")) == "say it again "
    assert words(answer(server, "counter", "And?")).startswith("This is question 1 of 'And?'")
    kinds = [part["type"] for part in answer(server, "thinker")["parts"]]
    assert kinds == ["reasoning", "text", "output", "output"]
    table = page.partition("## What it is given")[2].partition("## What it may be")[0]
    fields = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert fields == {"text", "read", *SentTurn.__struct_fields__} - {"reply"}


def test_no_token_is_in_a_message(server: JupyterProcess, kernel: BlockingKernelClient) -> None:
    shown = run(kernel, "import jupyter_chatcore.functions.define as d; str(vars(d))")
    assert server.token not in json.dumps(shown)
    assert server.token not in Path(server.home / "server.log").read_text(encoding="utf-8")
