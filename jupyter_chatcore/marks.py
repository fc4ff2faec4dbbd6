"""Marks: short digests that tell whether something is still as it was when it was shown.

A mark is the first 16 hexadecimal digits of a SHA-256. The page makes the same ones
(`labextension/src/shown.ts`); `tests/wire/marks.json` has cases that both suites read.
"""

from __future__ import annotations

import hashlib

from .wellformed import well_formed

DIGITS = 16


def mark_of(text: str) -> str:
    """The mark of a text, such as a cell's source: of its UTF-8, made well-formed first."""
    return hashlib.sha256(well_formed(text).encode()).hexdigest()[:DIGITS]
