"""Functions of real kernels beside long cells, stops, other kernels and their kernel's end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest
from functions_asking import DEFINE, answer, asked, ended, failure, listed, said, serving, words
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, wait_for
from kernels import opened, run


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    with serving(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def kernel(server: JupyterProcess) -> Iterator[BlockingKernelClient]:
    with opened(server, "analysis.ipynb") as client:
        run(client, DEFINE)
        yield client


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
