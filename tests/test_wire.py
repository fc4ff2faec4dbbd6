"""The golden files under `wire/`, which the TypeScript suite reads as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jupyter_chatcore import api, comm, health, protocol
from jupyter_chatcore.parts import Part
from jupyter_chatcore.protocol import Event, Gap, Message, apply, coalesce

WIRE = Path(__file__).parent / "wire"
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    """The cases of a golden file, each under the name that it has there."""
    found: list[Case] = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in found]


def kind(name: str) -> Any:
    """The type that a case names."""
    if name == "Part":
        return Part
    return next(
        getattr(each, name) for each in (protocol, api, comm, health) if hasattr(each, name)
    )


def wire(value: Any) -> Any:
    """A value as other languages read it: its JSON, decoded."""
    return json.loads(msgspec.json.encode(value))


def run(case: Case) -> Message:
    """The case's message after all of its events."""
    message = msgspec.convert(case["start"], Message)
    for event in msgspec.convert(case["events"], list[Event]):
        message = apply(message, event)
    return message


@pytest.mark.parametrize("case", cases("values"))
def test_value_survives_the_round_trip(case: Case) -> None:
    data = json.dumps(case["json"]).encode()
    value = msgspec.json.decode(data, type=kind(case["type"]))
    assert wire(value) == case["json"]


@pytest.mark.parametrize("case", cases("refused"))
def test_bad_value_is_refused_by_name(case: Case) -> None:
    data = json.dumps(case["json"]).encode()
    with pytest.raises(msgspec.ValidationError, match=case["error"]):
        msgspec.json.decode(data, type=kind(case["type"]))


@pytest.mark.parametrize("case", cases("apply"))
def test_apply(case: Case) -> None:
    if case.get("error") == "gap":
        with pytest.raises(Gap):
            run(case)
    else:
        assert wire(run(case)) == case["result"]


@pytest.mark.parametrize("case", [c for c in cases("apply") if "result" in c.values[0]])
def test_apply_again_changes_nothing(case: Case) -> None:
    repeated = case | {"events": [*case["events"], *case["events"]]}
    assert wire(run(repeated)) == case["result"]


@pytest.mark.parametrize("case", cases("coalesce"))
def test_coalesce(case: Case) -> None:
    events = msgspec.convert(case["events"], list[Event])
    assert wire(coalesce(events)) == case["result"]


@pytest.mark.parametrize("case", [c for c in cases("apply") if "result" in c.values[0]])
def test_coalesced_events_mean_the_same(case: Case) -> None:
    joined = coalesce(msgspec.convert(case["events"], list[Event]))
    assert wire(run(case | {"events": wire(joined)})) == case["result"]


def test_every_kind_of_part_and_change_has_a_case() -> None:
    text = (WIRE / "values.json").read_text(encoding="utf-8")
    for union in (Part, protocol.Change):
        for struct in union.__args__:
            assert f'"type": "{struct.__struct_config__.tag}"' in text


def test_names_are_unique() -> None:
    for path in ("values", "refused", "apply", "coalesce"):
        names = [case.id for case in cases(path)]
        assert len(names) == len(set(names))
