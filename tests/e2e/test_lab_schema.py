"""What the plug-in asks of JupyterLab: keys that are free, commands that are there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LABEXTENSION = Path(__file__).resolve().parents[2] / "labextension"
SCHEMA = json.loads((LABEXTENSION / "schema/plugin.json").read_text(encoding="utf-8"))
SHIPPED = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
# what a shortcut's keys are on each machine, and which key Accel is there
MACHINES = {
    "mac": ("macKeys", "Cmd"),
    "other": ("linuxKeys", "Ctrl"),
    "windows": ("winKeys", "Ctrl"),
}
# what the browsers keep for themselves, or are known for
BROWSERS = {"Ctrl N", "Ctrl T", "Ctrl W", "Alt Shift I", "Alt Shift T", "Cmd N", "Cmd T", "Cmd W"}


def first_keys(schema: dict[str, Any], machine: str) -> Iterator[str]:
    """What the shortcuts of a schema begin with on a machine, in one order of the modifiers."""
    own, accel = MACHINES[machine]
    for shortcut in schema.get("jupyter.lab.shortcuts", []):
        keys = shortcut.get(own) or shortcut.get("keys") or []
        # no key at all switches a shortcut off
        for first in filter(None, keys[:1]):
            *modifiers, key = first.replace("Accel", accel).split()
            yield " ".join([*sorted(modifiers), key])


def shipped(machine: str) -> set[str]:
    """The same of every shortcut of JupyterLab and Notebook."""
    files = list(SHIPPED.rglob("*.json"))
    assert files, "JupyterLab is not installed"
    schemas = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    return {keys for schema in schemas for keys in first_keys(schema, machine)}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_keys_are_free(machine: str) -> None:
    own = list(first_keys(SCHEMA, machine))
    assert own
    assert len(set(own)) == len(own)
    assert not set(own) & (shipped(machine) | BROWSERS)


def test_every_command_is_there() -> None:
    source = "".join(path.read_text("utf-8") for path in (LABEXTENSION / "src/lab").glob("*.ts"))
    made = set(re.findall(r'"(chatcore:[a-z-]+)"', source))
    asked = set(re.findall(r'"command": "(chatcore:[a-z-]+)"', json.dumps(SCHEMA)))
    assert asked
    assert asked <= made


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_every_setting_tells_what_it_is(name: str) -> None:
    setting = SCHEMA["properties"][name]
    assert setting["title"]
    assert "default" in setting
