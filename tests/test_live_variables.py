"""The keyless assistant looks into real kernels of a real server, and disturbs none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, running, wait_for
from kernelrunning import BASH, write_kernelspec
from kernels import opened, run

KEY = "sk-proj-Zq81LmQz07XwBv55"
FRAME = """
import os, time
import numpy as np
import pandas as pd
df = pd.DataFrame({"price": np.arange(10_000_000), "half": np.arange(10_000_000) / 2})
"""
HOSTILE = """
class Raises:
    def __repr__(self): raise RuntimeError("no")
class Blocks:
    def __repr__(self):
        while True: time.sleep(1)
    __len__ = __repr__
class Huge:
    def __repr__(self): return "x" * 10**9
    def __getattr__(self, name): raise SystemExit
raises, blocks, huge = Raises(), Blocks(), Huge()
all_three = [raises, blocks, huge]
password = client_name = "not for you"
settings = {"api_key": "not for you", "environment": dict(os.environ)}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    """A server with a key, a list of names to hide, and a kernel of another language."""
    home = tmp_path_factory.mktemp("server")
    write_kernelspec(home / "more", "bash", BASH, "bash")
    known = os.environ.get("JUPYTER_PATH")
    options = ["--ChatcoreApp.hidden_variables=client_*"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", os.pathsep.join(filter(None, [str(home / "more"), known])))
        patch.setenv("OPENAI_API_KEY", KEY)
        with running(home, "server", *options) as process:
            yield process


Ask = Callable[[str], str]


@pytest.fixture
def ask(server: JupyterProcess, request: pytest.FixtureRequest) -> Ask:
    """Asks the built-in assistant in a chat of the notebook `n.ipynb`; the answer's text."""
    chat = request.node.name.replace("_", "-")[:60]
    body = {"assistant": "builtin", "notebook": "n.ipynb"}
    server.call("PUT", f"chatcore/sessions/{chat}", body)

    def asked(text: str) -> str:
        posted = server.post(chat, text)
        path = f"chatcore/chat/{chat}/messages/{posted['reply']}"

        def ended() -> Any:
            message = server.call("GET", path)
            return message if message["status"] != "streaming" else None

        answer = wait_for("the answer", ended, 60)
        assert answer["status"] == "done", answer
        return "".join(part["text"] for part in answer["parts"])

    return asked


def started(kernel: BlockingKernelClient, source: str) -> None:
    """A cell is running."""
    sent = kernel.execute(source)
    while True:
        message = kernel.get_iopub_msg(timeout=30)
        begun = message["msg_type"] == "execute_input"
        if begun and message["parent_header"].get("msg_id") == sent:
            return


def test_variables_are_read_while_a_cell_runs(
    server: JupyterProcess, ask: Ask, tmp_path: Path
) -> None:
    server.write_notebook("n.ipynb", FRAME)
    go = tmp_path / "go"
    with opened(server, "n.ipynb") as kernel:
        run(kernel, FRAME + HOSTILE)
        started(kernel, f"while not os.path.exists({str(go)!r}): time.sleep(0.05)")
        listed = ask("/vars")
        assert "| `df` | `pandas.DataFrame` | 10,000,000 x 2 |" in listed
        assert "password" not in listed
        assert "client_name" not in listed
        assert "price: int64" in ask("/describe df")
        assert "[<Raises>, <Blocks>, <Huge>]" in ask("/describe all_three")
        for name in ("raises", "blocks", "huge"):
            assert f"<{name.capitalize()}>" in ask(f"/describe {name}")
        for name in ("password", "client_name", "missing"):
            assert f"There is no variable '{name}'" in ask(f"/describe {name}")
        assert "not for you" not in ask("/describe settings")
        go.touch()
        [shown] = run(kernel, "print(len(In), _oh)")
        assert shown["text"] == "4 {}\n"


def test_a_secret_of_the_server_is_hidden(server: JupyterProcess, ask: Ask) -> None:
    server.write_notebook("n.ipynb", "1")
    with opened(server, "n.ipynb") as kernel:
        [shown] = run(kernel, "import os; mine = ['a', os.environ['OPENAI_API_KEY']]; print(mine)")
        assert "['a', '[hidden]']" in ask("/describe mine")
    cell = {"type": "cell", "path": "n.ipynb", "cell_id": "a", "cell_type": "code", "source": "x"}
    body = {"parts": [{"type": "text", "text": "/help"}, {**cell, "outputs": [shown]}]}
    server.call("PUT", "chatcore/sessions/shown", {"assistant": "builtin"})
    server.call("POST", "chatcore/chat/shown", body, headers={"Accept": "application/json"})
    server.call("POST", "chatcore/chat/shown/messages", {"text": f"my key is {KEY}"})
    question, _, noted = server.messages("shown")
    assert question["parts"][1]["outputs"][0]["text"] == "['a', '[hidden]']\n"
    assert noted["parts"] == [{"type": "text", "text": "my key is [hidden]"}]
    files = [path for path in server.home.rglob("chats.sqlite*") if path.is_file()]
    assert files
    assert not any(KEY.encode() in path.read_bytes() for path in files)


def test_a_kernel_that_is_gone_is_told_in_words(server: JupyterProcess, ask: Ask) -> None:
    server.write_notebook("n.ipynb", "1")
    assert ask("/vars").startswith("No kernel runs for 'n.ipynb'")
    with opened(server, "n.ipynb") as kernel:
        run(kernel, "n = 7")
        assert "| `n` | `int` |" in ask("/vars")
        kernel.execute("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        wait_for("its end", lambda: "| `n` |" not in ask("/vars"))
        # the server starts it again by itself
        wait_for("the new kernel", lambda: "has no variables yet" in ask("/vars"), 60)


def test_a_kernel_of_another_language_says_so(server: JupyterProcess, ask: Ask) -> None:
    server.write_notebook("n.ipynb", "x=1")
    kernel = {"name": "bash"}
    body = {"path": "n.ipynb", "name": "n.ipynb", "type": "notebook", "kernel": kernel}
    session = server.call("POST", "api/sessions", body)
    assert ask("/vars").startswith("This is a bash kernel")
    assert ask("/describe x").startswith("This is a bash kernel")
    server.call("DELETE", f"api/sessions/{session['id']}")
