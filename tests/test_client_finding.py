"""Which server is meant, by what is in the environment and in Jupyter's runtime folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_chatcore.client.errors import NoServer
from jupyter_chatcore.client.finding import Address, address, find
from jupyter_chatcore.client.secret import Secret


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A runtime folder of the test's own, and an environment that says nothing of a server."""
    for name in [name for name in os.environ if name.startswith(("JPY_", "JUPYTER", "CHATCORE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    (tmp_path / "runtime").mkdir()
    (tmp_path / "work" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work" / "deep")
    return tmp_path / "runtime"


def write(runtime: Path, pid: int, **info: Any) -> None:
    """The file that a server leaves."""
    told = {"url": f"http://127.0.0.1:{pid % 60000}/", "token": "t", "pid": pid} | info
    (runtime / f"jpserver-{pid}.json").write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example:8888", Address("http://a.example:8888/")),
        ("https://a.example/x/?token=t", Address("https://a.example/x/", Secret("t"))),
        ("http://me:pass@a.example/", Address("http://a.example/")),
        ("http://0.0.0.0:8888/", Address("http://127.0.0.1:8888/")),
        ("http://[::]:8888/", Address("http://[::1]:8888/")),
        ("http://[::1]/", Address("http://[::1]/")),
        ("http+unix://%2Ftmp%2Fs/x/", Address("http://localhost/x/", Secret(""), "/tmp/s")),
    ],
)
def test_an_address(url: str, expected: Address) -> None:
    assert address(url) == expected


def test_a_token_that_is_given_stands_above_the_one_in_the_url() -> None:
    assert address("http://a.example/?token=u", Secret("t")).token == Secret("t")


@pytest.mark.parametrize("url", ["", "a.example", "ftp://a.example/", "http:///x"])
def test_no_address(url: str) -> None:
    with pytest.raises(ValueError, match="jupyter server list"):
        address(url)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("https://localhost:1/", True),
        ("https://127.9.9.9/", True),
        ("https://[::1]/", True),
        ("https://localhost.example/", False),
        ("https://10.0.0.1/", False),
        ("http+unix://%2Ftmp%2Fs/", True),
    ],
)
def test_what_is_on_this_machine(url: str, here: bool) -> None:
    assert address(url).is_here is here


def test_the_environment_comes_first(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(runtime, 1234)
    monkeypatch.setenv("JPY_PARENT_PID", "1234")
    monkeypatch.setenv("CHATCORE_SERVER_URL", "https://a.example/")
    monkeypatch.setenv("CHATCORE_SERVER_TOKEN", "mine")
    assert find() == Address("https://a.example/", Secret("mine"))
    assert find(Secret("other")).token == Secret("other")


def test_the_kernels_own_server(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(runtime, 1234, url="http+unix://%2Ftmp%2Fs/b/", sock="/tmp/s", base_url="/b/")
    monkeypatch.setenv("JPY_PARENT_PID", "1234")
    assert find() == Address("http://localhost/b/", Secret("t"), "/tmp/s")


def test_a_hub(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "hub")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", "http://0.0.0.0:99/user/ada/")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    assert find() == Address("http://127.0.0.1:99/user/ada/", Secret("hub"))
    write(runtime, 1234, url="http://127.0.0.1:98/user/ada/", token="")
    monkeypatch.setenv("JPY_PARENT_PID", "1234")
    assert find() == Address("http://127.0.0.1:98/user/ada/", Secret("hub"))


def test_the_nearest_running_server_whose_folder_this_is_in(runtime: Path, tmp_path: Path) -> None:
    alive = os.getpid()
    write(runtime, alive, root_dir=str(tmp_path), url="http://127.0.0.1:1/")
    (runtime / "jpserver-7.json").write_text("{ half", encoding="utf-8")
    assert find().url == "http://127.0.0.1:1/"
    write(runtime, os.getppid(), root_dir=str(tmp_path / "work"), url="http://127.0.0.1:2/")
    assert find().url == "http://127.0.0.1:2/"


def test_a_server_that_has_ended_or_is_elsewhere_is_none(runtime: Path, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write(runtime, ended.pid, root_dir=str(tmp_path))
    write(runtime, os.getpid(), root_dir=str(tmp_path / "elsewhere"))
    with pytest.raises(NoServer) as none:
        find()
    assert f"{tmp_path / 'elsewhere'}" in str(none.value)
    assert "token" not in str(none.value).replace('token="..."', "")
