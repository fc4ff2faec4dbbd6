"""How parts are told to a model: each by its rule, and nothing of them runs or leaks."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from jupyter_chatcore.assistants.models.history import Reader, said
from jupyter_chatcore.assistants.models.said import Call, Piece, Thought
from jupyter_chatcore.assistants.telling import Image, Text, fenced, pieces, result_text
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
    ToolOutput,
    ToolPart,
    VariablePart,
)
from jupyter_chatcore.protocol import Message, Sent

PNG = base64.b64encode(b"png bytes").decode()
READER = Reader("anthropic", "m")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (DiffOutput(path="n.ipynb", new="x", cell="c"), "[Cell c of n.ipynb inserted]"),
        (DiffOutput(path="n.ipynb", old="x", cell="c"), "[Cell c of n.ipynb deleted]"),
        (
            DiffOutput(path="n.ipynb", old="x", new="y", cell="c", undone=True),
            "[Cell c of n.ipynb edited; it was taken back since]",
        ),
    ],
)
def test_a_change_of_a_cell_names_it(change: DiffOutput, text: str) -> None:
    assert result_text([change]) == text


def told(part: Part, pictures: bool = True) -> list[Piece]:
    return list(pieces(part, pictures))


def message(*parts: Part, **more: Any) -> Message:
    known: dict[str, Any] = {"role": "assistant", "status": "done"}
    return Message(
        id=7,
        seq=7,
        session="chat",
        created="2026-01-01T00:00:00Z",
        parts=list(parts),
        **{**known, **more},
    )


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (TextPart(text="as it is"), "as it is"),
        (
            FilePart(name="a.csv", mime="text/csv", url="u", size=12),
            "[File a.csv, text/csv, 12 bytes]",
        ),
        (
            PlanPart(
                entries=[
                    PlanEntry(content="read", status="completed"),
                    PlanEntry(content="write", status="in_progress"),
                    PlanEntry(content="rest"),
                ]
            ),
            "[Plan]\n- [x] read\n- [-] write\n- [ ] rest",
        ),
        (CustomPart(kind="acme.poll", data={"a": [1]}), '[acme.poll]\n```json\n{"a":[1]}\n```'),
        (OutputPart(data={"text/markdown": "*a*", "text/plain": "a"}), "*a*"),
        (OutputPart(data={"text/plain": ["a\n", "b"]}), "a\nb"),
        (
            OutputPart(data={"application/pdf": "..", "text/html": ".."}),
            "[Output: application/pdf, text/html]",
        ),
        (
            CellPart(
                path="a.ipynb", cell_id="c1", cell_type="code", source="1/0\n", execution_count=3
            ),
            "[Cell c1 of a.ipynb, code, executed as 3]\n```\n1/0\n```",
        ),
    ],
)
def test_parts_are_told_as_text(part: Part, text: str) -> None:
    assert told(part) == [Text(text)]


def test_a_cell_is_told_with_its_outputs() -> None:
    cell = CellPart(
        path="a.ipynb",
        cell_id="c1",
        cell_type="code",
        source="plot()",
        outputs=[
            {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
            {"output_type": "display_data", "data": {"image/png": PNG, "text/plain": "<Figure>"}},
            {"output_type": "error", "ename": "E", "traceback": ["\x1b[31mbad\x1b[0m"]},
            {"output_type": "from the future"},
        ],
    )
    text, picture = told(cell)
    assert isinstance(text, Text)
    assert text.text.endswith("Its output:\n```\none\ntwo\n\nbad\n```")
    assert picture == Image("image/png", b"png bytes")
    (alone,) = told(cell, pictures=False)
    assert isinstance(alone, Text)
    assert "<Figure>" in alone.text


def test_a_variable_is_told_with_its_preview() -> None:
    variable = VariablePart(
        name="df",
        kernel="k",
        python_type="pandas.DataFrame",
        shape=[3, 2],
        preview={"text/plain": "  a b"},
        truncated=True,
    )
    head, preview = told(variable)
    assert head == Text("[Variable df: pandas.DataFrame, shape 3 x 2, shortened]")
    assert preview == Text("  a b")


@pytest.mark.parametrize("data", ["no base64 at all", None, 7, {"a": 1}])
def test_a_picture_that_is_none_is_only_named(data: Any) -> None:
    assert told(OutputPart(data={"image/png": data})) == [Text("[Output: image/png]")]


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fenced("a ``` b ```` c") == "`````\na ``` b ```` c\n`````"


def test_the_output_of_a_tool_is_told_as_text() -> None:
    outputs: list[ToolOutput] = [
        TextOutput(text="one"),
        BundleOutput(data={"image/png": PNG}),
        DiffOutput(path="a.py", old="x", new="y"),
    ]
    assert result_text(outputs) == "one\n\n[Output: image/png]\n\n[Change of a.py]\n```\ny\n```"


def test_nothing_is_told_of_what_is_deleted_or_empty() -> None:
    assert said(message(TextPart(text="a"), status="deleted"), READER) is None
    assert said(message(ReasoningPart(text="hm"), NoticePart(name="n", text="t")), READER) is None


@pytest.mark.parametrize("status", ["pending", "awaiting", "running", "cancelled"])
def test_a_call_that_has_not_ended_is_not_told(status: Any) -> None:
    assert said(message(ToolPart(call="1", name="look", status=status)), READER) is None


def test_a_call_is_told_with_what_came_of_it() -> None:
    parts = [
        ToolPart(call="1", name="a.b look", status="done", output=[TextOutput(text="found")]),
        ToolPart(call="2", name="look", status="failed", input='{"a":1}', error="gone"),
        ToolPart(call="3", name="look", status="denied", ext={"anthropic": {"x": 1}}),
    ]
    found = said(message(*parts), READER)
    assert found is not None
    assert found.pieces == (
        Call("call_7_0", "a_b_look", "{}", "found"),
        Call("call_7_1", "look", '{"a":1}', "gone", failed=True),
        Call("call_7_2", "look", "{}", "The user did not allow this.", True, {"x": 1}),
    )
    plain = said(message(*parts[:1]), Reader("anthropic", "m", tools=False))
    assert plain is not None
    assert plain.pieces == (Text("[Called a.b look with {}]\nfound"),)


@pytest.mark.parametrize(
    ("reader", "kept"),
    [
        (Reader("anthropic", "m"), (Thought("hm", "sig"), Text("a"))),
        (Reader("anthropic", "other"), (Text("a"),)),
        (Reader("google", "m"), (Text("a"),)),
    ],
)
def test_reasoning_goes_only_to_who_signed_it(reader: Reader, kept: tuple[Piece, ...]) -> None:
    sent = Sent(ext={"anthropic": {"model": "m", "signatures": ["sig", None]}})
    parts: list[Part] = [
        ReasoningPart(text="hm"),
        TextPart(text="a"),
        ReasoningPart(text="unsigned"),
    ]
    found = said(message(*parts, sent=sent), reader)
    assert found is not None
    assert found.pieces == kept
