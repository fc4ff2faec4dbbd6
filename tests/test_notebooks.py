"""The notebooks are clean, and run on a real server as a user would run them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, running, wait_for

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
QUICKSTART = next(path for path in NOTEBOOKS if path.name == "quickstart.ipynb")


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
    with running(tmp_path_factory.mktemp("server"), "server") as process:
        yield process


@pytest.fixture
def kernel(server: JupyterProcess) -> Iterator[BlockingKernelClient]:
    shutil.copy(QUICKSTART, server.root)
    name = QUICKSTART.name
    body = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
    started = server.call("POST", "api/sessions", body)
    connection = server.home / "runtime" / f"kernel-{started['kernel']['id']}.json"
    wait_for("the kernel's connection file", connection.is_file)
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(60)
    yield client
    client.stop_channels()
    server.call("DELETE", f"api/sessions/{started['id']}")


def run(kernel: BlockingKernelClient, cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell; what it shows."""
    outputs: list[dict[str, Any]] = []

    def note(message: Any) -> None:
        if message["msg_type"] in {"display_data", "execute_result", "stream"}:
            outputs.append(message["content"])

    reply = kernel.execute_interactive("".join(cell["source"]), output_hook=note, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return outputs


def test_quickstart_runs(kernel: BlockingKernelClient, server: JupyterProcess) -> None:
    shown = {cell["id"]: run(kernel, cell) for cell in code_cells(QUICKSTART)}
    assert shown["own-chat"][0]["data"]["text/plain"] == "Chat()"
    assert shown["named-chat"][0]["data"]["text/plain"] == "Chat('ideas')"
    question, answer = server.messages("ideas")
    assert question["parts"] == [{"type": "text", "text": "What can you do?"}]
    assert answer["status"] == "done"
    assert "".join(part["text"] for part in answer["parts"]) in shown["ask"][0]["text"]
