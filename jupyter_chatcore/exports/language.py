"""The language of a notebook: what its code blocks go by."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MOST_BYTES = 64 * 2**20
_ALIASES = {
    "python": ("python", "py", "python3", "ipython", "ipython3"),
    "javascript": ("javascript", "js"),
    "typescript": ("typescript", "ts"),
    "julia": ("julia", "jl"),
    "c++": ("c++", "cpp"),
    "bash": ("bash", "sh", "shell"),
}


@dataclass(frozen=True)
class Language:
    """What a kernel speaks: its own names, and the `names` that code blocks go by."""

    name: str
    kernel: str
    title: str
    names: tuple[str, ...]


PYTHON = Language("python", "python3", "Python 3", _ALIASES["python"])


def language_of(notebook: Path) -> Language:
    """The language of a notebook file; Python where it does not tell. It reads the disk."""
    try:
        if notebook.stat().st_size > _MOST_BYTES:
            return PYTHON
        metadata = _dict(_dict(json.loads(notebook.read_bytes())).get("metadata"))
    except (OSError, ValueError, RecursionError):
        return PYTHON
    spec, info = _dict(metadata.get("kernelspec")), _dict(metadata.get("language_info"))
    name, kernel = info.get("name") or spec.get("language"), spec.get("name")
    if not (isinstance(name, str) and isinstance(kernel, str) and name and kernel):
        return PYTHON
    title = spec.get("display_name")
    known = name.lower()
    names = _ALIASES.get(known, (known,))
    return Language(name, kernel, title if isinstance(title, str) else kernel, names)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
