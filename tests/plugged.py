"""Packages that tests install for real: a folder on the path with its metadata."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest


def install(
    site: Path, name: str, source: str, version: str = "1.0", entry_points: str = ""
) -> None:
    """Put a package of one file into a folder, as an installer leaves it."""
    package = site / name
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(source, encoding="utf-8")
    for old in site.glob(f"{name}-*.dist-info"):
        for file in old.iterdir():
            file.unlink()
        old.rmdir()
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    (info / "top_level.txt").write_text(f"{name}\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    importlib.invalidate_caches()


def plug(site: Path, name: str, source: str, target: str = "Plugged") -> None:
    """Install a package with an assistant of the same name."""
    group = "jupyter_chatcore.assistants"
    install(site, name, source, entry_points=f"[{group}]\n{name} = {name}:{target}\n")


def on_path(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process and those it starts import from a folder."""
    site.mkdir(parents=True, exist_ok=True)
    monkeypatch.syspath_prepend(site)
    known = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), *([known] if known else [])]))


FRUITBOX = '''"""Boxes of fruit."""

import sys

__all__ = ["Box", "Melon", "peel", "press_juice", "rot"]
print("this is printed while the package is imported")
sys.stdout.flush()


def peel(fruit, *, thickness=1, keep=object()):
    """
    Take the skin off a fruit.

    The skin is kept in ``fruit.skin``. See :func:`press_juice` and `the guide
    <https://example.org/guide>`_.

    .. versionadded:: 0.5

    Parameters
    ----------
    fruit : Fruit or str
        What to peel, e.g. an orange. It is changed.
    thickness : int, default 1
        Millimetres that are cut away.

    Returns
    -------
    Fruit
        The same fruit, naked.

    See Also
    --------
    press_juice : Make juice.

    Examples
    --------
    Oranges first:

    >>> peel("orange")
    Fruit(```naked```)
    >>> for one in "ab":
    ...     peel(one)
    """


def press_juice(fruits):
    """Squeeze several fruits into a glass."""


def rot(fruit):
    """
    Let a fruit go bad.

    .. deprecated:: 0.9
        Eat it.
    """


class Box:
    """A box that holds fruit.

    Parameters
    ----------
    size : int
        How many fit in.
    """

    def __init__(self, size):
        self.size = size

    def fill(self, fruits):
        """Put fruits into the box until it is full."""

    @property
    def weight(self):
        """Kilograms of all that is in the box."""


class Melon(Exception):
    """Raised when the fruit does not fit in."""
'''
