"""What a widget tells Python of its chat, as its page reports it."""

from __future__ import annotations

import logging
from typing import Any

import ipywidgets  # type: ignore[import-untyped]
import pytest
import traitlets

from jupyter_chatcore import Chat


def told(mid: int, text: str = "hi", **more: Any) -> dict[str, Any]:
    """A message as the page tells of it."""
    return {"id": mid, "role": "user", "status": "done", "author": "Ada", "text": text} | more


def report(chat: Chat, cursor: int, *ended: dict[str, Any], **more: Any) -> None:
    """What the page sends when the chat is at this change."""
    content: dict[str, Any] = {
        "kind": "report",
        "session": chat.session,
        "cursor": cursor,
        "busy": False,
        "messages": [],
        "ended": list(ended),
    }
    chat._handle_custom_msg(content | more, [])


def test_what_is_shown_can_be_read_and_observed() -> None:
    chat, seen = Chat("ideas"), []
    chat.observe(lambda change: seen.append((change["name"], change["new"])), ["busy", "recent"])
    report(chat, 5, busy=True, messages=[told(1)])
    assert (chat.busy, chat.recent) == (True, [told(1)])
    report(chat, 6, busy=False, messages=[told(1), told(2)])
    assert seen == [
        ("recent", [told(1)]),
        ("busy", True),
        ("recent", [told(1), told(2)]),
        ("busy", False),
    ]


@pytest.mark.parametrize(("name", "value"), [("busy", True), ("recent", [])])
def test_what_is_shown_cannot_be_set(name: str, value: object) -> None:
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(Chat("ideas"), name, value)


def test_messages_are_no_state_that_a_file_could_keep() -> None:
    chat = Chat("ideas")
    report(chat, 5, messages=[told(1, "secret")])
    assert "recent" not in chat.get_state()
    assert "secret" not in str(chat.get_state())


def test_a_report_that_another_page_was_first_with_is_passed_over() -> None:
    chat = Chat("ideas")
    report(chat, 9, messages=[told(2)])
    report(chat, 8, messages=[told(1)])
    assert chat.recent == [told(2)]
    report(chat, 12, messages=[told(3)], session="another")
    assert chat.recent == [told(2)]


def test_ended_messages_are_told_once_in_order() -> None:
    chat = Chat("ideas")
    heard: list[Any] = []
    chat.on_message(lambda message: heard.append(message["id"]))
    assert chat._listening
    report(chat, 5, told(1, seq=3))
    assert heard == [], "it had ended before the page showed the chat"
    report(chat, 9, told(2, seq=6), told(3, seq=8))
    report(chat, 12, told(3, seq=8), told(4, seq=11))
    assert heard == [2, 3, 4]


def test_a_callback_is_taken_back() -> None:
    chat = Chat("ideas")
    heard: list[Any] = []
    chat.on_message(heard.append)
    chat.on_message(heard.append, remove=True)
    assert not chat._listening
    report(chat, 1)
    report(chat, 2, told(1, seq=2))
    assert heard == []


def test_a_callback_that_fails_breaks_no_other(caplog: pytest.LogCaptureFixture) -> None:
    chat = Chat("ideas")
    heard: list[Any] = []

    def fail(message: dict[str, Any]) -> None:
        raise ValueError("my own mistake")

    chat.on_message(fail)
    chat.on_message(lambda message: heard.append(message["text"]))
    report(chat, 1)
    with caplog.at_level(logging.WARNING):
        report(chat, 2, told(1, seq=2))
    assert heard == ["hi"]
    assert "my own mistake" in caplog.text


def test_another_chat_begins_anew() -> None:
    chat = Chat("ideas")
    report(chat, 5, busy=True, messages=[told(1)])
    chat.session = "More ideas"
    assert (chat.session, chat._title, chat.busy, chat.recent) == ("more-ideas", "", False, [])
    heard: list[object] = []
    chat.on_message(heard.append)
    report(chat, 9, told(7, seq=7))
    assert heard == []


@pytest.mark.parametrize("name", ["", "...", 7])
def test_a_chat_is_switched_by_a_name(name: object) -> None:
    chat = Chat("ideas")
    with pytest.raises(traitlets.TraitError):
        chat.session = name  # type: ignore[assignment]
    assert chat.session == "ideas"


def test_a_notebooks_widget_goes_back_to_its_own_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    chat = Chat("ideas")
    chat.session = ""
    assert chat.session == ""


def test_traits_are_linked_with_other_widgets() -> None:
    chat, box, slider = Chat("ideas"), ipywidgets.Checkbox(), ipywidgets.IntSlider(300, max=900)
    traitlets.dlink((chat, "busy"), (box, "value"))
    traitlets.dlink((slider, "value"), (chat, "height"))
    report(chat, 3, busy=True)
    slider.value = 640
    assert (box.value, chat.height) == (True, "640px")
    assert ipywidgets.VBox([chat, slider]).children == (chat, slider)
