"""What the plug-in asks of JupyterLab: keys that are free, commands that are there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LABEXTENSION = Path(__file__).resolve().parent.parent / "labextension"
SCHEMA = json.loads((LABEXTENSION / "schema/plugin.json").read_text(encoding="utf-8"))
SHIPPED = Path(sys.prefix, "share", "jupyter", "lab", "schemas")
KEYS = ("keys", "macKeys", "winKeys", "linuxKeys")
# what the browsers keep for themselves, or are known for
BROWSERS = {"Accel N", "Accel T", "Accel W", "Accel Shift N", "Alt Shift T", "Alt Shift I"}


def shortcuts(schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The key sequences of a schema's shortcuts."""
    for shortcut in schema.get("jupyter.lab.shortcuts", []):
        for name in KEYS:
            if keys := shortcut.get(name):
                yield tuple(normal(key) for key in keys)


def normal(keys: str) -> str:
    """The same keys in one order; on a Mac, Accel is another key than Ctrl."""
    *modifiers, key = keys.split()
    return " ".join([*sorted(modifiers), key])


def shipped() -> set[str]:
    """The first keys of every shortcut of JupyterLab and Notebook."""
    files = list(SHIPPED.rglob("*.json"))
    assert files, "JupyterLab is not installed"
    found = {
        keys[0]
        for file in files
        for keys in shortcuts(json.loads(file.read_text(encoding="utf-8")))
    }
    # elsewhere than on a Mac, Accel is Ctrl
    return found | {normal(keys.replace("Accel", "Ctrl")) for keys in found}


def test_the_keys_are_free() -> None:
    own = {keys[0] for keys in shortcuts(SCHEMA)}
    assert own
    assert not own & (shipped() | BROWSERS)


def test_no_keys_twice() -> None:
    for name in KEYS[:2]:
        keys = [normal(one[name][0]) for one in SCHEMA["jupyter.lab.shortcuts"]]
        assert len(set(keys)) == len(keys)


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
