"""The example plug-in, installed as a user does it, with a broken one beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyterprocess import JupyterProcess, running, wait_for

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "parrot"
BROKEN = "import a_package_that_nobody_has\n"


def broken(folder: Path) -> Path:
    """The sources of a plug-in that cannot be imported."""
    source = folder / "broken"
    source.mkdir()
    project = (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    (source / "pyproject.toml").write_text(project.replace("parrot", "broken"), encoding="utf-8")
    (source / "broken.py").write_text(BROKEN, encoding="utf-8")
    return source


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that both are installed into."""
    folder = tmp_path_factory.mktemp("site")
    sources = [str(EXAMPLE), str(broken(tmp_path_factory.mktemp("broken")))]
    # without dependencies: the one that they have is what is being tested here
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*command, str(folder), *sources], check=True, timeout=100)
    return folder


def path_with(site: Path) -> str:
    """The path of the server's Python, with what is installed there."""
    return os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="module")
def server(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path_with(site))
        with running(tmp_path_factory.mktemp("server"), "server") as process:
            yield process


def chat(server: JupyterProcess, name: str) -> str:
    """A chat that the parrot answers."""
    server.call("PUT", f"chatcore/sessions/{name}", {"assistant": "parrot"})
    return f"chatcore/chat/{name}"


def listed(server: JupyterProcess) -> dict[str, dict[str, Any]]:
    """Who can answer, by name."""
    found = server.call("GET", "chatcore/assistants")["assistants"]
    return {each["name"]: each for each in found}


def ended(server: JupyterProcess, session: str, mid: int) -> dict[str, Any]:
    """A message once it has ended."""
    path = f"chatcore/chat/{session}/messages/{mid}"
    shown: dict[str, Any] = wait_for("the answer", lambda: done(server.call("GET", path)))
    return shown


def done(message: dict[str, Any]) -> dict[str, Any] | None:
    return message if message["status"] != "streaming" else None


def awaiting(server: JupyterProcess, session: str, mid: int) -> tuple[int, dict[str, Any]] | None:
    """The part that asks for permission, and where it is."""
    parts = server.call("GET", f"chatcore/chat/{session}/messages/{mid}")["parts"]
    waits = [(i, part) for i, part in enumerate(parts) if part.get("status") == "awaiting"]
    return waits[0] if waits else None


def texts(message: dict[str, Any]) -> list[str]:
    """What it says."""
    return [part["text"] for part in message["parts"] if part["type"] == "text"]


def test_it_is_listed(server: JupyterProcess) -> None:
    parrot = listed(server)["parrot"]
    assert (parrot["title"], parrot.get("state", "ready")) == ("Parrot", "ready")


def test_it_streams_what_it_hears(server: JupyterProcess) -> None:
    answer = server.http.post(chat(server, "words"), json={"text": "Polly wants a cracker"})
    *changes, last = answer.text.strip().split("\n\n")
    final = json.loads(last.partition("data: ")[2])
    assert texts(final) == ["Polly wants a cracker "]
    assert len([change for change in changes if "text_append" in change]) > 1


@pytest.mark.parametrize(
    ("option", "says", "keeps"),
    [("allow", "Written down.", "the milk\n"), ("deny", "I forget it then.", None)],
)
def test_it_writes_what_it_may(
    server: JupyterProcess, option: str, says: str, keeps: str | None
) -> None:
    notes = server.root / "parrot.txt"
    notes.unlink(missing_ok=True)
    path = chat(server, option)
    mid = server.post(option, "remember the milk")["reply"]
    index, part = wait_for("the request", lambda: awaiting(server, option, mid))
    assert [each["id"] for each in part["approval"]["options"]] == ["allow", "deny"]
    assert part["output"] == [{"type": "diff", "path": "parrot.txt", "new": "the milk"}]
    assert not notes.exists()
    server.call("POST", f"{path}/messages/{mid}/parts/{index}/approval", {"option": option})
    final = ended(server, option, mid)
    assert (final["status"], texts(final)[-1]) == ("done", says)
    assert final["parts"][index]["status"] == ("done" if keeps else "denied")
    assert (notes.read_text(encoding="utf-8") if notes.exists() else None) == keeps


def test_it_stops_in_the_middle_of_a_sentence(server: JupyterProcess) -> None:
    path = chat(server, "long")
    mid = server.post("long", "and so on " * 1000)["reply"]
    message = f"{path}/messages/{mid}"
    wait_for("some words", lambda: texts(server.call("GET", message)))
    server.call("POST", f"{message}/stop")
    final = ended(server, "long", mid)
    assert final["status"] == "cancelled"
    assert 0 < len("".join(texts(final)).split()) < 3000


def test_it_says_what_it_lacks(server: JupyterProcess) -> None:
    chat(server, "silence")
    final = ended(server, "silence", server.post("silence", "   ")["reply"])
    assert final["error"] == {
        "code": "nothing_heard",
        "message": "The parrot heard no words: write some.",
    }


def test_the_broken_one_is_listed_with_its_reason_and_breaks_nothing(
    server: JupyterProcess,
) -> None:
    found = listed(server)
    assert found["broken"]["state"] == "broken"
    assert "No module named 'a_package_that_nobody_has'" in found["broken"]["reason"]
    assert {"builtin", "parrot", "local", "openai"} <= found.keys()
    server.call("PUT", "chatcore/sessions/guide", {"assistant": "builtin"})
    final = ended(server, "guide", server.post("guide", "hello")["reply"])
    assert final["status"] == "done"


def test_it_is_not_available_with_a_voice_that_it_has_not(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", path_with(site))
    monkeypatch.setenv("PARROT_VOICE", "hoarse")
    with running(tmp_path, "server") as process:
        parrot = listed(process)["parrot"]
        chat(process, "hoarse")
        final = ended(process, "hoarse", process.post("hoarse", "hello")["reply"])
    assert parrot["state"] == "not_configured"
    assert "PARROT_VOICE" in parrot["reason"]
    assert final["error"] == {"code": "not_configured", "message": parrot["reason"]}
