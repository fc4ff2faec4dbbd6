"""Fenced code in Markdown: found, taken out, closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.fences import Block, blocks, closed

LINES = st.lists(
    st.sampled_from(["a", "", "```", "````", "``` py", "~~~", "  ```", "    ```", "\r"])
)


def test_text_and_code_come_in_order() -> None:
    text = "One\n\n```python\nx = 1\n\ny = 2\n```\nTwo\n~~~ R extra\nz\n~~~~\n"
    assert list(blocks(text)) == [
        Block("One"),
        Block("x = 1\n\ny = 2", "python"),
        Block("Two"),
        Block("z", "r"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- item\n\n      ```python\n      x\n      ```",
        "> ```\n> quoted\n> ```",
        "inline ```code``` here",
        "``` not`a fence",
        "    ```\n    indented\n    ```",
    ],
)
def test_what_stands_in_something_else_is_text(text: str) -> None:
    assert [block.language for block in blocks(text)] == [None]


def test_a_fence_is_closed_by_its_own_kind() -> None:
    assert list(blocks("````md\n```\n~~~~\n````")) == [Block("```\n~~~~", "md")]


def test_an_indented_fence_takes_its_indent_out() -> None:
    assert list(blocks("  ```\n  a\n    b\n c\n  ```")) == [Block("a\n  b\nc", "")]


def test_what_is_never_closed_goes_to_the_end() -> None:
    assert list(blocks("a\n```py\nx")) == [Block("a"), Block("x", "py", open=True)]
    assert closed("a\n```py\nx") == "a\n```py\nx\n```"
    assert closed("a\n```py\nx\n```\n") == "a\n```py\nx\n```\n"


def test_lines_of_windows_are_lines() -> None:
    assert list(blocks("a\r\n```py\r\nx\r\n```\r\n")) == [Block("a"), Block("x", "py")]


@given(LINES)
def test_after_closing_nothing_is_open(lines: list[str]) -> None:
    text = closed("\n".join(lines))
    assert not any(block.open for block in blocks(text))
    assert closed(text) == text
