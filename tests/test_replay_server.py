"""The same answers from a real server that has no model any more; the page's examples run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyterprocess import JupyterProcess, running
from modelserver import KEY, MODEL, model_server
from nbclient import NotebookClient
from test_readme import request

PAGE = (Path(__file__).parent.parent / "docs" / "replay.md").read_text(encoding="utf-8")
CURLS = [each for each in re.findall(r"^```bash\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE) if each.startswith("curl")]  # noqa: E501  # fmt: skip


# two servers, a model and kernels: on a busy machine they take their time to start
pytestmark = pytest.mark.timeout(600)
NOTEBOOK = (
    "from jupyter_chatcore import Chat\nchat = Chat('notebook', assistant='lab')",
    "chat.ask('How do I group?')",
    "print(chat.ask('And then?', stream=False).text)",
)


@dataclass
class Run:
    """What a program, and a notebook, got from a server."""

    texts: list[str]
    outputs: list[Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def first(home: Path) -> Run:
    """What a model says in a run that has one."""
    with model_server(home) as model:
        settings = {"base_url": model.base_url, "key_env": "LAB_KEY", "model": MODEL}
        option = f"--ChatcoreApp.models={json.dumps({'lab': settings})}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LAB_KEY", KEY)
            with running(home, "server", option) as server:
                server.call("PUT", "chatcore/sessions/report", {"assistant": "lab"})
                return Run(run(server, True), run_all(server, "on"))


@pytest.fixture(scope="module")
def server(home: Path, first: Run) -> Iterator[JupyterProcess]:
    """The same chats, where neither the model nor its configuration is left."""
    with running(home, "server") as server:
        yield server


def run(server: JupyterProcess, replay: Any) -> list[str]:
    """What a program's two questions are answered, as it begins anew."""
    one = streamed(server, {"text": "How do I group?", "parent": 0, "replay": replay})
    two = streamed(server, {"text": "And then?", "replay": replay})
    return [words(one), words(two)]


def run_all(server: JupyterProcess, replay: str) -> list[Any]:
    """What the cells of a notebook show, run by nbclient in a new kernel."""
    file = server.write_notebook("work.ipynb", *NOTEBOOK)
    notebook = nbformat.read(file, 4)  # type: ignore[no-untyped-call]
    environment = server.environment() | {"CHATCORE_REPLAY": replay}
    place = {"metadata": {"path": str(server.root)}}
    NotebookClient(notebook, timeout=90, resources=place).execute(env=environment)
    return [cell.outputs for cell in notebook.cells]


def streamed(server: JupyterProcess, body: dict[str, Any]) -> dict[str, Any]:
    """The answer as the stream's end has it."""
    asked = server.http.post("chatcore/chat/report", json=body)
    final: dict[str, Any] = json.loads(asked.text.strip().rpartition("data: ")[2])
    return final


def words(answer: dict[str, Any]) -> str:
    assert answer["status"] == "done", answer
    return "".join(part["text"] for part in answer["parts"] if part["type"] == "text")


def replays(answer: dict[str, Any]) -> list[str]:
    """What an answer says of where it is from."""
    names = (part["name"] for part in answer["parts"] if part["type"] == "notice")
    return [name for name in names if name.endswith("replayed")]


def test_run_again_without_the_model(server: JupyterProcess, first: Run) -> None:
    assert all(first.texts)
    assert run(server, "only") == run(server, True) == first.texts


def test_restart_and_run_all_is_identical(server: JupyterProcess, first: Run) -> None:
    assert run_all(server, "only") == run_all(server, "on") == first.outputs
    assert "groupby" in str(first.outputs[1])
    assert server.call("GET", "chatcore/sessions/notebook")["count"] == 4


def test_papermill_asks_nobody(server: JupyterProcess, first: Run) -> None:
    server.write_notebook("report.ipynb", *NOTEBOOK)
    [command] = re.findall(r"^CHATCORE_REPLAY=.* papermill .*$", PAGE, re.MULTILINE)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = server.environment() | {"PATH": programs}
    done = subprocess.run(
        ["bash", "-c", command],
        env=environment,
        cwd=server.root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = json.loads((server.root / "out.ipynb").read_text(encoding="utf-8"))
    assert [shown(cell["outputs"]) for cell in written["cells"]] == list(map(shown, first.outputs))


def shown(outputs: list[Any]) -> list[Any]:
    """What outputs say, whether as a text or as its lines."""
    data = [output.get("data", {"text": output.get("text")}) for output in outputs]
    return [{kind: "".join(text) for kind, text in each.items()} for each in data]


def test_what_was_never_asked(server: JupyterProcess) -> None:
    answer = streamed(server, {"text": "something else", "replay": "only"})
    assert answer["code"] == "replay_missed"


def test_the_page(server: JupyterProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATCORE_SERVER_URL", server.url)
    monkeypatch.setenv("CHATCORE_SERVER_TOKEN", server.token)
    [code] = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for notices in ([["not_replayed"], []], [["replayed"], []]):
        exec(code, {})
        answers = server.messages("weekly")[1::2]
        said = [
            [part["name"] for part in each["parts"] if part["type"] == "notice"] for each in answers
        ]
        assert [[name for name in names if "replayed" in name] for names in said] == notices
    codes = []
    for curl in CURLS:
        answer = request(curl, server)
        assert answer.is_success, answer.text
        codes.append("replay_missed" in answer.text)
    assert codes == [False, False, True]
