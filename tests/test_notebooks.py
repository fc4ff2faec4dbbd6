"""The notebooks are clean, and run on a real server as a user would run them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, running, wait_for
from plugged import plug

from jupyter_chatcore.assistants.presets import MODELS

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
QUICKSTART, ASSISTANTS = (
    next(path for path in NOTEBOOKS if path.stem == stem) for stem in ("quickstart", "assistants")
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


@contextmanager
def opened(server: JupyterProcess, path: Path) -> Iterator[BlockingKernelClient]:
    """The kernel of a notebook that is open on the server."""
    shutil.copy(path, server.root)
    body = {"path": path.name, "name": path.name, "type": "notebook", "kernel": {"name": "python3"}}
    started = server.call("POST", "api/sessions", body)
    connection = server.home / "runtime" / f"kernel-{started['kernel']['id']}.json"
    wait_for("the kernel's connection file", connection.is_file)
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    wait_for("the kernel", lambda: is_ready(client), 90)
    yield client
    client.stop_channels()
    server.call("DELETE", f"api/sessions/{started['id']}")


def is_ready(client: BlockingKernelClient) -> bool:
    """Whether the kernel answers; one heartbeat missed on a busy machine is no death."""
    with suppress(RuntimeError):
        client.wait_for_ready(60)
        return True
    return False


def run_all(server: JupyterProcess, path: Path) -> dict[str, str]:
    """Run a notebook from top to bottom; what each cell shows as text, by the cell's id."""
    with opened(server, path) as kernel:
        return {cell["id"]: text_of(run(kernel, cell)) for cell in code_cells(path)}


def text_of(outputs: list[dict[str, Any]]) -> str:
    """All that was printed or shown, as text."""
    return "".join(o["text"] if "text" in o else o["data"]["text/plain"] for o in outputs)


def run(kernel: BlockingKernelClient, cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell; what it shows."""
    outputs: list[dict[str, Any]] = []

    def note(message: Any) -> None:
        if message["msg_type"] in {"display_data", "execute_result", "stream"}:
            outputs.append(message["content"])

    reply = kernel.execute_interactive("".join(cell["source"]), output_hook=note, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return outputs


def test_quickstart_runs(server: JupyterProcess) -> None:
    shown = run_all(server, QUICKSTART)
    assert shown["own-chat"] == "Chat()"
    assert shown["named-chat"] == "Chat('ideas')"
    question, answer = server.messages("ideas")
    assert question["parts"] == [{"type": "text", "text": "What can you do?"}]
    assert answer["status"] == "done"
    assert "".join(part["text"] for part in answer["parts"]) in shown["ask"]


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
    # the plug-in that every server of the tests has
    assert shown["switch"] == "This chat is now answered by scripted\n"
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
        assert shown["switch"] == "This chat is now answered by parrot\n"
        assert shown["permit"] == "It asks: Write to parrot.txt\nIt says: Written down.\n"
        assert (process.root / "parrot.txt").read_text(encoding="utf-8") == "the milk\n"
