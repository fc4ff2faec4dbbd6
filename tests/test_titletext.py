"""Titles out of texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.titletext import TITLE_LENGTH, as_title, title_of

QUESTIONS = [
    ("How do I read a CSV with pandas? I tried read_csv.", "How do I read a CSV with pandas?"),
    ("# Plan the *week*\n\nMonday first.", "Plan the week"),
    ("```python\nimport x\n```\nWhy does this fail", "Why does this fail"),
    ("```python\nimport x\nx.y()\n```", "import x"),
    ("- **Explain** [the docs](https://x.y/z) and `len(x)` of snake_case", None),
    ("What is vector<int>? And __init__?", "What is vector<int>?"),
    ("如何用pandas读取文件？我试过了。", "如何用pandas读取文件？"),  # noqa: RUF001
    ("Hi. Can you help me with a plot?", "Hi. Can you help me with a plot?"),
    ("Tell me about e.g. decorators in Python", "Tell me about e.g. decorators in Python"),
    ("---\n***\n\n> quoted words\n", "quoted words"),
    ("Title: \u202egpj.exe", "Title: gpj.exe"),
    ("", ""),
    (" \n\t\n", ""),
]


@pytest.mark.parametrize(("question", "title"), QUESTIONS)
def test_a_question_gives_a_title(question: str, title: str | None) -> None:
    wanted = "Explain the docs and len(x) of snake_case" if title is None else title
    assert title_of(question) == wanted


def test_long_ones_are_cut_between_words() -> None:
    title = title_of("Was ist der Unterschied zwischen einer Liste und einem Tupel in Python")
    assert title == "Was ist der Unterschied zwischen einer Liste und einem…"


@pytest.mark.parametrize("unit", ["a", "長", "e\u0301", "👩\u200d👩\u200d👧", "👍🏽"])
def test_where_there_are_no_words_characters_stay_whole(unit: str) -> None:
    title = title_of(unit * 100)
    assert len(title) <= TITLE_LENGTH
    assert title.endswith("…")
    assert title[:-1] == unit * (len(title[:-1]) // len(unit))


HEADLINES = [
    ('"Reading CSV Files"\n\nIs that good?', "Reading CSV Files"),
    ("**Title: Plotting with NumPy.**", "Plotting with NumPy"),
    ("«Lire un fichier»", "Lire un fichier"),
    ("<think>What could it be?</think>\n\nSorting Lists", "Sorting Lists"),
    ("<think>never ends", ""),
    ("```\nSorting Lists\n```", "Sorting Lists"),
    ("", ""),
]


@pytest.mark.parametrize(("given_title", "title"), HEADLINES)
def test_what_a_model_gives_is_cleaned(given_title: str, title: str) -> None:
    assert as_title(given_title) == title


@given(st.text())
def test_titles_are_short_lines(text: str) -> None:
    for title in (title_of(text), as_title(text)):
        assert len(title) <= TITLE_LENGTH
        assert title == " ".join(title.split())


@pytest.mark.parametrize(
    "text", ["[" * 10_000, "`" * 10_000, "*a" * 5000, "[](" * 4000, "> " * 5000]
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.monotonic()
    title_of(text)
    as_title(text)
    assert time.monotonic() - begun < 1
