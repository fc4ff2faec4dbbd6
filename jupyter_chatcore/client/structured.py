"""Answers that are values: `type=` is told to who answers, and what comes back is checked.

The type is a dataclass, a `msgspec.Struct`, a `TypedDict`, a `NamedTuple`, an `Enum`, what
these are made of (`list[int]`, `Literal["yes", "no"]`), a model of pydantic, or a JSON
Schema as a dictionary. The instruction is a part of the message like any other: what is
shown is what is sent.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from ..errors import ChatcoreError, Invalid
from ..fences import blocks
from .texts import fenced

_OPENINGS = 200


class AnswerError(ChatcoreError):
    """An answer that does not fit the type that was asked for.

    `field` is the place in the value that is wrong, as `$.name[0]`; `$` is the whole.
    `text` is the answer as it came, `reply` the reply that it came in.
    """

    status = 422
    code = "answer_invalid"

    def __init__(self, why: str, field: str = "$", text: str = "", reply: Any = None) -> None:
        where = "" if field == "$" else f" at `{field}`"
        super().__init__(f"The answer does not fit the type{where}: {why}")
        self.why = why
        self.field = field
        self.text = text
        self.reply = reply


@dataclass(frozen=True)
class Wanted:
    """What an answer shall be: its JSON Schema, and the check that makes its value.

    `check` takes JSON as text and raises `AnswerError`.
    """

    schema: dict[str, Any]
    check: Callable[[str], Any]

    def instruction(self) -> str:
        """What is said of it to who answers."""
        schema = json.dumps(self.schema, ensure_ascii=False, indent=1)
        return (
            "Answer with JSON alone, in one fenced block, that fits this JSON Schema:\n\n"
            f"{fenced(schema, 'json')}"
        )

    def read(self, text: str) -> Any:
        """The value in an answer: the first JSON in it that fits.

        Raises:
            AnswerError: there is no JSON in it, or none that fits.
        """
        first: AnswerError | None = None
        for found in json_in(text):
            try:
                return self.check(found)
            except AnswerError as error:
                first = first or error
        problem = first or AnswerError(_trouble(text))
        problem.text = text
        raise problem


def again(error: AnswerError) -> str:
    """What is said of an answer that does not fit, to have another one."""
    return f"{error}\n\nAnswer again, with JSON alone that fits the schema above."


def wanted(kind: Any) -> Wanted:
    """What an answer of this type shall be.

    Raises:
        Invalid: the type has no JSON Schema, or is none that is valid.
    """
    if isinstance(kind, dict):
        return _of_schema(kind)
    if _is_pydantic(kind):
        return _of_pydantic(kind)
    try:
        schema = msgspec.json.schema(kind)
    except (TypeError, ValueError, NameError) as error:
        if "pydantic" in sys.modules:
            return _of_pydantic(kind)
        raise Invalid(f"`type` has no JSON Schema: {error}") from None
    return Wanted(_flat(schema), lambda text: _checked_by_msgspec(kind, text))


def _flat(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its root in place: small models read it more easily so."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    inner = schema.get("$defs", {}).get(name)
    if inner is None:
        return schema
    used = json.dumps([inner, *(each for key, each in schema["$defs"].items() if key != name)])
    if f'"#/$defs/{name}"' in used:
        return schema
    others = {key: each for key, each in schema["$defs"].items() if key != name}
    return {**inner, "$defs": others} if others else dict(inner)


def _checked_by_msgspec(kind: Any, text: str) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        why, _, where = str(error).partition(" - at `")
        raise AnswerError(f"{why}.", where.removesuffix("`") or "$") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise AnswerError(f"it is no valid JSON ({error}).") from None


def _is_pydantic(kind: Any) -> bool:
    """Whether it is a model or a dataclass of pydantic's."""
    return "pydantic" in sys.modules and hasattr(kind, "__pydantic_validator__")


def _of_pydantic(kind: Any) -> Wanted:
    """A type as pydantic knows it, which the user has imported."""
    pydantic: Any = sys.modules["pydantic"]
    try:
        adapter = pydantic.TypeAdapter(kind)
        schema = adapter.json_schema()
    except (pydantic.errors.PydanticUserError, NameError) as error:
        raise Invalid(f"`type` has no JSON Schema: {error}") from None

    def check(text: str) -> Any:
        try:
            return adapter.validate_json(text)
        except pydantic.ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise AnswerError(f"{first['msg']}.", _path(first["loc"])) from None

    return Wanted(schema, check)


def _of_schema(schema: dict[str, Any]) -> Wanted:
    """A JSON Schema; who checks it comes with Jupyter's server."""
    jsonschema = importlib.import_module("jsonschema")
    validator = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    try:
        validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        place = _path(error.absolute_path)
        raise Invalid(f"`type` is no valid JSON Schema, at `{place}`: {error.message}") from None

    def check(text: str) -> Any:
        value = json.loads(text)
        problem = jsonschema.exceptions.best_match(validator(schema).iter_errors(value))
        if problem is not None:
            raise AnswerError(f"{problem.message[:300]}.", _path(problem.absolute_path))
        return value

    return Wanted(schema, check)


def _path(steps: Any) -> str:
    """A place in a value, as `$.name[0]`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def json_in(text: str) -> Iterator[str]:
    """The JSON values in a text: those in fences first, then the whole, then any within.

    Of what stands between words only objects and arrays are found.
    """
    code = [block for block in blocks(text) if block.language is not None]
    fences = [block.text for block in code if block.language in ("json", "")]
    fences += [block.text for block in code if block.language not in ("json", "")]
    yield from (found.strip() for found in [*fences, text] if _is_json(found.strip()))
    yield from _within(text)


def _trouble(text: str) -> str:
    """Why there is no JSON in a text."""
    code = [block.text for block in blocks(text) if block.language is not None]
    likely = (code or [text])[0].strip()
    if not likely.startswith(("{", "[")):
        return "there is no JSON in it."
    try:
        json.loads(likely, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return f"it is no valid JSON ({error})."
    return "there is no JSON in it."


def _is_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _within(text: str) -> Iterator[str]:
    """Objects and arrays among words, in their order."""
    decoder, place = json.JSONDecoder(parse_constant=_refuse), 0
    for _ in range(_OPENINGS):
        place = min((at for sign in "{[" if (at := text.find(sign, place)) >= 0), default=-1)
        if place < 0:
            return
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += 1
        else:
            yield text[place:end]
            place = end


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
