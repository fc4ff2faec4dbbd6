"""Notebook files as Jupyter keeps them (nbformat 4.5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def cell(cell_id: str, cell_type: str, source: str) -> dict[str, Any]:
    """A cell that has not run."""
    run: dict[str, Any] = {"outputs": [], "execution_count": None} if cell_type == "code" else {}
    return {"id": cell_id, "cell_type": cell_type, "metadata": {}, "source": source, **run}


def write(path: Path, *cells: dict[str, Any]) -> Path:
    """A notebook for a Python kernel."""
    kernel = {"name": "python3", "display_name": "Python"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel},
        "cells": list(cells),
    }
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def read(path: Path) -> dict[str, Any]:
    """What is in the file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def sources(path: Path) -> list[str]:
    """The sources of the cells."""
    return ["".join(each["source"]) for each in read(path)["cells"]]
