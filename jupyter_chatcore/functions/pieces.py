"""What a function may yield: checked before it is sent, and what a cell would show as well."""

from __future__ import annotations

import base64
import sys
from typing import Any, get_args

import msgspec

from ..parts import OutputPart, Part
from ..protocol import Usage
from ..wellformed import well_formed

Piece = str | Part | Usage
LARGEST = 16 * 2**20
"""The most bytes of one piece of an answer."""

_KINDS = (str, Usage, *get_args(Part))


def checked(value: object) -> tuple[Piece, int]:
    """What a function has yielded as it is sent, and its size in bytes.

    A table, a figure or whatever else a cell shows as more than text becomes an output.

    Raises:
        TypeError, ValueError: it cannot be sent.
    """
    piece = _piece(value)
    data = msgspec.json.encode(piece)
    if len(data) > LARGEST:
        raise ValueError(f"a piece of an answer has at most {LARGEST // 2**20} MiB")
    # structs are not checked when they are made
    sent: Piece = msgspec.json.decode(data, type=type(piece))
    return sent, len(data)


def _piece(value: object) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, _KINDS):
        return value
    bundle, metadata = _display(value)
    if bundle.keys() <= {"text/plain"}:
        raise TypeError(
            "an answer is made of texts, the parts in jupyter_chatcore.parts, and what a cell"
            f" shows as more than text; this is a {type(value).__name__}."
            " Is str(...) or repr(...) what you mean?"
        )
    return OutputPart(data={mime: _text(each) for mime, each in bundle.items()}, metadata=metadata)


def _display(value: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a cell that ends with the value shows; nothing outside of IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return {}, {}
    data, metadata = shell.display_formatter.format(value)
    return data, metadata


def _text(content: Any) -> Any:
    """Pictures come as bytes now and then, and travel as Base64."""
    return base64.b64encode(content).decode() if isinstance(content, bytes) else content
