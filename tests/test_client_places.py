"""The server is found wherever it is: from its kernels, and from scripts beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from client_servers import OnSocket, address_of, behind_https, hub_user, started
from jupyterprocess import JupyterProcess
from kernels import opened, run

from jupyter_chatcore.client.chat import PlainChat
from jupyter_chatcore.client.errors import NoServer

ASK = """\
from jupyter_chatcore import Chat

chat = Chat({name!r}, assistant="scripted")
reply = chat.ask("stream 3 5ms", stream=False)
assert reply.text == "w0 w1 w2 ", reply
assert chat.regenerate(stream=False).text == reply.text
print(len(chat))
"""


def https(home: Path) -> AbstractContextManager[JupyterProcess]:
    return started(behind_https(home))


def unix_socket(home: Path) -> AbstractContextManager[JupyterProcess]:
    return started(OnSocket(home))


@pytest.fixture(
    scope="module", params=[https, unix_socket, hub_user], ids=lambda kind: kind.__name__
)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JupyterProcess]:
    with request.param(tmp_path_factory.mktemp("s")) as process:
        yield process


def test_a_kernel_finds_its_server(server: JupyterProcess) -> None:
    server.write_notebook("work.ipynb")
    with opened(server, "work.ipynb") as kernel:
        [printed] = run(kernel, ASK.format(name="from-a-kernel"))
    assert printed["text"] == "2\n"
    assert server.call("GET", "chatcore/sessions/from-a-kernel")["count"] == 2


def test_a_script_finds_the_server_of_its_folder(server: JupyterProcess) -> None:
    folder = server.root / "scripts"
    folder.mkdir()
    printed = python(ASK.format(name="from-a-script"), folder, server.environment())
    assert printed == "2\n"


def test_the_server_is_named(server: JupyterProcess) -> None:
    url = f"{address_of(server)}?token={server.token}"
    chat = PlainChat("named", assistant="scripted", url=url)
    assert chat.ask("hello").text == "You said: hello"
    assert server.call("GET", "chatcore/sessions/named")["count"] == 2


def python(code: str, folder: Path, environment: dict[str, str]) -> str:
    """What a fresh interpreter prints, in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_environment_names_it(
    server: JupyterProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CHATCORE_SERVER_URL", address_of(server))
    monkeypatch.setenv("CHATCORE_SERVER_TOKEN", server.token)
    monkeypatch.chdir(tmp_path)
    assert PlainChat("env", assistant="scripted").ask("hello").ok


def test_where_there_is_none_it_says_what_was_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in [name for name in os.environ if name.startswith(("JPY_", "JUPYTER", "CHATCORE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoServer) as none:
        PlainChat("ideas").ask("hello")
    for tried in ("CHATCORE_SERVER_URL", "JPY_PARENT_PID", "JUPYTERHUB", str(tmp_path), "url="):
        assert tried in str(none.value)
