"""Which questions are the same, and which only look so."""

from __future__ import annotations

from typing import Any

import pytest
from core_fixtures import text
from msgspec import structs

from jupyter_chatcore.likeness import likeness
from jupyter_chatcore.parts import (
    BundleOutput,
    CellPart,
    CustomPart,
    DiffOutput,
    FilePart,
    NoticePart,
    OutputPart,
    Part,
    PlanEntry,
    PlanPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolPart,
    VariablePart,
)
from jupyter_chatcore.protocol import Author, Message, Role

CELL = CellPart(
    path="a.ipynb",
    cell_id="c1",
    cell_type="code",
    source="df.head()",
    execution_count=3,
    outputs=[{"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": "1"}}],
)
VARIABLE = VariablePart(
    name="df", kernel="k1", python_type="DataFrame", shape=[3, 2], preview={"text/plain": "a b"}
)
TOOL = ToolPart(
    call="c1",
    name="edit",
    status="done",
    input='{"a": 1, "b": 2}',
    output=[
        TextOutput(text="done"),
        BundleOutput(data={"text/plain": "x"}),
        DiffOutput(path="a.ipynb", old="a", new="b", cell="c1"),
    ],
)


def said(role: Role, parts: list[Part], mid: int = 1, **more: Any) -> Message:
    created = "2026-01-01T00:00:00Z"
    return Message(
        id=mid, seq=mid, session="s", role=role, status="done", created=created, parts=parts, **more
    )


def like(*parts: Part, history: tuple[Message, ...] = (), **settings: Any) -> str:
    return likeness("a", settings, history, said("user", list(parts)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([TextPart(text="caf\u00e9\nau lait")], [TextPart(text="cafe\u0301\r\nau lait \n")]),
        ([TextPart(text="hi")], [TextPart(text="hi", ext={"p": 1}), TextPart(text=" ")]),
        ([TextPart(text="hi")], [NoticePart(name="n", text="wait"), TextPart(text="hi")]),
        ([CELL], [structs.replace(CELL, path="b.ipynb", cell_id="c2", execution_count=9)]),
        (
            [CELL],
            [structs.replace(CELL, outputs=[{**CELL.outputs[0], "execution_count": 9}])],
        ),
        ([VARIABLE], [structs.replace(VARIABLE, kernel="k2")]),
        (
            [structs.replace(VARIABLE, preview={"text/plain": "<f at 0x7f0011223344>"})],
            [structs.replace(VARIABLE, preview={"text/plain": "<f at 0x7fffeeddccbb>"})],
        ),
        ([TOOL], [structs.replace(TOOL, call="c9", title="Edit", input='{"b":2, "a":1}')]),
        ([TOOL], [structs.replace(TOOL, output=[*TOOL.output[:2], DiffOutput(path="b", old="a", new="b", undone=True)])]),  # noqa: E501
    ],
)  # fmt: skip
def test_the_same(one: list[Part], other: list[Part]) -> None:
    assert like(*one) == like(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([TextPart(text="hi")], [TextPart(text="Hi")]),
        ([TextPart(text="a b")], [TextPart(text="a"), TextPart(text="b")]),
        ([CELL], [structs.replace(CELL, source="df.tail()")]),
        ([CELL], [structs.replace(CELL, outputs=[])]),
        ([VARIABLE], [structs.replace(VARIABLE, shape=[4, 2])]),
        ([VARIABLE], [structs.replace(VARIABLE, preview={"text/plain": "a c"})]),
        ([TOOL], [structs.replace(TOOL, status="denied")]),
        ([TOOL], [structs.replace(TOOL, input='{"a": 1')]),
        (
            [FilePart(name="a", mime="m/m", url="u1", size=1)],
            [FilePart(name="a", mime="m/m", url="u2", size=1)],
        ),
        ([OutputPart(data={"a/b": 1})], [OutputPart(data={"a/b": 2})]),
        ([CustomPart(kind="k", data=1)], [CustomPart(kind="k", data=[1])]),
        ([PlanPart(entries=[PlanEntry(content="a")])], [PlanPart(entries=[])]),
    ],
)
def test_not_the_same(one: list[Part], other: list[Part]) -> None:
    assert like(*one) != like(*other)


def test_settings() -> None:
    plain = like(*text("hi"))
    assert like(*text("hi"), tools={"edit": "always"}, model=None, mode="") == plain
    assert like(*text("hi"), model="m", effort="low") == like(*text("hi"), effort="low", model="m")
    assert len({plain, like(*text("hi"), model="m"), like(*text("hi"), model="n")}) == 3


def test_the_assistant() -> None:
    prompt = said("user", text("hi"))
    assert likeness("a", {}, (), prompt) != likeness("b", {}, (), prompt)


def test_history() -> None:
    ada, bob = Author(username="ada"), Author(username="bob")
    question = said("user", text("one"), 1, author=ada, key="k1")
    answer = said("assistant", [ReasoningPart(text="hm"), *text("two")], 2, parent=1)
    history = (question, answer)
    again = (
        said("user", text("one"), 7, author=bob, key="k2"),
        said("assistant", [NoticePart(name="replayed", text="."), *text("two")], 9, parent=7),
    )
    assert like(*text("hi"), history=history) == like(*text("hi"), history=again)
    others = (
        (question,),
        (answer, question),
        (question, said("assistant", text("three"))),
        (question, said("system", text("two"))),
    )
    for other in others:
        assert like(*text("hi"), history=history) != like(*text("hi"), history=other)
