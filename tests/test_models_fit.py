"""The fitting rule: what goes whole, what is shortened, what is left out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.assistants.models.fit import (
    TooLong,
    budget,
    fit,
    shortened,
    size,
    tokens,
)
from jupyter_chatcore.assistants.models.said import Call, Piece, Said
from jupyter_chatcore.assistants.telling import Image, Text
from jupyter_chatcore.protocol import Role


def said(number: int, role: Role, *pieces: Piece) -> Said:
    return Said(number, role, pieces)


def user(number: int, text: str) -> Said:
    return said(number, "user", Text(text))


def answer(number: int, text: str, result: str = "") -> Said:
    call = (Call(f"c{number}", "look", "{}", result),) if result else ()
    return said(number, "assistant", *call, Text(text))


LONG = "long output " * 1000


def chat(results: Sequence[str]) -> list[Said]:
    """Questions and answers in turn, with what a tool gave for each answer."""
    pairs = [
        (user(2 * n, f"question {n}"), answer(2 * n + 1, f"answer {n}", result))
        for n, result in enumerate(results)
    ]
    return [one for pair in pairs for one in pair]


def total(messages: Sequence[Said]) -> int:
    return sum(map(size, messages))


def test_what_fits_goes_as_it_is() -> None:
    history, prompt = chat(["a", "b", LONG]), user(99, "and now?")
    fitted = fit(history, prompt, total([*history, prompt]))
    assert fitted.said == (*history, prompt)
    assert (fitted.omitted, fitted.shortened) == (0, ())
    assert fitted.size == total([*history, prompt])


def test_the_oldest_long_output_is_shortened_first() -> None:
    history, prompt = chat([LONG, LONG, "short"]), user(99, "and now?")
    fitted = fit(history, prompt, total([*history, prompt]) - 1)
    assert (fitted.omitted, fitted.shortened) == (0, (1,))
    call = fitted.said[1].pieces[0]
    assert isinstance(call, Call)
    assert tokens(call.result) <= 600
    assert call.result.startswith("long output")
    assert call.result.endswith("long output ")
    assert "characters left out" in call.result


def test_outputs_are_shortened_before_anything_is_left_out() -> None:
    history, prompt = chat([LONG] * 4), user(99, "and now?")
    fitted = fit(history, prompt, 4000)
    assert (fitted.omitted, fitted.shortened) == (0, (1, 3, 5, 7))


def test_the_oldest_messages_are_left_out_and_an_answer_never_leads() -> None:
    history, prompt = chat(["x" * 300] * 6), user(99, "and now?")
    fitted = fit(history, prompt, size(prompt) + size(history[-1]) * 2 + size(history[-2]) + 1)
    assert [one.message for one in fitted.said] == [10, 11, 99]
    assert fitted.omitted == 10


def test_an_answer_without_its_question_is_left_out() -> None:
    fitted = fit([answer(1, "hello, how can I help?")], user(2, "hi"), 1000)
    assert [one.message for one in fitted.said] == [2]
    assert fitted.omitted == 1


def test_room_that_is_left_over_goes_to_the_newest_output() -> None:
    history = [user(0, "x" * 30_000), answer(1, "y"), *chat([LONG])]
    prompt = user(99, "and now?")
    room = total([*history[2:], prompt]) + 10
    fitted = fit(history, prompt, room)
    assert fitted.said == (*history[2:], prompt)
    assert (fitted.omitted, fitted.shortened) == (2, ())


def test_a_prompt_too_large_by_itself_is_shortened_in_the_middle() -> None:
    prompt = said(9, "user", Text("What is this?"), Text("a" * 9000 + "b" * 9000))
    fitted = fit(chat(["a"]), prompt, 1000)
    assert fitted.shortened == (9,)
    first, second = fitted.said[-1].pieces
    assert first == Text("What is this?")
    assert isinstance(second, Text)
    assert second.text.startswith("aaa")
    assert second.text.endswith("bbb")
    assert fitted.size <= 1000


def test_pictures_that_do_not_fit_cannot_be_shortened() -> None:
    with pytest.raises(TooLong):
        fit([], said(1, "user", Text("see"), *[Image("image/png", b"")] * 3), 4000)


@pytest.mark.parametrize(
    ("window", "max_tokens", "room"),
    [(8192, None, 6144), (200_000, None, 183_616), (8192, 1000, 7192), (8192, 8000, 4096)],
)
def test_room_is_kept_for_the_answer(window: int, max_tokens: int | None, room: int) -> None:
    assert budget(window, max_tokens) == room


@given(st.text(max_size=600), st.integers(40, 200))
def test_a_shortened_text_keeps_its_ends(text: str, limit: int) -> None:
    cut = shortened(text, limit)
    assert tokens(cut) <= limit
    if cut != text:
        head, _, rest = cut.partition("\n[... ")
        count, _, tail = rest.partition(" characters left out ...]\n")
        assert text.startswith(head)
        assert text.endswith(tail)
        assert len(head) + int(count) + len(tail) == len(text)


TEXTS = st.text("ab \u00e9\u4e2d\U0001f600", max_size=4000)
PIECES = st.one_of(
    TEXTS.map(Text),
    st.builds(Call, st.just("c"), st.just("look"), st.just("{}"), TEXTS),
    st.just(Image("image/png", b"")),
)
HISTORIES = st.lists(
    st.tuples(st.sampled_from(["user", "assistant", "system"]), st.lists(PIECES, max_size=3)),
    max_size=12,
)


@given(HISTORIES, TEXTS, st.integers(150, 8000))
def test_it_never_exceeds_the_room_and_reports_truly(
    spoken: list[tuple[Role, list[Piece]]], asked: str, room: int
) -> None:
    history = [said(n, role, *pieces) for n, (role, pieces) in enumerate(spoken)]
    prompt = user(99, asked)
    fitted = fit(history, prompt, room)
    assert fitted.size == total(fitted.said) <= room
    ids = [one.message for one in fitted.said]
    kept = history[fitted.omitted :]
    assert ids == [*(one.message for one in kept), 99]
    assert fitted.said[0].role != "assistant"
    changed = [
        new.message for old, new in zip([*kept, prompt], fitted.said, strict=True) if old != new
    ]
    assert list(fitted.shortened) == changed
    if size(prompt) <= room:
        assert fitted.said[-1] == prompt
