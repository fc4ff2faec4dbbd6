"""Answers that are values: what is asked for, what is found in an answer, and what is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NamedTuple, TypedDict

import msgspec
import pydantic
import pytest

from jupyter_chatcore.client.structured import AnswerError, again, json_in, wanted
from jupyter_chatcore.errors import Invalid


@dataclass
class Town:
    name: str
    people: int
    twin: Town | None = None


class Place(msgspec.Struct):
    name: str
    people: int = 0


class Spot(TypedDict):
    name: str
    people: int


class Site(pydantic.BaseModel):
    name: str
    people: int = pydantic.Field(gt=0)


class Pair(NamedTuple):
    low: int
    high: int


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["name", "people"],
}
OSLO = '{"name": "Oslo", "people": 700000}'


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Town, OSLO, Town("Oslo", 700000)),
        (Place, OSLO, Place("Oslo", 700000)),
        (Spot, OSLO, {"name": "Oslo", "people": 700000}),
        (Site, OSLO, Site(name="Oslo", people=700000)),
        (SCHEMA, OSLO, {"name": "Oslo", "people": 700000}),
        (list[Site], f"[{OSLO}]", [Site(name="Oslo", people=700000)]),
        (list[int], "[1, 2]", [1, 2]),
        (dict[str, float], '{"a": 1}', {"a": 1.0}),
        (Pair, "[1, 9]", Pair(1, 9)),
        (Mood, '"good"', Mood.GOOD),
        (Literal["yes", "no"], '"no"', "no"),
        (int | None, "null", None),
        (bool, "true", True),
    ],
)
def test_values(kind: Any, text: str, value: Any) -> None:
    want = wanted(kind)
    assert want.read(text) == value
    assert want.read(f"Here it is:\n```json\n{text}\n```\nAnything else?") == value


@pytest.mark.parametrize("kind", [Town, Place, Spot, Site, SCHEMA, list[Site], Pair, Mood])
def test_what_is_asked_for_is_a_schema(kind: Any) -> None:
    shown = wanted(kind).instruction()
    [code] = [found for found in json_in(shown) if "```" not in found][:1]
    assert json.loads(code) == wanted(kind).schema
    assert "JSON Schema" in shown


def test_the_root_of_a_schema_stands_in_its_place() -> None:
    assert wanted(Place).schema["properties"].keys() == {"name", "people"}
    assert "$defs" not in wanted(Place).schema
    assert wanted(Town).schema["$ref"] == "#/$defs/Town"  # it is in itself


@pytest.mark.parametrize(
    ("kind", "text", "field", "why"),
    [
        (Town, '{"name": "Oslo", "people": "many"}', "$.people", "`int`"),
        (Town, '{"name": "Oslo"}', "$", "`people`"),
        (Town, '{"name": "a", "people": 1, "twin": {"name": 2}}', "$.twin.name", "`str`"),
        (Site, '{"name": "Oslo", "people": 0}', "$.people", "greater than 0"),
        (SCHEMA, '{"name": "Oslo", "people": "many"}', "$.people", "integer"),
        (list[int], "[1, true]", "$[1]", "`int`"),
    ],
)
def test_what_does_not_fit_is_told(kind: Any, text: str, field: str, why: str) -> None:
    with pytest.raises(AnswerError) as caught:
        wanted(kind).read(text)
    assert caught.value.field == field
    assert why in str(caught.value)
    assert caught.value.text == text
    assert str(caught.value) in again(caught.value)


@pytest.mark.parametrize(
    "text", ["", "I would rather not.", "{", "[NaN]", '{"name": "Oslo",}', "[" * 9000]
)
def test_no_json(text: str) -> None:
    with pytest.raises(AnswerError, match=r"no (valid )?JSON") as caught:
        wanted(Town).read(text)
    assert caught.value.text == text


@pytest.mark.parametrize(
    "text",
    [
        f"See [1] and {{x}}. The town is {OSLO}, I think.",
        f"A list [1, 2] first.\n```\n{OSLO}\n```",
        f'```python\nprint("hello")\n```\n```json\n{OSLO}\n```',
        f"```json\n{json.dumps(SCHEMA)}\n```\nSo:\n```json\n{OSLO}\n```",
        f"~~~\n{OSLO}",
        f"{OSLO}\nor rather\n{OSLO}",
    ],
)
def test_the_first_that_fits_is_found_among_words(text: str) -> None:
    assert wanted(Town).read(text) == Town("Oslo", 700000)


class Odd:
    pass


@pytest.mark.parametrize("kind", [Odd, list[Odd], {"type": "strange"}, {"$ref": 3}])
def test_a_type_without_a_schema_is_refused(kind: Any) -> None:
    with pytest.raises(Invalid, match="JSON Schema"):
        wanted(kind)
