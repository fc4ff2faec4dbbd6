"""Whether questions are answered from the store, and where a program that runs again begins."""

from __future__ import annotations

import os
from typing import Literal

from ..errors import Invalid

Replay = bool | Literal["only"] | None
"""True gives the earlier answer to the same question, "only" never asks; None leaves it open."""

VARIABLE = "CHATCORE_REPLAY"
_MEANS: dict[str, Replay] = {
    "": None,
    "0": False,
    "off": False,
    "false": False,
    "1": True,
    "on": True,
    "true": True,
    "only": "only",
}


def meant(*given: Replay) -> Replay:
    """The first that says something; else what the environment's `CHATCORE_REPLAY` says.

    Raises:
        Invalid: the environment says what means nothing.
    """
    for each in given:
        if each is not None:
            return each
    said = os.environ.get(VARIABLE, "").strip().lower()
    if said not in _MEANS:
        raise Invalid(f"{VARIABLE} is {said!r}: set it to on, only or off")
    return _MEANS[said]
