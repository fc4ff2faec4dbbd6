"""Chats from cells: real kernels of a real server, and a stop from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from client_running import Place
from jupyter_client.blocking.client import BlockingKernelClient
from kernels import opened, run

Kernel = BlockingKernelClient
NOTEBOOK = "folder/work.ipynb"


@pytest.fixture(scope="module")
def kernel(place: Place) -> Iterator[Kernel]:
    place.server.write_notebook(NOTEBOOK)
    with opened(place.server, NOTEBOOK) as client:
        run(client, "from jupyter_chatcore import Chat, chats")
        yield client


def text_of(outputs: list[dict[str, Any]]) -> str:
    """All that a cell has printed or shown, as text."""
    return "".join(o["text"] if "text" in o else o["data"]["text/plain"] for o in outputs)


def drawn(kernel: Kernel, source: str) -> list[str]:
    """What a cell draws as Markdown into one place, drawing by drawing."""
    texts: list[str] = []
    places: set[str] = set()

    def note(message: Any) -> None:
        if message["msg_type"] in {"display_data", "update_display_data", "execute_result"}:
            texts.append(message["content"]["data"]["text/markdown"])
            places.add(message["content"].get("transient", {}).get("display_id", ""))

    reply = kernel.execute_interactive(source, output_hook=note, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    assert len(places) == 1
    return texts


def test_the_notebooks_own_chat_is_found(place: Place, kernel: Kernel) -> None:
    shown = run(kernel, "chat = Chat(); chat.send('hello'); print(chat.info().notebook, len(chat))")
    assert text_of(shown) == f"{NOTEBOOK} 1\n"
    [session] = place.server.call("GET", f"chatcore/sessions?notebook={NOTEBOOK}")["sessions"]
    assert (session["title"], session["count"]) == ("work", 1)


def test_an_answer_grows_in_its_cell_and_is_shown_once(kernel: Kernel) -> None:
    texts = drawn(kernel, "Chat('grows', assistant='scripted').ask('stream 12 60ms')")
    assert len(texts) > 2
    assert texts[-1] == "".join(f"w{number} " for number in range(12))
    assert all(texts[-1].startswith(text) for text in texts)


def test_an_answer_is_shown_again_where_it_is_asked_for(kernel: Kernel) -> None:
    run(kernel, "reply = Chat('again', assistant='scripted').ask('say **so**', stream=False)")
    assert drawn(kernel, "reply") == ["**so**"]
    run(kernel, "reply = Chat('again', assistant='scripted').ask('say **so**')")
    assert drawn(kernel, "reply") == ["**so**"]


def test_what_a_model_says_runs_nowhere(kernel: Kernel) -> None:
    said = "say <img src=x onerror=run()> ![](https://a.example/b) [c](javascript:d)"
    [text] = drawn(kernel, f"Chat('hostile', assistant='scripted').ask({said!r})")
    assert "<img" not in text
    assert "![" not in text
    assert "](javascript" not in text
    assert text_of(run(kernel, "print(Chat('hostile').messages()[-1].text)")) == f"{said[4:]}\n"


def test_it_works_where_a_loop_runs(kernel: Kernel) -> None:
    run(
        kernel,
        "import asyncio\n"
        "chat = Chat('loop', assistant='scripted')\n"
        "asking = [chat.aask(f'say {n}', stream=False) for n in range(3)]\n"
        "replies = await asyncio.gather(*asking)\n"
        "assert [reply.text for reply in replies] == ['0', '1', '2']\n"
        "assert chat.ask('say here', stream=False).text == 'here'\n"
        "assert [piece async for piece in chat.stream('say there')] == ['there']\n",
    )
    texts = drawn(kernel, "reply = await chat.aask('stream 12 60ms')")
    assert len(texts) > 2


def test_the_widget_and_the_cell_show_the_same_chat(kernel: Kernel) -> None:
    shown = run(kernel, "chat = Chat('both'); chat.send('hello'); chat")
    assert shown[-1]["data"]["text/plain"] == "Chat('both')"
    run(kernel, "chat.session = 'Other one'; chat.send('there')")
    assert text_of(run(kernel, "print(chat.info().id, len(chat), len(Chat('both')))")) == (
        "other-one 1 1\n"
    )
    shown = run(kernel, "[found] = [each for each in chats() if each.session == 'both']; found")
    assert "application/vnd.jupyter.widget-view+json" in shown[-1]["data"]


def test_who_answers_is_given_as_to_the_widget(place: Place, kernel: Kernel) -> None:
    run(kernel, "Chat('who', title='Who').send('hello')")
    run(kernel, "Chat('who', assistant='scripted', model='large').send('hello')")
    session = place.server.call("GET", "chatcore/sessions/who")
    assert (session["title"], session["assistant"]) == ("Who", "scripted")
    assert session["settings"] == {"model": "large"}


def test_no_token_is_in_what_a_cell_shows(place: Place, kernel: Kernel) -> None:
    source = "%xmode Verbose\nChat('ideas').ask('fail', assistant='nobody')"
    outputs: list[Any] = []
    reply = kernel.execute_interactive(source, output_hook=outputs.append, timeout=60)
    assert reply["content"]["ename"] == "NotFound"
    assert place.server.token not in json.dumps(outputs, default=str)
    run(kernel, "%xmode Context")


def test_a_notebook_that_is_renamed_keeps_its_chat(place: Place, kernel: Kernel) -> None:
    before = text_of(run(kernel, "Chat().send('hello'); print(Chat().info().id)"))
    call, moved = place.server.call, "folder/moved.ipynb"
    [session] = [each for each in call("GET", "api/sessions") if each["path"] == NOTEBOOK]
    call("PATCH", f"api/contents/{NOTEBOOK}", {"path": moved})
    call("PATCH", f"api/sessions/{session['id']}", {"path": moved, "name": "moved.ipynb"})
    shown = text_of(
        run(kernel, "chat = Chat(); print(chat.info().id); print(chat.info().notebook)")
    )
    assert shown == f"{before}{moved}\n"
