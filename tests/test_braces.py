"""What stands in the words of a magic: options before them, and values in braces."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_chatcore.client.braces import Filled, fill
from jupyter_chatcore.client.completing import completions
from jupyter_chatcore.client.options import Options, read
from jupyter_chatcore.errors import BadRequest, Invalid

TABLE = [[1, 2], [3, 4]]
SPACE: dict[str, Any] = {"n": 3, "ratio": 0.12345, "name": "Oslo", "table": TABLE, "_hidden": 1}


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("nothing here", "nothing here"),
        ("{n} towns like {name}", "3 towns like Oslo"),
        ("{n + 1} and { n}", "4 and { n}"),
        ("{ratio:.2f} {name!r} {name!r:>8}", "0.12 'Oslo'   'Oslo'"),
        ("{{n}} and {{}}", "{n} and {}"),
        ('{"a": {"b": 1}}', '{"a": {"b": 1}}'),
        ("if (x) { return n; }", "if (x) { return n; }"),
        ("{return n}", "{return n}"),
        ("{}, {1, 2} and {'a'}", "{}, {1, 2} and {'a'}"),
        ("{name.lower()} {len(table)}", "oslo 2"),
    ],
)
def test_texts_and_numbers_stand_in_place(words: str, filled: str) -> None:
    assert fill(words, SPACE) == Filled(filled)


def test_other_values_go_with_the_words() -> None:
    filled = fill("Compare {table} with {table[0]}, and {table} again", SPACE)
    assert filled.text == "Compare `table` with `table[0]`, and `table` again"
    assert filled.values == {"table": TABLE, "table[0]": [1, 2]}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            "{unknown}",
            r"\{unknown\}: name 'unknown' is not defined\. Nothing was sent.*\{\{unknown",
        ),
        ("{n / 0}", "ZeroDivisionError"),
        ("{n:xyz}", "Nothing was sent"),
        ("{api_key}", "`api_key` looks like a secret"),
        ("{config.password}", "`password` looks like a secret"),
        ('{environ["OPENAI_API_KEY"]}', "`OPENAI_API_KEY` looks like a secret"),
    ],
)
def test_what_cannot_be_filled_in_is_said(words: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        fill(words, SPACE)


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("What's up?", Options(words="What's up?")),
        ("-a openai Hi", Options(assistant="openai", words="Hi")),
        ("--assistant=openai --model m1", Options(assistant="openai", model="m1")),
        ('-c "my chat" --to answer Why?', Options(chat="my chat", to="answer", words="Why?")),
        ("--code -c 'a b'", Options(code=True, chat="a b")),
        ("--help", Options(help=True)),
        ("-h", Options(help=True)),
        ("What does -a mean?", Options(words="What does -a mean?")),
        ("-- -a is what?", Options(words="-a is what?")),
        ("-5 + 3 is?", Options(words="-5 + 3 is?")),
        ("", Options()),
    ],
)
def test_options_come_first(line: str, options: Options) -> None:
    assert read(line) == options


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("--asistant x", "no option --asistant"),
        ("-x", "no option -x"),
        ("-a", "-a needs a value"),
        ('-c "my chat', "-c needs a value"),
        ("--to 1st", "'1st' is none"),
    ],
)
def test_options_that_are_none(line: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        read(line)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%chat --", ["--assistant", "--model", "--chat", "--to", "--code", "--help"]),
        ("%chat --co", ["--code"]),
        ("%chat Look at {ta", ["table"]),
        ("%chat Look at {", ["n", "name", "ratio", "table"]),
        ("%chat Look at {_h", ["_hidden"]),
        ("%chat Look at {{ta", []),
        ("%chat Loo", []),
    ],
)
def test_what_can_come_next(line: str, offered: list[str]) -> None:
    assert completions(line, SPACE) == offered
