"""The notebooks are clean, and run on a real server as a user would run them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyterprocess import JupyterProcess, running
from kernels import opened, run
from plugged import plug

from jupyter_chatcore.assistants.presets import MODELS

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
QUICKSTART, ASSISTANTS, WIDGET, OWN_ASSISTANT, SCRIPTING, WITH_YOUR_DATA = (
    Path(__file__).parent.parent / "notebooks" / f"{stem}.ipynb"
    for stem in (
        *("quickstart", "assistants", "widget", "own_assistant", "scripting"),
        "with_your_data",
    )
)
PARROT = Path(__file__).parent.parent / "examples" / "parrot" / "parrot.py"


def code_cells(path: Path) -> list[dict[str, Any]]:
    """The code cells of a notebook file."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_clean(path: Path) -> None:
    cells = code_cells(path)
    assert cells
    assert [cell["outputs"] for cell in cells] == [[]] * len(cells)
    assert {cell["execution_count"] for cell in cells} == {None}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterProcess]:
    with pytest.MonkeyPatch.context() as patch:
        forget_keys(patch)
        with running(tmp_path_factory.mktemp("server"), "server") as process:
            yield process


def forget_keys(patch: pytest.MonkeyPatch) -> None:
    """Take the keys of providers out of the environment of whoever runs the tests."""
    for settings in MODELS.values():
        if settings.key_env:
            patch.delenv(settings.key_env, raising=False)


def run_all(server: JupyterProcess, path: Path) -> dict[str, str]:
    """Run a notebook from top to bottom; what each cell shows as text, by the cell's id."""
    shutil.copy(path, server.root)
    with opened(server, path.name) as kernel:
        return {cell["id"]: text_of(run(kernel, source(cell))) for cell in code_cells(path)}


def source(cell: dict[str, Any]) -> str:
    """A cell's code."""
    return "".join(cell["source"])


def text_of(outputs: list[dict[str, Any]]) -> str:
    """All that was printed or shown, as text."""
    return "".join(o["text"] if "text" in o else o["data"]["text/plain"] for o in outputs)


def test_quickstart_runs(server: JupyterProcess) -> None:
    shown = run_all(server, QUICKSTART)
    assert shown["own-chat"] == "Chat()"
    assert shown["named-chat"] == "Chat('ideas')"
    question, answer = server.messages("ideas")
    assert question["parts"] == [{"type": "text", "text": "What can you do?"}]
    assert answer["status"] == "done"
    assert "".join(part["text"] for part in answer["parts"]) in shown["ask"]


def test_widget_runs(server: JupyterProcess) -> None:
    shown = run_all(server, WIDGET)
    assert shown["height"] == "Chat('widget-tour')"
    assert shown["set-traits"] == "('50vh', 'widget-tour')"
    assert shown["observe"] == "HTML(value='not asked yet')"
    assert shown["on-message"] == "Output()"
    assert shown["box"].startswith("VBox(")


def test_scripting_runs(server: JupyterProcess) -> None:
    shown = run_all(server, SCRIPTING)
    messages = server.messages("scripting-tour")
    assert shown["chat"] == "Chat('scripting-tour')"
    assert shown["ask"].startswith("Hello! I look things up")
    assert shown["value-of"] == "done True Jupyter Guide\nTrue\n"
    assert shown["code"].startswith("python | ")
    assert set(shown["stream"].split()) == {"True"}
    assert shown["async"] == "['done', 'done', 'done']"
    assert shown["send"] == "['user', 'assistant', 'user']\nTrue\n"
    assert shown["search"] == "A note from a cell: the data is of Tuesday.\n"
    assert shown["edit"] == f"done {len(messages)}\n"
    assert shown["fork"].startswith("A copy of the tour True\n# A copy of the tour\nTrue")
    assert shown["wrong"] == "NotFound there is no assistant 'nobody'\n"


def test_own_assistant_runs(server: JupyterProcess) -> None:
    shown = run_all(server, OWN_ASSISTANT)
    assert shown["ask-echo"].startswith("Chat('own-assistant'")
    assert shown["echoed"].endswith("'Hello from a cell '")
    assert "take 60 grams of coffee for a litre of water" in shown["ask-docs"]
    assert "*From coffee.md.*" in shown["ask-docs"]
    assert "27 seconds" in shown["ask-follow-up"]
    assert shown["ask-scores"].endswith("['ReasoningPart', 'OutputPart', 'TextPart']")
    messages = server.messages("own-assistant")
    assert {message["status"] for message in messages} == {"done"}
    names = [message["author"]["username"] for message in messages if message["role"] != "user"]
    assert names == ["echo", "my-docs", "my-docs", "scores"]


def test_with_your_data_runs(server: JupyterProcess) -> None:
    run_all(server, WITH_YOUR_DATA)
    chats = server.call("GET", "chatcore/sessions?limit=50")["sessions"]
    [own] = [one["id"] for one in chats if one.get("notebook") == WITH_YOUR_DATA.name]
    said = ["".join(part["text"] for part in one["parts"]) for one in server.messages(own)]
    answers = dict(zip((text.split("\n")[0] for text in said[::2]), said[1::2], strict=True))
    assert "| `sales` | `pandas.DataFrame` | 4 x 3 |" in answers["/vars"]
    assert "amount: float64" in answers["/describe sales"]
    assert "131.25" in answers["/describe sales"]
    assert "<Stubborn>\n  towns: list" in answers["/describe stubborn"]
    assert "{'host': 'db.example', 'password': (hidden)}" in answers["/describe connection"]
    explained = answers["/explain Traceback (most recent call last):"]
    assert explained.startswith("### KeyError")
    assert 'It was raised here:\n\n```python\nsales["amout"].sum()\n```' in explained
    assert "There is no such key." in explained


def test_assistants_runs_with_nothing_configured(server: JupyterProcess) -> None:
    shown = run_all(server, ASSISTANTS)
    states = dict(line.split()[:2] for line in shown["assistants"].splitlines())
    assert states["builtin"] == "ready"
    assert states["openai"] == states["local"] == "not_configured"
    assert states["ollama"] == "unreachable"
    assert "OPENAI_API_KEY" in shown["assistants"]
    assert shown["choose"] == "Chat('who-answers')"
    question, answer = server.messages("who-answers")
    assert question["parts"] == [{"type": "text", "text": "/connect"}]
    assert answer["author"]["username"] == "builtin"
    assert "".join(part["text"] for part in answer["parts"]) in shown["ask"]
    # one of the plug-ins that every server of the tests has
    others = [name for name, state in states.items() if state == "ready" and name != "builtin"]
    assert shown["switch"] == f"This chat is now answered by {others[0]}\n"
    assert shown["define"] == "who answers \n"
    assert "pip install ./examples/parrot" in shown["permit"]


def test_assistants_runs_with_a_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    plug(site, "parrot", PARROT.read_text(encoding="utf-8"), "Parrot")
    known = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(site), known])))
    forget_keys(monkeypatch)
    with running(tmp_path / "home", "server") as process:
        shown = run_all(process, ASSISTANTS)
        assert shown["switch"] == "This chat is now answered by forgetful\n"
        assert shown["permit"] == "It asks: Write to parrot.txt\nIt says: Written down.\n"
        assert (process.root / "parrot.txt").read_text(encoding="utf-8") == "the milk\n"
