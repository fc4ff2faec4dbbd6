"""What the user reads of an exception out of a function: its text, and where it happened."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from ..assistants.secrets import known_secrets, without, without_secrets
from ..protocol import MessageError

FAILED = "function_failed"
_FRAMES = 6
_OURS = str(Path(__file__).parent)


def told(error: BaseException) -> MessageError:
    """The exception for the message that it ends.

    It has the frames of the function and below, at most the first three and the last
    three, by names of cells and files and without folders. Values of the environment that
    its names call secret are hidden, and all that looks like a key.
    """
    kind = type(error).__name__
    text = without_secrets(_plain(str(error)))
    lines = [f"{kind}: {text}" if text else kind, *_shortened(list(_frames(error.__traceback__)))]
    return MessageError(code=FAILED, message="\n".join(lines))


def _shortened(frames: list[str]) -> list[str]:
    if len(frames) <= _FRAMES:
        return frames
    half = _FRAMES // 2
    return [*frames[:half], f"  … {len(frames) - _FRAMES} more …", *frames[-half:]]


def _frames(trace: TracebackType | None) -> Iterator[str]:
    """The frames below the last one of this package's own, each with its line of code."""
    frames = traceback.extract_tb(trace)
    ours = [index for index, frame in enumerate(frames) if frame.filename.startswith(_OURS)]
    for frame in frames[ours[-1] + 1 if ours else 0 :]:
        where = f"  {_place(frame.filename)}, line {frame.lineno}, in {frame.name}"
        line = without_secrets(_plain(frame.line or ""), limit=120)
        yield f"{where}\n    {line}" if line else where


def _plain(text: str) -> str:
    return without(text, known_secrets(os.environ))


def _place(filename: str) -> str:
    """A cell as `Cell In[3]`, a file by its name."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    named = shell.compile.format_code_name(filename) if shell is not None else None
    return " ".join(named) if named else Path(filename).name
