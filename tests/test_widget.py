"""The widget: which chat it shows, and what it tells the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel
from msgspec import convert

from jupyter_chatcore import Chat, widget
from jupyter_chatcore.client import naming
from jupyter_chatcore.protocol import SessionId


@pytest.fixture(autouse=True)
def no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ideas", "ideas"),
        ("Ideas_2.b", "Ideas_2.b"),
        ("My chat!", "my-chat"),
        ("  two  words ", "two-words"),
        ("../../etc/passwd", "etc-passwd"),
        ("Café", "cafe-73473dcc12b7"),
        ("日本", "chat-cf2abf0c5be3"),
    ],
)
def test_a_name_has_one_id(name: str, expected: str) -> None:
    assert naming.session_id(name) == expected


@pytest.mark.parametrize("name", ["", "   ", "...", "-", "!?", "\n", "🎉"])
def test_a_name_without_letters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="needs a letter or a digit"):
        Chat(name)


def test_a_name_is_a_string() -> None:
    with pytest.raises(TypeError, match="not int"):
        Chat(7)  # type: ignore[arg-type]


@given(st.text(max_size=400))
def test_every_id_is_one_that_the_server_takes(name: str) -> None:
    try:
        found = naming.session_id(name)
    except ValueError:
        assert not any(letter.isalnum() for letter in name)
    else:
        assert convert(found, SessionId) == found == naming.session_id(name)


@given(st.sets(st.text("äöüßàé日本語абв", min_size=1), min_size=2, max_size=5))
def test_names_that_lose_letters_stay_apart(names: set[str]) -> None:
    assert len({naming.session_id(name) for name in names}) == len(names)


def test_own_chat_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/lab/a.ipynb")
    chat = Chat()
    assert (chat.session, chat.notebook, chat._title) == ("", "/home/ada/lab/a.ipynb", "")
    assert repr(chat) == "Chat()"


def test_own_chat_without_a_notebook() -> None:
    chat = Chat()
    assert (chat.session, chat.notebook, chat.kernel_id) == ("scratch", "", "")


def test_a_chat_with_a_name_keeps_it_as_title() -> None:
    chat = Chat("Größe der Welt")
    assert chat.session.startswith("gro-e-der-welt-")
    assert chat._title == "Größe der Welt"
    assert Chat("ideas", title="Bright ideas")._title == "Bright ideas"
    assert len(Chat("long " * 100)._title) <= widget.TITLE_LENGTH


def test_a_chat_is_answered_by_whom_it_is_told() -> None:
    chat = Chat("ideas", assistant=" openai ", model="gpt-5")
    assert (chat.assistant, chat.model) == ("openai", "gpt-5")
    state = chat.get_state()
    assert (state["assistant"], state["model"], state["_assigned"]) == ("openai", "gpt-5", False)


def test_a_chat_keeps_who_answers_unless_it_is_told() -> None:
    chat = Chat("ideas")
    assert (chat.assistant, chat.model) == ("", "")


@pytest.mark.parametrize("name", ["assistant", "model"])
def test_who_answers_is_a_string(name: str) -> None:
    with pytest.raises(traitlets.TraitError, match=f"'{name}' trait"):
        Chat("ideas", **{name: 7})  # type: ignore[arg-type]


def test_another_assistant_is_for_the_page_to_assign() -> None:
    chat = Chat("ideas", assistant="openai")
    chat._assigned = True
    chat.assistant = "anthropic"
    assert not chat._assigned
    chat._assigned = True
    chat.assistant = "anthropic"
    assert chat._assigned, "nothing has changed"


@pytest.mark.parametrize("height", ["300px", "50vh", "12.5em", 300])
def test_height(height: str | int) -> None:
    expected = "300px" if height == 300 else height
    assert Chat(height=height).height == expected


@pytest.mark.parametrize("height", ["", "tall", "1px;position:fixed", "-3px", "calc(1px)"])
def test_height_must_be_a_length(height: str) -> None:
    with pytest.raises(traitlets.TraitError, match="CSS length"):
        Chat(height=height)


def test_what_a_notebook_file_keeps() -> None:
    shown = Chat("ideas")._repr_mimebundle_()
    assert shown is not None
    bundle, _metadata = shown
    assert bundle["text/plain"] == "Chat('ideas')"
    assert set(bundle) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert len(json.dumps(bundle)) < 300


def run_python(code: str) -> Any:
    """What a fresh interpreter prints, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


def test_importing_the_package_is_cheap() -> None:
    spent, modules = run_python(
        "import time, sys, json; start = time.process_time(); import jupyter_chatcore;"
        "print(json.dumps([time.process_time() - start, list(sys.modules)]))"
    )
    assert spent < 0.05
    assert not {"anywidget", "ipywidgets", "tornado", "msgspec", "httpx"} & set(modules)


def test_the_kernel_side_needs_no_server() -> None:
    modules = run_python(
        "import sys, json; from jupyter_chatcore import Chat; print(json.dumps([*sys.modules]))"
    )
    assert not {"jupyter_server", "sqlite_utils", "sqlite3", "httpx"} & set(modules)


def test_an_unknown_name_is_an_attribute_error() -> None:
    import jupyter_chatcore  # noqa: PLC0415

    with pytest.raises(AttributeError, match="no attribute 'Chta'"):
        _ = jupyter_chatcore.Chta


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[BlockingKernelClient]:
    manager, client = start_new_kernel(env=os.environ | {"IPYTHONDIR": str(tmp_path)})
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    manager.cleanup_resources()


def test_a_page_gets_the_bundle_from_the_kernel(kernel: BlockingKernelClient) -> None:
    opened = execute(kernel, "from jupyter_chatcore import Chat; chat = Chat('ideas'); chat")
    state = opened["data"]["state"]
    assert state["session"] == "ideas"
    assert state["kernel_id"]
    answer = ask(kernel, opened["comm_id"], {"kind": "bundle"})
    content, buffers = answer["content"]["data"]["content"], answer["buffers"]
    if widget.BUNDLE.is_file():
        assert content == {"kind": "bundle"}
        assert bytes(buffers[0]) == widget.BUNDLE.read_bytes()
        assert state["_digest"] == widget.digest()
    else:
        assert "pip install" in content["error"]


def execute(client: BlockingKernelClient, code: str) -> Any:
    """Run a cell; the content of the message that opened the chat's comm."""
    opened: list[Any] = []

    def note(message: Any) -> None:
        content = message["content"]
        state = content.get("data", {}).get("state", {})
        if message["msg_type"] == "comm_open" and "session" in state:
            opened.append(content)

    reply = client.execute_interactive(code, output_hook=note, timeout=60)
    assert reply["content"]["status"] == "ok", reply
    return opened[0]


def ask(client: BlockingKernelClient, comm: str, content: dict[str, Any]) -> Any:
    """Send the widget a message as its page does; the message that it sends back."""
    body = {"comm_id": comm, "data": {"method": "custom", "content": content}}
    client.shell_channel.send(client.session.msg("comm_msg", body))
    while True:
        message = client.get_iopub_msg(timeout=30)
        if message["msg_type"] == "comm_msg" and message["content"]["data"]["method"] == "custom":
            return message
