"""What a prompt is about: names in it, an error in it, the ideas of a question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.assistants.guide import problems
from jupyter_chatcore.assistants.guide.symbols import mentions, named
from jupyter_chatcore.assistants.guide.texts import small_talk, wants_a_model
from jupyter_chatcore.assistants.guide.words import concepts, in_words
from jupyter_chatcore.assistants.secrets import without_secrets


@pytest.mark.parametrize(
    ("prompt", "first"),
    [
        ("np.linspace", "numpy.linspace"),
        ("how does pd.read_csv work?", "pandas.read_csv"),
        ("df.groupby('a')", "pandas.DataFrame.groupby"),
        ("df['x'].mean()", "pandas.DataFrame.mean"),
        ("import polars as pd\npd.col('x')", "polars.col"),
        ("from os import path as p\np.join('a')", "os.path.join"),
        ("`plt.hist`", "matplotlib.pyplot.hist"),
        ("statistics.median(x)", "statistics.median"),
        ("groupby", "groupby"),
        ("what is read_csv for", "read_csv"),
        ("explain RandomForestClassifier to me", "RandomForestClassifier"),
        ("len(x)", "len"),
    ],
)
def test_names_are_found_in_full(prompt: str, first: str) -> None:
    assert mentions(prompt)[0].names[0] == first


@pytest.mark.parametrize(
    "prompt",
    [
        "how do I merge two tables",
        "open data.csv please",
        "look at example.com",
        "e.g.",
        "1.5 + 2.5",
        "",
        "./here/there.py",
        "me@example.org",
        "...",
    ],
)
def test_plain_words_are_no_names(prompt: str) -> None:
    assert [mention for mention in mentions(prompt) if "." in mention.text] == []


def test_a_name_on_its_own_may_have_brackets() -> None:
    mention = named("`np.sum()`")
    assert mention is not None
    assert mention.names == ("numpy.sum", "np.sum")
    assert named("not a name") is None


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("How do I connect a model?", True),
        ("connect my own assistant", True),
        ("which models can I use", True),
        ("use ollama here", True),
        ("how can I add opencode?", True),
        ("set up a local model", True),
        ("connect a coding agent", True),
        ("how do I use a linear model", False),
        ("connect to a sqlite database", False),
        ("which model fits best", False),
    ],
)
def test_a_wish_for_a_model_is_no_question_about_one(prompt: str, wanted: bool) -> None:
    assert wants_a_model(prompt) is wanted


@given(st.text())
def test_no_prompt_is_an_error(prompt: str) -> None:
    mentions(prompt)
    problems.read(prompt)
    concepts(prompt)
    small_talk(prompt)
    wants_a_model(prompt)


@pytest.mark.parametrize(
    ("prompt", "kind", "text"),
    [
        ("KeyError: 'x'", "KeyError", "'x'"),
        ("pandas.errors.ParserError: bad line", "pandas.errors.ParserError", "bad line"),
        ("why do I get ValueError: too long?", "ValueError", "too long?"),
        ("No module named 'x'", "ModuleNotFoundError", "No module named 'x'"),
        ("Traceback (most recent call last):\nKeyboardInterrupt", "KeyboardInterrupt", ""),
        ("KeyError: 1\nduring this\nTypeError: 2", "TypeError", "2"),
    ],
)
def test_errors_are_found_in_text(prompt: str, kind: str, text: str) -> None:
    problem = problems.read(prompt)
    assert problem is not None
    assert (problem.kind, problem.text) == (kind, text)


@pytest.mark.parametrize("prompt", ["what is a KeyError", "how to raise an Exception", "Error", ""])
def test_talk_about_errors_is_no_error(prompt: str) -> None:
    assert problems.read(prompt) is None


def test_the_users_own_line_is_found() -> None:
    problem = problems.read(
        "Traceback (most recent call last)\n"
        "Cell In[7], line 1\n----> 1 df['x']\n\n"
        "File /lib/frame.py:1\n      1 a\n----> 2     indexer = get(key)\n\nKeyError: 'x'"
    )
    assert problem is not None
    assert problem.code == "df['x']"
    plain = problems.read(
        'Traceback (most recent call last):\n  File "a.py", line 1\n    f(x)\nKeyError: 1'
    )
    assert plain is not None
    assert plain.code == "f(x)"
    within = problems.read(
        'Traceback (most recent call last):\n  File "/tmp/ipykernel_7/1.py", line 4\n    df["x"]\n'
        '  File "/v/lib/python3.11/site-packages/pandas/frame.py", line 1\n    raise KeyError\n'
        "KeyError: 'x'"
    )
    assert within is not None
    assert within.code == 'df["x"]'


def test_a_question_has_ideas_with_words_that_mean_the_same() -> None:
    found = concepts("How do I remove the duplicate rows?")
    assert [concept.words[0][0] for concept in found] == ["remove", "duplicate", "rows"]
    assert "drop" in dict(found[0].words)
    assert found[2].weight < found[0].weight


def test_phrases_are_one_idea() -> None:
    assert [c.words[0][0] for c in concepts("the standard deviation")] == ["std"]


def test_a_name_can_be_found_by_its_words() -> None:
    words = in_words("sklearn.linear_model.LinearRegression").split()
    assert {"LinearRegression", "Linear", "Regression", "linear", "model", "sklearn"} <= set(words)


def test_talk_is_not_mistaken_for_a_question() -> None:
    assert small_talk("hi") is not None
    assert small_talk("hi, how do I read a csv file?") is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password=hunter2 rest", "password=[hidden] rest"),
        ("OPENAI_API_KEY: sk-1", "OPENAI_API_KEY: [hidden]"),
        ("Authorization: Bearer abc", "Authorization: [hidden]"),
        ("https://me:pw@host/x", "https://[hidden]@host/x"),
        ("id ghp_0123456789abcdefghijABCD", "id [hidden]"),
        ("No module named 'a_very_long_module_name_indeed'", None),
        ("two\nlines", "two lines"),
    ],
)
def test_secrets_are_hidden(text: str, shown: str | None) -> None:
    assert without_secrets(text) == (shown or text)


def test_a_long_text_is_cut() -> None:
    assert len(without_secrets("word " * 1000)) == 300
