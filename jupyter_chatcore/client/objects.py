"""Python values become parts of a message.

| value | becomes |
|---|---|
| a part of a message, or a list of them | itself |
| a message, or the reply of another chat | its text |
| a text | a text |
| a `pathlib.Path` of a text file, a picture | the text in a fence, the picture |
| a figure (matplotlib, seaborn, plotly), an image (Pillow), what draws itself | a picture |
| a table (pandas, polars), an array (numpy) | columns, statistics, some rows |
| an exception | its traceback |
| a function, a class | its source |
| any other | its repr |

Each is bounded in size. A value carries the name that the caller knows it by, where that
can be told, or the one that `context={"name": value}` gives it. Nothing is imported that
the caller has not imported.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import TooLarge
from ..kernels.inkernel import shape_of, type_of
from ..parts import BasePart, OutputPart, Part, TextPart, VariablePart
from ..protocol import Message
from . import pictures, tables, texts
from .names import Spaces, check_name, name_of

_PICTURES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}

Context = Mapping[str, Any] | Iterable[Any]


def as_parts(
    values: Iterable[Any], context: Context = (), *, spaces: Spaces = (), kernel: str = ""
) -> list[Part]:
    """The values as parts, in their order; those of `context` follow.

    `spaces` are the caller's variables (`names.callers()`), by which values are named,
    `kernel` is the server's id of this kernel.

    Raises:
        Invalid: a name looks like that of a secret, or a file cannot be sent.
        TooLarge: a picture or a file is too large.
    """
    named = context.items() if isinstance(context, Mapping) else ((None, each) for each in context)
    pairs = [*((None, value) for value in values), *named]
    return [part for name, value in pairs for part in _parts(value, name, spaces, kernel)]


def _parts(value: Any, name: str | None, spaces: Spaces, kernel: str) -> Iterator[Part]:
    if isinstance(value, BasePart):
        yield value  # type: ignore[misc]
    elif _is_parts(value):
        yield from value
    elif isinstance(said := _said(value), Message):
        yield TextPart(text=texts.message(said))
    else:
        yield _part(value, _checked(value, name, spaces), kernel)


def _is_parts(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(each, BasePart) for each in value)
    )


def _said(value: Any) -> Any:
    """The message that it is, or that a reply of ours has."""
    ours = type(value).__module__.startswith(f"{__name__.partition('.')[0]}.")
    return getattr(value, "message", None) if ours and not isinstance(value, Message) else value


def _checked(value: Any, name: str | None, spaces: Spaces) -> str:
    if name is None:
        return name_of(value, spaces)
    check_name(name)
    return name


def _part(value: Any, name: str, kernel: str) -> Part:
    if isinstance(value, Path):
        return _file(value)
    if isinstance(value, str) and not name:
        return TextPart(text=value)
    drawn = pictures.picture(value)
    if drawn is not None:
        return _titled(drawn, name)
    text, truncated = _told(value)
    return VariablePart(
        name=name or type(value).__name__,
        kernel=kernel,
        python_type=type_of(value),
        shape=shape_of(value),
        preview={"text/plain": text},
        truncated=truncated,
    )


def _told(value: Any) -> tuple[str, bool]:
    if isinstance(value, str):
        return texts.clip(value)
    if isinstance(value, BaseException):
        return texts.raised(value)
    table = tables.told(value)
    if table is not None:
        return texts.clip(table)
    return texts.code(value) if texts.is_code(value) else texts.represented(value)


def _titled(part: OutputPart, name: str) -> OutputPart:
    """The picture with its name in its words, for who cannot look at it."""
    if not name:
        return part
    words = part.data["text/plain"]
    return OutputPart(data={**part.data, "text/plain": f"{name}: {words}"})


def _file(path: Path) -> Part:
    texts.check_file(path)
    kind = _PICTURES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        return TextPart(text=texts.file(path))
    if (size := path.stat().st_size) > pictures.BYTES:
        raise TooLarge(
            f"{path} has {size:,} bytes, at most {pictures.BYTES:,} are sent: make it smaller."
        )
    data = base64.b64encode(path.read_bytes()).decode("ascii")
    return OutputPart(data={f"image/{kind}": data, "text/plain": f"[File {path.name}]"})
