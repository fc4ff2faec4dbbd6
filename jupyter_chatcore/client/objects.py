"""Python values become what is sent with a message.

| value | becomes |
|---|---|
| a part of a message, or a list of them | itself |
| a message, or the reply of another chat | its text |
| a text | a text |
| a `pathlib.Path` | the file, which is kept beside the chats |
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

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from ..errors import Invalid
from ..kernels.harmless import type_of
from ..kernels.indepth import shape_of
from ..parts import BasePart, OutputPart, Part, TextPart, VariablePart
from ..protocol import Message
from . import pictures, tables, texts
from .names import Spaces, check_name, name_of


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message: its bytes are kept beside the chats."""

    name: str
    data: bytes = field(repr=False)


Piece = Part | Attachment


def pieces(
    values: Iterable[Any], context: Any = (), *, spaces: Spaces = (), kernel: str = ""
) -> list[Piece]:
    """What is sent for the values, in their order; then for those of `context`.

    `context` is one value, a list of them, or a dictionary with their names. `spaces` are
    the caller's variables (`names.callers()`), by which values are named, `kernel` is the
    server's id of this kernel.

    Raises:
        Invalid: a name looks like that of a secret, or a file cannot be read.
        TooLarge: a picture is too large.
    """
    pairs = [*((None, value) for value in values), *_named(context)]
    return [piece for name, value in pairs for piece in _pieces(value, name, spaces, kernel)]


def _named(context: Any) -> Iterator[tuple[str | None, Any]]:
    if type(context) is dict:
        yield from context.items()
    else:
        several = isinstance(context, (list, tuple))
        yield from ((None, value) for value in (context if several else [context]))


def _pieces(value: Any, name: str | None, spaces: Spaces, kernel: str) -> Iterator[Piece]:
    if isinstance(value, Attachment) or _is_parts([value]):
        yield value
    elif _is_parts(value):
        yield from value
    elif isinstance(said := _said(value), Message):
        yield TextPart(text=texts.message(said))
    else:
        yield _piece(value, _checked(value, name, spaces), kernel)


def _is_parts(value: Any) -> TypeGuard[list[Part]]:
    several = isinstance(value, (list, tuple)) and len(value) > 0
    return several and all(isinstance(each, BasePart) for each in value)


def _said(value: Any) -> Any:
    """The message that it is, or that a reply of ours has."""
    ours = type(value).__module__.startswith(f"{__name__.partition('.')[0]}.")
    return getattr(value, "message", None) if ours and not isinstance(value, Message) else value


def _checked(value: Any, name: str | None, spaces: Spaces) -> str:
    if name is None:
        return name_of(value, spaces)
    check_name(name)
    return name


def _piece(value: Any, name: str, kernel: str) -> Piece:
    if isinstance(value, Path):
        return attached(value)
    if isinstance(value, str) and not name:
        return TextPart(text=texts.whole(value))
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


def attached(path: Path) -> Attachment:
    """A file, to be kept beside the chats.

    Raises:
        Invalid: it cannot be read, or its name is that of a secret.
    """
    texts.check_file(path)
    if path.is_dir():
        raise Invalid(f"{path} is a folder: send its files, or a list of their names.")
    try:
        return Attachment(path.name, path.read_bytes())
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror or error}") from None


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
