"""No secret is in what is told, however an assistant says it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from core_fixtures import CHAT
from core_running import ADA, ask, core, ended, message
from hypothesis import given
from hypothesis import strategies as st
from scripted import Step, scripted

from jupyter_chatcore.api import Ask, Edit
from jupyter_chatcore.assistants.base import AssistantError, Item, Tool, ToolError, ToolInput
from jupyter_chatcore.assistants.presets import read_settings
from jupyter_chatcore.assistants.secrets import HIDDEN, known_secrets
from jupyter_chatcore.marks import mark_of
from jupyter_chatcore.parts import (
    BundleOutput,
    CellPart,
    DiffOutput,
    OutputPart,
    Part,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolOutput,
    ToolPart,
)
from jupyter_chatcore.protocol import Message, Sent, Usage
from jupyter_chatcore.redaction import Redaction, discreet

KEY = "sk-proj-Zq81LmQz"
QUOTED = 'a"\\b-secret'


def told(redaction: Redaction, *items: Item) -> list[Item]:
    """What is told of the items, to the end."""
    return [*(out for item in items for out in redaction.items(item)), *redaction.rest()]


def text_of(*pieces: str, secrets: tuple[str, ...] = (KEY,)) -> str:
    return "".join(str(piece) for piece in told(Redaction(secrets), *pieces))


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["no secret"], "no secret"),
        ([f"it is {KEY}."], f"it is {HIDDEN}."),
        ([KEY + KEY], HIDDEN + HIDDEN),
        (list(f"it is {KEY}!"), f"it is {HIDDEN}!"),
        (["it is sk-", "proj-Zq81LmQz"], f"it is {HIDDEN}"),
        (["sk-", "proj-other"], "sk-proj-other"),
        (["sk-sk-proj-Zq81", "LmQz"], f"sk-{HIDDEN}"),
        (["ends with sk-pr"], "ends with sk-pr"),
    ],
)
def test_text_in_pieces(pieces: list[str], shown: str) -> None:
    assert text_of(*pieces) == shown


def test_of_two_secrets_the_longer_one_is_hidden() -> None:
    secrets = known_secrets({}, ["abcdefgh", "abcdefghijkl"])
    assert text_of("abcdefgh", "ijkl abcdefgh.", secrets=secrets) == f"{HIDDEN} {HIDDEN}."


@given(
    st.lists(st.sampled_from(["aab", "b", "aba", "a", "x", "aabab"]), max_size=12),
    st.lists(st.sampled_from(["aabab", "abab", "bx"]), min_size=1, max_size=3, unique=True),
)
def test_pieces_are_told_as_the_whole(pieces: list[str], secrets: list[str]) -> None:
    ordered = tuple(sorted(secrets, key=len, reverse=True))
    whole = Redaction(ordered).text("".join(pieces))
    assert text_of(*pieces, secrets=ordered) == whole


def test_what_cannot_be_a_secret_is_told_at_once() -> None:
    redaction = Redaction((KEY,))
    assert list(redaction.items("the task s")) == ["the task "]
    assert list(redaction.items("k-ilful")) == ["sk-ilful"]


def test_every_kind_of_growing_text_is_watched() -> None:
    head, tail = KEY[:7], KEY[7:]
    items = (ReasoningPart(text=head), ReasoningPart(text=tail), head, tail)
    assert told(Redaction((KEY,)), *items) == [ReasoningPart(text=HIDDEN), HIDDEN]
    inputs = (ToolInput("1", head), ToolInput("1", tail), ToolInput("2", head))
    assert told(Redaction((KEY,)), *inputs) == [ToolInput("1", HIDDEN), ToolInput("2", head)]


def test_whole_items_are_cleaned_wherever_it_stands() -> None:
    redaction = Redaction((KEY, QUOTED))
    tool = ToolPart(
        call="1", name="bash", input=f"echo {KEY}", output=[TextOutput(text=f"KEY={QUOTED}\n")]
    )
    [shown] = told(redaction, tool)
    assert isinstance(shown, ToolPart)
    assert shown.input == f"echo {HIDDEN}"
    assert shown.output == [TextOutput(text=f"KEY={HIDDEN}\n")]
    assert told(redaction, OutputPart(data={KEY: [KEY]})) == [OutputPart(data={HIDDEN: [HIDDEN]})]
    assert told(redaction, Usage(model=KEY)) == [Usage(model=HIDDEN)]
    assert told(redaction, Sent(parameters={"a": KEY})) == [Sent(parameters={"a": HIDDEN})]
    plain = OutputPart(data={"text/plain": "nothing"})
    assert told(redaction, plain)[0] is plain


def test_what_is_secret_is_known_by_its_name() -> None:
    environ = {
        "OPENAI_API_KEY": "openai-1",
        "PGPASSWORD": "postgres-1",
        "GITHUB_TOKEN": "short",
        "SSH_AUTH_SOCK": "/run/user/agent.sock",
        "KEYBOARD": "querty-layout",
        "HOME": "/home/somebody",
    }
    assert known_secrets(environ, ["configured"]) == ("configured", "postgres-1", "openai-1")


def test_what_is_secret_in_the_configuration() -> None:
    settings = read_settings(
        {"mine": {"key": "configured"}},
        {"own": {"command": ["x"], "env": {"A_TOKEN": "token-of-it", "A_HOME": "/data/there"}}},
        {},
    )
    assert settings.secrets() == ["configured", "token-of-it"]


@pytest.mark.asyncio
async def test_a_tool_gives_no_secret_away_nor_does_it_fail_with_one() -> None:
    async def run(arguments: dict[str, object]) -> list[ToolOutput]:
        if arguments:
            raise ToolError(f"no {KEY}")
        return [BundleOutput(data={"text/plain": f"KEY={KEY}"}), DiffOutput(path="n", new=KEY)]

    tool = Tool(name="t", description="", parameters={}, run=run, preview=run)
    safe = discreet(tool, lambda: (KEY,))
    hidden = [
        BundleOutput(data={"text/plain": f"KEY={HIDDEN}"}),
        DiffOutput(path="n", new=HIDDEN),
    ]
    assert await safe.run({}) == hidden
    assert safe.preview is not None
    assert await safe.preview({}) == hidden
    with pytest.raises(ToolError, match=re.escape(f"no {HIDDEN}")):
        await safe.run({"a": 1})


@pytest.mark.asyncio
async def test_what_a_question_shows_is_stored_and_sent_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)
    output = {"output_type": "stream", "name": "stdout", "text": f"KEY={KEY}\n"}
    cell = CellPart(
        path="n", cell_id="a", cell_type="code", source=f"k = {KEY!r}", outputs=[output]
    )
    assistant = scripted("yes")
    async with core(tmp_path, assistant) as chat:
        first = await chat.replies.ask(CHAT, Ask(parts=[cell]), ADA)
        await ended(chat, first)
        edit = Edit(text=f"or {KEY}", reply=True)
        edited = await chat.replies.edit(CHAT, first.message, edit, ADA)
        await ended(chat, edited)
        stored = await message(chat, first.message)
    [shown] = stored.parts
    assert isinstance(shown, CellPart)
    assert shown.source == f"k = '{HIDDEN}'"
    assert shown.outputs[0]["text"] == f"KEY={HIDDEN}\n"
    assert shown.mark == mark_of(cell.source)  # else it would be told as changed
    assert [turn.prompt.parts for turn in assistant.turns] == [
        stored.parts,
        [TextPart(text=f"or {HIDDEN}")],
    ]
    assert KEY not in (tmp_path / "chats.sqlite").read_bytes().decode(errors="replace")


async def play(folder: Path, *steps: Step) -> Message:
    async with core(folder, scripted(*steps)) as chat:
        return await ended(chat, await ask(chat))


@pytest.mark.asyncio
async def test_no_reply_says_a_key_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)
    tool = ToolPart(call="1", name="env", status="done", output=[TextOutput(text=KEY)])
    error = AssistantError("bad_key", f"not {KEY}")
    reply = await play(tmp_path, "it is ", *KEY, tool, "ends with sk-", error)
    expected: list[Part] = [
        TextPart(text=f"it is {HIDDEN}"),
        ToolPart(call="1", name="env", status="done", output=[TextOutput(text=HIDDEN)]),
        TextPart(text="ends with sk-"),
    ]
    assert reply.parts == expected
    assert reply.error is not None
    assert reply.error.message == f"not {HIDDEN}"
    assert KEY not in (tmp_path / "chats.sqlite").read_bytes().decode(errors="replace")
