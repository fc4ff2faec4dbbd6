"""A chat as a file or a text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

from ..api import ExportFormat

_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_SUFFIXES: dict[str, ExportFormat] = {".md": "markdown", ".ipynb": "notebook", ".jsonl": "jsonl"}


def target(where: str | os.PathLike[str]) -> tuple[ExportFormat, Path | None]:
    """The format, and the file to write; None where only a format was named.

    Raises:
        ValueError: it is neither a format nor a file of one.
    """
    for known in _FORMATS:
        if where == known:
            return known, None
    path = Path(where)
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise ValueError(
            f"a chat is exported as one of {', '.join(_FORMATS)}, or to a file that ends in"
            f" {', '.join(_SUFFIXES)}; {os.fspath(where)!r} is neither"
        )
    return kind, path


def written(data: bytes, path: Path | None) -> str:
    """The text, or the path of the file that it was written to."""
    if path is None:
        return data.decode()
    path.write_bytes(data)
    return str(path)
