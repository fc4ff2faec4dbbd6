"""Where the index is kept, and whether it still fits what is installed. Synchronous.

A finished index is never written to: the next one is made beside it, under the next
number, and put in place in one step. So a reader always has a whole one, and on
Windows no open file is in the way.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import secrets
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_cache_path

from . import index
from .packages import STDLIB, Package

ABANDONED = 3600.0
"""Seconds after which an unfinished index that nobody wrote to is nobody's."""
FORGOTTEN = 90 * 86400.0
"""Seconds after which another environment's index goes; it can always be made again."""
FOLDER_VARIABLE = "CHATCORE_DOCS_DIR"


def default_folder() -> Path:
    """`$CHATCORE_DOCS_DIR`, else `jupyter_chatcore/docs` in the user's cache folder."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else user_cache_path("jupyter_chatcore", False) / "docs"


def installed(packages: Sequence[Package]) -> dict[str, str]:
    """The versions of those packages that are installed here, by their import name."""
    found: dict[str, str] = {}
    for package in packages:
        if package.name == STDLIB:
            found[STDLIB] = platform.python_version()
            continue
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[package.name] = metadata.version(package.distribution)
    return found


class Survey(NamedTuple):
    """What there is: the newest index if any, and the packages to read and to take out."""

    path: Path | None
    known: dict[str, index.Known]
    installed: dict[str, str]
    unread: tuple[str, ...]
    gone: tuple[str, ...]


class Shelf:
    """The indexes of this Python environment, in a folder that environments share."""

    def __init__(self, folder: Path, packages: Sequence[Package]) -> None:
        self._folder = folder
        self._packages = packages
        where = f"{sys.prefix}\n{platform.python_version()}\n{index.FORMAT}"
        self._prefix = f"docs-{hashlib.sha256(where.encode()).hexdigest()[:12]}"

    def survey(self) -> Survey:
        """Compare the newest index with what is installed; a few milliseconds."""
        here = installed(self._packages)
        path, known = self._newest()
        unread = (n for n, version in here.items() if n not in known or known[n].version != version)
        gone = tuple(name for name in known if name not in here)
        return Survey(path, known, here, tuple(unread), gone)

    def begin(self, survey: Survey) -> Path:
        """A file to read into: a copy of what is known, or an empty index.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        # a name of its own: one that a killed process had begun has a journal beside it, which
        # SQLite would take for this one's, and in a container the next process has its number
        part = self._folder / f"{self._prefix}-{secrets.token_hex(8)}.part"
        if survey.path is None:
            index.create(part)
            return part
        shutil.copyfile(survey.path, part)
        for name in survey.gone:
            index.forget(part, name)
        return part

    def publish(self, part: Path) -> Path:
        """Put a finished index in place; older ones go.

        Raises:
            OSError: the folder cannot be written.
        """
        newest, _ = self._newest()
        number = _number(newest) + 1 if newest is not None else 1
        path = self._folder / f"{self._prefix}-{number:06d}.sqlite"
        part.replace(path)
        for old in self._folder.glob(f"{self._prefix}-*.sqlite"):
            if _number(old) < number:
                # another server may be reading it on Windows; the next publish takes it away
                with contextlib.suppress(OSError):
                    old.unlink()
        return path

    def _tidy(self) -> None:
        """Take away what killed servers had begun, and what no environment uses any more."""
        for left in self._folder.glob("docs-*.part*"):
            _remove_if_older(left, ABANDONED)
        for other in self._folder.glob("docs-*.sqlite"):
            if not other.name.startswith(self._prefix):
                _remove_if_older(other, FORGOTTEN)

    def _newest(self) -> tuple[Path | None, dict[str, index.Known]]:
        for path in sorted(self._folder.glob(f"{self._prefix}-*.sqlite"), reverse=True):
            known = index.packages(path)
            if known is not None:
                return path, {one.name: one for one in known}
        return None, {}


def discard(path: Path, error: sqlite3.Error) -> None:
    """Remove an index that is damaged; one that could only not be opened may be somebody's."""
    if not isinstance(error, sqlite3.OperationalError):
        with contextlib.suppress(OSError):
            path.unlink()


def _remove_if_older(path: Path, seconds: float) -> None:
    # another server may have it open, or have taken it away already
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > seconds:
            path.unlink()


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
