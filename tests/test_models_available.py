"""What is told of a model server before it is asked: its state, what to do, what to choose."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyterprocess import free_port
from modelchat import QUICK, settings, tell, turn
from modelserver import model_server
from scriptedserver import Script, Wire, refuse, say, scripted_server

from jupyter_chatcore.api import Choice
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.models.fit import DEFAULT_WINDOW
from jupyter_chatcore.assistants.models.options import Options, options_of
from jupyter_chatcore.assistants.models.served import Served
from jupyter_chatcore.assistants.presets import MODELS
from jupyter_chatcore.assistants.settings import ModelSettings

pytestmark = pytest.mark.asyncio

CLOUD = ("openai", "anthropic", "google", "openrouter")


@pytest.mark.parametrize("name", CLOUD)
async def test_a_cloud_without_its_key_says_which_variable(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = MODELS[name].key_env
    assert variable is not None
    monkeypatch.delenv(variable, raising=False)
    assistant = ModelAssistant(name, MODELS[name])
    found = await assistant.availability()
    assert found.state == "not_configured"
    assert variable in found.reason
    told = await tell(assistant, turn())
    assert told.error is not None
    assert told.error.code == "not_configured"
    assert variable in str(told.error)


@pytest.mark.parametrize("name", CLOUD)
async def test_a_cloud_with_its_key_is_ready_without_being_asked(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(str(MODELS[name].key_env), "sk-some-key-81")
    # nothing could be asked through this
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    found = await ModelAssistant(name, MODELS[name]).availability()
    model = MODELS[name].model
    assert model is not None
    assert found.state == "ready"
    assert found.choices == (Choice(name="model", title="Model", values=[model], value=model),)


async def test_a_server_of_ones_own_tells_what_it_serves(tmp_path: Path) -> None:
    with model_server(tmp_path) as server:
        own = ModelSettings(base_url=server.base_url, key=server.key)
        found = await ModelAssistant("own", own).availability()
        assert found.state == "ready"
        assert [(c.name, c.values, c.value) for c in found.choices] == [
            ("model", ["scripted"], "scripted")
        ]
        keyless = await ModelAssistant("own", ModelSettings(base_url=own.base_url)).availability()
        assert keyless.state == "not_configured"
        assert "wants a key" in keyless.reason
        assert await Served("own", own).window("scripted") == 32768
        server.stop()
        hung = await ModelAssistant("own", own).availability()
        assert (hung.state, "does not answer" in hung.reason) == ("unreachable", True)
        server.cont()


@pytest.mark.parametrize(
    ("name", "todo"),
    [("ollama", "`ollama serve`"), ("lmstudio", "`lms server start`"), ("own", "Start the model")],
)
async def test_a_server_that_does_not_run_says_how_to_start_it(name: str, todo: str) -> None:
    nobody = ModelSettings(base_url=f"http://127.0.0.1:{free_port()}/v1")
    assistant = ModelAssistant(name, nobody)
    found = await assistant.availability()
    assert found.state == "unreachable"
    assert "nothing listens there" in found.reason
    assert todo in found.reason
    told = await tell(assistant, turn())
    assert told.error is not None
    assert (told.error.code, todo in str(told.error)) == ("unreachable", True)


async def test_neither_key_nor_address_is_no_configuration() -> None:
    found = await ModelAssistant("bare", ModelSettings()).availability()
    assert found.state == "not_configured"
    assert "`base_url`" in found.reason


def serving(routes: dict[str, Any]) -> Any:
    """A server that answers each path with its JSON, and any other with 404."""

    async def play(path: str, wire: Wire) -> None:
        known = path in routes
        await wire.answer(200 if known else 404, routes.get(path, {"error": "not found"}))

    return play


OLLAMA = {"/v1/models": {"data": [{"id": "nomic-embed-text"}, {"id": "qwen3:8b"}]}}
SHOWN = {"model_info": {"qwen3.context_length": 40960}}


@pytest.mark.parametrize(
    ("routes", "window"),
    [
        ({"/v1/models": {"data": [{"id": "m", "max_model_len": 32000}]}}, 32000),
        ({"/v1/models": {"data": [{"id": "m", "meta": {"n_ctx": 5000}}]}}, 5000),
        ({"/api/v0/models": {"data": [{"id": "m", "loaded_context_length": 6000}]}}, 6000),
        ({"/api/v0/models": {"data": [{"id": "m", "max_context_length": 131072}]}}, 4096),
        ({"/api/ps": {"models": [{"name": "m", "context_length": 7000}]}}, 7000),
        ({"/api/ps": {"models": []}, "/api/show": SHOWN}, 4096),
        ({"/api/ps": {}, "/api/show": {"parameters": "stop <x>\nnum_ctx   16384"}}, 16384),
        ({"/api/ps": {}, "/api/show": {"model_info": {"a.context_length": 2048}}}, 2048),
        ({}, None),
        ({"/v1/models": [1, {"id": 2}], "/api/v0/models": {"data": {"id": "m"}}}, None),
        ({"/v1/models": {"data": [{"id": "m", "max_model_len": "big"}]}}, None),
    ],
)
async def test_each_kind_of_server_is_asked_for_its_window(
    routes: dict[str, Any], window: int | None
) -> None:
    async with scripted_server() as server:
        server.route = serving(routes)
        own = ModelSettings(base_url=f"{server.url}/v1")
        assert await Served("own", own).window("m") == window


async def test_the_first_served_model_that_can_chat_answers() -> None:
    async with scripted_server() as server:
        server.route = serving(OLLAMA)
        server.enqueue(say("hi"))
        assistant = ModelAssistant("ollama", ModelSettings(base_url=f"{server.url}/v1"), QUICK)
        (choice,) = (await assistant.availability()).choices
        assert (choice.value, len(choice.values)) == ("qwen3:8b", 2)
        told = await tell(assistant, turn())
        assert (told.error, told.text) == (None, "hi")
        assert server.seen[0].json["model"] == "qwen3:8b"
        assert told.sent is not None
        assert told.sent.window == DEFAULT_WINDOW


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (refuse(500, "no"), "status 500"),
        (refuse(401, "no"), "wants a key"),
        (say("no list at all"), "not as a model server does"),
    ],
)
async def test_what_listens_there_may_be_no_model_server(play: Script, why: str) -> None:
    async def route(path: str, wire: Wire) -> None:
        await play(wire)

    async with scripted_server() as server:
        server.route = route
        found = await ModelAssistant("own", ModelSettings(base_url=server.url)).availability()
    assert found.state in ("unreachable", "not_configured")
    assert why in found.reason


async def test_a_server_without_a_model_says_so() -> None:
    async with scripted_server() as server:
        server.route = serving({"/v1/models": {"data": []}})
        own = ModelSettings(base_url=f"{server.url}/v1")
        found = await ModelAssistant("own", own).availability()
    assert (found.state, "serves no model" in found.reason) == ("not_configured", True)


async def test_settings_of_others_are_ignored_and_bad_ones_named() -> None:
    assert options_of({"mode": "plan", "folder": [1], "model": None}) == Options()
    chosen = {"model": "m", "temperature": 1, "reasoning": "low", "system": "", "window": 512}
    assert options_of(chosen) == Options(
        model="m", temperature=1.0, reasoning="low", system="", window=512
    )
    bad = {"temperature": 9, "max_tokens": "many", "reasoning": "lots", "model": ""}
    async with scripted_server() as server:
        asked = dataclasses.replace(turn(), settings=bad)
        told = await tell(ModelAssistant("own", settings(server.url), QUICK), asked)
        assert not server.seen
    assert told.error is not None
    assert told.error.code == "bad_settings"
    assert all(f"`{name}`" in str(told.error) for name in bad)


async def test_the_instructions_are_the_chats_then_the_servers_then_ours() -> None:
    async with scripted_server() as server:
        server.enqueue(*[say("hi")] * 4)
        for system, chosen in (
            (None, {}),
            ("the server's", {}),
            ("the server's", {"system": "the chat's"}),
            ("the server's", {"system": ""}),
        ):
            asked = dataclasses.replace(turn(), settings=chosen)
            given = settings(f"{server.url}/v1", system=system)
            await tell(ModelAssistant("own", given, QUICK), asked)
        first = [seen.json["messages"][0]["content"] for seen in server.seen]
    assert first[0].startswith("You answer in a chat inside Jupyter")
    assert first[1:] == ["the server's", "the chat's", "hello"]


async def test_listing_imports_no_model_library() -> None:
    """In a process of its own, since the tests import them all."""
    program = (
        "import asyncio, sys\n"
        "from jupyter_chatcore.assistants.presets import makers\n"
        "from jupyter_chatcore.assistants.settings import AssistantSettings\n"
        "from jupyter_chatcore.assistants.presets import MODELS\n"
        "from jupyter_chatcore.assistants.models.assistant import ModelAssistant\n"
        "for name, each in MODELS.items():\n"
        "    asyncio.run(ModelAssistant(name, each).availability())\n"
        "heavy = {'pydantic_ai', 'openai', 'anthropic', 'google.genai', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program]
    found = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
