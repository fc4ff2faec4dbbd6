"""A key goes to its own server and nowhere else: no row, no log, no error, no repr."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest
from modelchat import KEY, QUICK, model_chat, settings, tell, turn
from scriptedserver import ScriptedServer, Wire, chunk, refuse, say, scripted_server

from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.settings import ModelSettings

pytestmark = pytest.mark.asyncio

FOREIGN = {
    "OPENAI_API_KEY": "foreign-1",
    "OPENAI_ADMIN_KEY": "foreign-2",
    "OPENAI_ORG_ID": "foreign-3",
    "OPENAI_PROJECT_ID": "foreign-4",
    "ANTHROPIC_API_KEY": "foreign-5",
    "GOOGLE_API_KEY": "foreign-6",
}


async def shouted(wire: Wire) -> None:
    """Break in the middle of an answer, with the key in all that is broken."""
    await wire.begin()
    await wire.event(chunk({"content": "so "}))
    await wire.event({"error": {"message": f"lost Bearer {KEY}", "code": 500}})
    await wire.end()


async def garbage(wire: Wire) -> None:
    await wire.raw(f"{KEY} is no HTTP at all\r\n\r\n".encode())


FAULTS = [
    refuse(401, f"Incorrect API key provided: {KEY}."),
    refuse(400, f"your {KEY} asked for nonsense"),
    refuse(404, f"no model for {KEY}"),
    *[refuse(429, f"{KEY} is over its limit", Retry_After="0")] * 3,
    *[refuse(500, f"failed for {KEY}")] * 3,
    shouted,
    garbage,
    say("half", finish=None),
    say("whole"),
]


@pytest.fixture
def key_in_env(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A key that is named, not given: where it comes from in the environment."""
    monkeypatch.setenv("ORACLE_KEY", KEY)
    return {"key": None, "key_env": "ORACLE_KEY"}


async def test_after_many_faults_the_key_is_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key_in_env: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with model_chat(tmp_path, **key_in_env) as model:
        model.server.enqueue(*FAULTS)
        answers = [await model.answer() for _ in range(9)]
        assert [answer.status for answer in answers] == ["failed"] * 8 + ["done"]
        assert all(KEY in str(seen.headers) for seen in model.server.seen)
        infos = await model.chat.assistants.list()
    database = sqlite3.connect(tmp_path / "chats.sqlite")
    rows = "\n".join(database.iterdump())
    database.close()
    assert "hello" in rows
    assert caplog.text
    for text in (rows, caplog.text, msgspec.json.encode([answers, infos]).decode()):
        assert KEY not in text
        assert KEY[3:] not in text


async def test_what_holds_a_key_does_not_show_it() -> None:
    given = settings("http://127.0.0.1:1/v1")
    told = await tell(ModelAssistant("oracle", given, QUICK), turn())
    assert told.error is not None
    for shown in (given, ModelAssistant("oracle", given), told.error, told):
        assert KEY not in repr(shown)
    assert KEY not in str(told.error)
    assert told.error.__cause__ is None


def credentials(server: ScriptedServer) -> dict[str, str]:
    """The headers of the last request that could identify anybody."""
    known = ("authorization", "x-api-key", "x-goog-api-key", "openai-organization")
    headers = server.seen[-1].headers
    assert "foreign" not in str(headers)
    return {name: headers[name] for name in known if name in headers}


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("openai", {"authorization": f"Bearer {KEY}"}),
        ("anthropic", {"authorization": f"Bearer {KEY}"}),
        ("google", {"x-goog-api-key": KEY}),
    ],
)
async def test_each_server_gets_its_own_key_and_no_other(
    monkeypatch: pytest.MonkeyPatch, kind: Any, header: dict[str, str]
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    async with scripted_server() as server:
        server.enqueue(refuse(401, "no"), refuse(401, "no"))
        await tell(ModelAssistant("own", settings(server.url, kind=kind), QUICK), turn())
        assert credentials(server) == header
        keyless = ModelSettings(base_url=server.url, kind=kind, model="m", window=4000)
        await tell(ModelAssistant("own", keyless, QUICK), turn())
        assert credentials(server) == {}
