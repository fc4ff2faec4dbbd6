"""`{expression}` in the words of a magic: the value in its place, or sent with the words.

What begins like a name between two braces, and is an expression of Python, is one: a text
or a number stands in its place, of any other value the words name it and it goes with
them. All else (JSON, sets, code) stays as it is, and `{{name}}` is `{name}`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import Invalid
from .names import ATOMS, check_name

_BRACES = re.compile(r"\{\{(?P<as_it_is>[^{}\n]*)\}\}|\{(?P<code>[^\W\d][^{}\n]*)\}")
_FORMAT = re.compile(r"(?P<code>[^!:]+)(?:!(?P<conversion>[rsa]))?(?::(?P<spec>.*))?")

_CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}


@dataclass(frozen=True)
class Filled:
    """Words without braces, and the values that go with them by their names."""

    text: str
    values: dict[str, Any] = field(default_factory=dict)


def fill(text: str, space: Mapping[str, Any]) -> Filled:
    """The words with the values of `space` in them.

    Raises:
        Invalid: a name is not known, what is asked of it fails, or it may be a secret.
    """
    values: dict[str, Any] = {}

    def put(found: re.Match[str]) -> str:
        if (as_it_is := found["as_it_is"]) is not None:
            return f"{{{as_it_is}}}"
        return _in_place(found["code"], found[0], space, values)

    return Filled(_BRACES.sub(put, text), values)


def _in_place(code: str, whole: str, space: Mapping[str, Any], values: dict[str, Any]) -> str:
    tree, shaped = _expression(code), None
    if tree is None and (shaped := _FORMAT.fullmatch(code)):
        code = shaped["code"].strip()
        tree = _expression(code)
    if tree is None:
        return whole
    _check(tree)
    value = _value(tree, whole, space)
    if shaped:
        return _shaped(value, shaped, whole)
    if isinstance(value, ATOMS):
        return str(value)
    values[code.strip()] = value
    return f"`{code.strip()}`"


def _expression(code: str) -> ast.Expression | None:
    try:
        return ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return None


def _check(tree: ast.Expression) -> None:
    """Raises Invalid where something in the expression is named like a secret."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                check_name(name)
            case ast.Constant(value=str() as name) if name.isidentifier():
                check_name(name)


def _value(tree: ast.Expression, whole: str, space: Mapping[str, Any]) -> Any:
    try:
        return eval(compile(tree, "<chat>", "eval"), dict(space))
    except NameError as error:
        raise Invalid(
            f"{whole}: {error}. Nothing was sent. Braces that are meant as they are"
            f" are doubled: {{{whole}}}"
        ) from None
    except Exception as error:
        raise Invalid(f"{whole}: {type(error).__name__}: {error}. Nothing was sent.") from error


def _shaped(value: Any, shaped: re.Match[str], whole: str) -> str:
    """A value as `{x!r}` and `{x:.2f}` have it."""
    convert = _CONVERSIONS.get(shaped["conversion"] or "")
    try:
        return format(convert(value) if convert else value, shaped["spec"] or "")
    except (ValueError, TypeError) as error:
        raise Invalid(f"{whole}: {error}. Nothing was sent.") from None
