"""The same answers from a real server that has no model any more; the page's examples run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyterprocess import JupyterProcess, running
from modelserver import KEY, MODEL, model_server
from test_readme import request

PAGE = (Path(__file__).parent.parent / "docs" / "replay.md").read_text(encoding="utf-8")
CURLS = [each for each in re.findall(r"^```bash\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE) if each.startswith("curl")]  # noqa: E501  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def first(home: Path) -> list[str]:
    """What a model says in a run that has one."""
    with model_server(home) as model:
        settings = {"base_url": model.base_url, "key_env": "LAB_KEY", "model": MODEL}
        option = f"--ChatcoreApp.models={json.dumps({'lab': settings})}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LAB_KEY", KEY)
            with running(home, "server", option) as server:
                server.call("PUT", "chatcore/sessions/report", {"assistant": "lab"})
                return run(server, True)


@pytest.fixture(scope="module")
def server(home: Path, first: list[str]) -> Iterator[JupyterProcess]:
    """The same chats, where neither the model nor its configuration is left."""
    with running(home, "server") as server:
        yield server


def run(server: JupyterProcess, replay: Any) -> list[str]:
    """What a program's two questions are answered, as it begins anew."""
    one = streamed(server, {"text": "How do I group?", "parent": 0, "replay": replay})
    two = streamed(server, {"text": "And then?", "replay": replay})
    return [words(one), words(two)]


def streamed(server: JupyterProcess, body: dict[str, Any]) -> dict[str, Any]:
    """The answer as the stream's end has it."""
    asked = server.http.post("chatcore/chat/report", json=body)
    final: dict[str, Any] = json.loads(asked.text.strip().rpartition("data: ")[2])
    return final


def words(answer: dict[str, Any]) -> str:
    assert answer["status"] == "done", answer
    return "".join(part["text"] for part in answer["parts"] if part["type"] == "text")


def test_run_again_without_the_model(server: JupyterProcess, first: list[str]) -> None:
    assert all(first)
    assert run(server, "only") == run(server, True) == first


def test_what_was_never_asked(server: JupyterProcess) -> None:
    answer = streamed(server, {"text": "something else", "replay": "only"})
    assert answer["code"] == "replay_missed"


def test_the_page(server: JupyterProcess) -> None:
    codes = []
    for curl in CURLS:
        answer = request(curl, server)
        assert answer.is_success, answer.text
        codes.append("replay_missed" in answer.text)
    assert codes == [False, False, True]
