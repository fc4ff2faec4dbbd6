"""What is installed: the extensions, switched on, with their bundles, under one version."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import jupyter_chatcore
from jupyter_chatcore import widget
from jupyter_chatcore.assistants.base import Assistant
from jupyter_chatcore.cli.main import main

REPOSITORY = Path(__file__).resolve().parent.parent
SHARE = Path(sys.prefix, "share", "jupyter", "labextensions", "jupyter-chatcore")
BUILD_FIRST = "not built: install it with `pip install .`, without Node.js if you like"


def test_one_version() -> None:
    front_end = json.loads((REPOSITORY / "labextension/package.json").read_text(encoding="utf-8"))
    assert version("jupyter-chatcore") == jupyter_chatcore.__version__ == front_end["version"]


def test_the_server_extension_is_switched_on() -> None:
    command = [sys.executable, "-m", "jupyter_server.extension.serverextension", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    listed = " ".join(re.sub(r"\x1b\[\d*m", "", done.stdout + done.stderr).split())
    assert "jupyter_chatcore enabled" in listed
    assert f"jupyter_chatcore {jupyter_chatcore.__version__} OK" in listed


def test_the_bundles_are_there() -> None:
    assert (SHARE / "package.json").is_file(), BUILD_FIRST
    assert (SHARE / "install.json").is_file()
    assert widget.BUNDLE.is_file(), BUILD_FIRST
    assert (SHARE / "static" / "widget.js").is_file(), BUILD_FIRST


def test_the_builtin_assistant_is_registered() -> None:
    [entry] = entry_points(group="jupyter_chatcore.assistants", name="builtin")
    assert issubclass(entry.load(), Assistant)


def test_the_command_is_registered() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert pkgutil.resolve_name(project["scripts"]["jupyter-chat"]) is main


def test_public_names() -> None:
    assert jupyter_chatcore.__all__ == ["Chat", "__version__", "achats", "assistant", "chats"]
    for name in jupyter_chatcore.__all__:
        assert getattr(jupyter_chatcore, name)
