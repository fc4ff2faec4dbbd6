"""Disks that refuse: full ones, and folders that may not be written."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534


@contextmanager
def full(limit: int) -> Iterator[None]:
    """While no file of this process can grow beyond the limit, as on a quota that is used up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """While this process may not write in the folder; a superuser becomes nobody for that."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.iterdir())}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that anybody may enter, unlike those that pytest makes."""
    folder = Path(tempfile.mkdtemp(prefix="chatcore-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
