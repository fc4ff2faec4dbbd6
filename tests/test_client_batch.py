"""Notebooks that nobody looks at: nbclient and papermill run them beside a server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from client_running import Place

NBCLIENT = """\
import sys, nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=60).execute()
nbformat.write(notebook, sys.argv[2])
"""
RUNNERS = {
    "nbclient": ["-c", NBCLIENT],
    "papermill": ["-m", "papermill", "--no-progress-bar"],
}


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_notebook_that_runs_by_itself_asks_the_server_of_its_folder(
    place: Place, runner: str
) -> None:
    server = place.server
    chat = f"by-{runner}"
    source = server.write_notebook(
        f"{runner}.ipynb",
        f"from jupyter_chatcore import Chat\nchat = Chat({chat!r}, assistant='scripted')\nchat",
        "chat.ask('stream 10 60ms')",
        "reply = await chat.aask('say **so**', stream=False)\nreply",
        "print(len(chat), chat.session)",
    )
    result = source.with_name(f"{runner}-out.ipynb")
    done = subprocess.run(
        [sys.executable, *RUNNERS[runner], str(source), str(result)],
        env=server.environment(),
        cwd=server.root,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown, streamed, said, printed = map(shows, cells(result))
    assert shown == [f"Chat({chat!r})"]
    assert streamed == ["".join(f"w{number} " for number in range(10))]
    assert said == ["**so**"]
    assert printed == [f"4 {chat}\n"]
    assert server.call("GET", f"chatcore/sessions/{chat}")["count"] == 4


def cells(path: Path) -> list[Any]:
    """The code cells of a notebook that has run, without what papermill adds."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["id"].startswith("c")]


def shows(cell: Any) -> list[str]:
    """What a cell shows as text, output by output."""
    texts = [each.get("text") or each["data"]["text/plain"] for each in cell["outputs"]]
    return ["".join(text) for text in texts]
