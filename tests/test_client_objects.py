"""Python values become parts: bounded, named as their caller names them, and never a secret."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jupyter_chatcore.client.names import callers
from jupyter_chatcore.client.objects import Attachment, Piece, pieces
from jupyter_chatcore.errors import Invalid, TooLarge
from jupyter_chatcore.parts import OutputPart, TextPart, VariablePart
from jupyter_chatcore.protocol import Author, Message


def sent(*values: Any, context: Any = ()) -> list[Piece]:
    """What a call of this test makes of the values."""
    frame = sys._getframe(1)
    return pieces(values, context, spaces=[frame.f_locals, frame.f_globals], kernel="k1")


def variable(value: Any) -> VariablePart:
    """The one variable that a value becomes, in the eyes of the test that calls."""
    frame = sys._getframe(1)
    [part] = pieces([value], spaces=[frame.f_locals, frame.f_globals], kernel="k1")
    assert isinstance(part, VariablePart)
    return part


def told(value: Any) -> str:
    """What is told of a value."""
    return str(variable(value).preview["text/plain"])


def test_texts_stay_texts_and_parts_themselves() -> None:
    part = TextPart(text="mine")
    assert sent("hello", part, [part, part]) == [TextPart(text="hello"), part, part, part]


def test_halves_of_characters_cannot_be_sent_and_are_not() -> None:
    assert sent("half \ud83d") == [TextPart(text="half ?")]
    assert told(ValueError("half \ud83d")) == "ValueError: half ?"


def test_names_are_those_of_the_caller() -> None:
    prices = {"apple": 1}
    part = variable(prices)
    assert (part.name, part.kernel, part.python_type, part.shape) == ("prices", "k1", "dict", [1])
    assert variable({"pear": 2}).name == "dict"


def test_context_names_what_it_holds() -> None:
    parts = sent(context={"answer": 42, "log": "a line"})
    assert [(p.name, p.preview["text/plain"]) for p in parts if isinstance(p, VariablePart)] == [
        ("answer", "42"),
        ("log", "a line"),
    ]
    assert sent(context=["a line"]) == [TextPart(text="a line")]


def test_callers_are_those_outside_of_the_package() -> None:
    here = [1, 2]
    own, module = callers()
    assert own["here"] is here
    assert module["__name__"] == __name__


@pytest.mark.parametrize("name", ["api_key", "DB_PASSWORD", "my_secret"])
def test_names_of_secrets_are_refused(name: str) -> None:
    with pytest.raises(Invalid, match=f"`{name}` looks like a secret"):
        sent(context={name: "hush"})


def test_what_the_caller_calls_a_secret_is_refused() -> None:
    api_key = "sk-0123456789"
    with pytest.raises(Invalid, match="`api_key` looks like a secret"):
        sent(api_key)
    passwords = {"ada": "hush"}
    with pytest.raises(Invalid, match="`passwords` looks like a secret"):
        sent(passwords)
    known = passwords
    assert variable(known).name == "known"


def test_keys_that_look_like_secrets_keep_their_values_to_themselves() -> None:
    config = {"user": "ada", "inner": {"password": "hush"}, "token": "", "n": 1}
    assert told(config) == ("{'inner': {'password': [hidden]}, 'n': 1, 'token': '', 'user': 'ada'}")


class Broken:
    def __repr__(self) -> str:
        raise ValueError("no")


class Long:
    def __repr__(self) -> str:
        return "x" * 1_000_000


def test_a_repr_is_bounded_and_may_raise() -> None:
    assert told(Broken()) == "It cannot be shown: its repr raises ValueError."
    part = variable(Long())
    assert part.truncated
    assert len(part.preview["text/plain"]) < 20_000
    assert len(told(list(range(10**6)))) < 20_000
    [text] = sent(context={"log": "y" * 100_000})
    assert isinstance(text, VariablePart)
    assert text.truncated
    assert "84000 characters left out" in text.preview["text/plain"]


def test_an_exception_is_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        print(1 / 0)
    error = caught.value
    part = variable(error)
    assert (part.name, part.python_type) == ("error", "ZeroDivisionError")
    text = part.preview["text/plain"]
    assert text.startswith("Traceback (most recent call last):")
    assert text.endswith("ZeroDivisionError: division by zero")


def test_code_is_its_source() -> None:
    assert told(Long).startswith("class Long:\n    def __repr__")
    assert told(len) == "<built-in function len>"


MESSAGE = Message(
    id=7,
    seq=7,
    session="other",
    role="assistant",
    status="done",
    created="2026-01-01T00:00:00Z",
    parts=[TextPart(text="Use `groupby`."), OutputPart(data={"text/plain": "a plot"})],
    author=Author(username="guide", name="Guide"),
)


def test_a_message_of_another_chat_is_its_text() -> None:
    [part] = sent(MESSAGE)
    text = "[Message 7 of Guide in the chat other]\n\nUse `groupby`.\n\na plot"
    assert part == TextPart(text=text)


PNG = base64.b64encode(b"\x89PNG of a plot").decode()


class Drawn:
    def _repr_png_(self) -> bytes:
        return b"\x89PNG of a plot"


class DrawnTwice:
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return {"text/plain": "a plot", "image/png": PNG}, {}


class Undrawn:
    def _repr_png_(self) -> None:
        return None


@pytest.mark.parametrize("value", [Drawn(), DrawnTwice()])
def test_what_draws_itself_is_a_picture(value: Any) -> None:
    [part] = sent(value)
    assert isinstance(part, OutputPart)
    assert part.data["image/png"] == PNG
    assert type(value).__name__ in part.data["text/plain"]


def test_what_draws_nothing_is_told() -> None:
    assert "Undrawn object" in told(Undrawn())


def test_a_picture_may_be_too_large() -> None:
    class Huge(Drawn):
        def _repr_png_(self) -> bytes:
            return bytes(5_000_000)

    with pytest.raises(TooLarge, match=r"5\.0 MB"):
        sent(Huge())


def test_files_are_attached(tmp_path: Path) -> None:
    notes = tmp_path / "notes.md"
    notes.write_bytes(b"# Notes")
    assert sent(notes) == [Attachment("notes.md", b"# Notes")]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.txt", "cannot be read"),
        (".", "is a folder"),
        (".env", "secrets"),
        ("id_rsa", "secrets"),
        ("credentials.json", "secrets"),
    ],
)
def test_files_that_cannot_be_sent(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        sent(tmp_path / name)


def test_nothing_is_imported() -> None:
    code = (
        "import sys; from jupyter_chatcore.client.objects import pieces;"
        " pieces([1, {}, ValueError(), pieces]);"
        " print([name for name in ('numpy', 'pandas', 'polars', 'matplotlib', 'PIL', 'tornado',"
        " 'plotly', 'pydantic', 'sqlite_utils', 'IPython') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
