"""Outputs as nbformat 4 wants them, whatever a stored chat holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

_JSON_TYPE = re.compile(r"application/(.*\+)?json")
Json = dict[str, Any]


def display(data: Json, metadata: Json) -> Json:
    """A mime bundle as an output."""
    return {"output_type": "display_data", "data": _bundle(data), "metadata": metadata}


def cell_outputs(outputs: Sequence[Json]) -> Iterator[Json]:
    """The outputs of a cell that was shown; what is none is left out."""
    for output in outputs:
        match output:
            case {"output_type": "stream"}:
                name = "stderr" if output.get("name") == "stderr" else "stdout"
                yield {"output_type": "stream", "name": name, "text": _text(output.get("text", ""))}
            case {"output_type": "error"}:
                yield _error(output)
            case {"data": dict(data)}:
                metadata = output.get("metadata")
                yield display(data, metadata if isinstance(metadata, dict) else {})


def _error(output: Json) -> Json:
    traceback = output.get("traceback")
    lines = [_text(line) for line in traceback] if isinstance(traceback, list) else []
    name, value = _text(output.get("ename", "")), _text(output.get("evalue", ""))
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": lines}


def _bundle(data: Json) -> Json:
    return {
        mime: value if _JSON_TYPE.fullmatch(mime) else _text(value) for mime, value in data.items()
    }


def _text(value: Any) -> str:
    """A text that may be given as lines; anything else as JSON."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
