"""How agents are found and what they are started with: so that they ask."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from acp.schema import CurrentModeUpdate

from jupyter_chatcore.assistants.agents.failures import Scene, not_started
from jupyter_chatcore.assistants.agents.launch import environment, program
from jupyter_chatcore.assistants.agents.options import chosen, preset, read, updated
from jupyter_chatcore.assistants.agents.usage import Ledger
from jupyter_chatcore.assistants.base import AssistantError
from jupyter_chatcore.assistants.presets import AGENTS
from jupyter_chatcore.assistants.settings import AgentSettings

CONFIG = "OPENCODE_CONFIG_CONTENT"


def opencode(**env: str) -> dict[str, str]:
    return environment(AgentSettings(command=["/opt/bin/opencode", "acp"], env=env))


def permission(env: dict[str, str]) -> Any:
    return json.loads(env[CONFIG])["permission"]


def test_opencode_waits_while_the_user_thinks() -> None:
    assert json.loads(opencode()[CONFIG])["experimental"] == {"mcp_timeout": 900_000}
    own = {"experimental": {"mcp_timeout": 5, "other": True}}
    assert (
        json.loads(opencode(**{CONFIG: json.dumps(own)})[CONFIG])["experimental"]
        == (own["experimental"])
    )


def test_opencode_is_told_to_ask_and_to_mind_no_projects_configuration() -> None:
    env = opencode()
    assert permission(env) == {"edit": "ask", "bash": "ask", "webfetch": "ask"}
    assert env["OPENCODE_DISABLE_PROJECT_CONFIG"] == "1"
    assert env["PATH"] == os.environ["PATH"]


def test_what_the_user_has_set_for_opencode_stands() -> None:
    config = json.dumps({"model": "a/b", "permission": {"bash": {"git *": "allow"}}})
    env = opencode(**{CONFIG: config, "OPENCODE_DISABLE_PROJECT_CONFIG": ""})
    assert json.loads(env[CONFIG])["model"] == "a/b"
    assert permission(env) == {"edit": "ask", "bash": {"git *": "allow"}, "webfetch": "ask"}
    assert env["OPENCODE_DISABLE_PROJECT_CONFIG"] == ""
    assert permission(opencode(**{CONFIG: '{"permission": "allow"}'})) == "allow"


@pytest.mark.parametrize("config", ["{", "[]", "// no JSON"])
def test_a_configuration_of_opencode_that_cannot_be_read(config: str) -> None:
    with pytest.raises(AssistantError, match=CONFIG):
        opencode(**{CONFIG: config})


def test_the_servers_own_tokens_are_kept_from_agents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_TOKEN", "secret")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "needed")
    env = environment(AGENTS["claude-code"])
    assert "JUPYTER_TOKEN" not in env
    assert env["ANTHROPIC_API_KEY"] == "needed"


def test_goose_is_told_to_ask() -> None:
    assert environment(AGENTS["goose"])["GOOSE_MODE"] == "approve"


def test_a_program_is_looked_for_on_the_agents_own_path(tmp_path: Path) -> None:
    python = Path(sys.executable)
    settings = AgentSettings(command=[python.name], env={"PATH": str(python.parent)})
    assert program(settings) == str(python)
    nowhere = AgentSettings(command=[python.name], env={"PATH": str(tmp_path)})
    assert program(nowhere) is None


def test_options_of_old_and_new_agents() -> None:
    old = {
        "modes": {"currentModeId": "auto", "availableModes": [{"id": "auto", "name": "Auto"}]},
        "models": {"currentModelId": "a", "availableModels": [{"modelId": "a", "name": "A"}, 5]},
    }
    options = read(old)
    assert (options["mode"].method, options["model"].method) == (
        "session/set_mode",
        "session/set_model",
    )
    assert preset(options["mode"]) == "auto"
    choice = {"value": "x", "name": "X"}
    grouped = {"group": "g", "name": "G", "options": [choice]}
    effort = {"id": "effort", "name": "Effort", "type": "select", "currentValue": "x"}
    new = {"configOptions": [{**effort, "options": [grouped]}, {"id": "broken"}]}
    assert read(new)["effort"].values == {"x": "X"}
    assert read({"configOptions": 5}) == {}
    update = CurrentModeUpdate(session_update="current_mode_update", current_mode_id="x")
    assert updated({}, update) == {}


def test_a_choice_that_there_is_not() -> None:
    models = [{"modelId": "a", "name": "A"}]
    option = read({"models": {"currentModelId": "a", "availableModels": models}})["model"]
    assert chosen(option, {"model": "A"}, "a") == "a"
    with pytest.raises(AssistantError, match="choose one of: a"):
        chosen(option, {"model": ["a"]}, "a")


def tokens(total: int, output: int) -> dict[str, Any]:
    return {"usage": {"totalTokens": total, "inputTokens": 0, "outputTokens": output}}


def test_sums_over_a_session_are_told_apart() -> None:
    ledger = Ledger("fake")
    ledger.begin()
    assert ledger.end(tokens(100, 10), "m").input_tokens == 90
    ledger.begin()
    usage = ledger.end(tokens(300, 30), "m")
    assert (usage.input_tokens, usage.output_tokens, usage.model) == (180, 20, "m")


def test_a_sum_that_was_not_followed_tells_nothing() -> None:
    ledger = Ledger("fake", followed=False)
    assert ledger.end(tokens(1000, 100), None).input_tokens is None
    assert ledger.end(tokens(1100, 110), None).output_tokens == 10


def test_what_opencode_tells_is_of_one_request() -> None:
    ledger = Ledger("OpenCode", followed=False)
    assert ledger.end(tokens(100, 10), None).input_tokens == 90
    assert ledger.end(tokens(50, 10), None).input_tokens == 40


def test_what_qwen_code_tells_is_of_each_request() -> None:
    ledger = Ledger("qwen-code")
    ledger.begin()
    ledger.request(tokens(100, 10))
    ledger.request(tokens(200, 20))
    ledger.request(None)
    assert ledger.end({}, None).input_tokens == 270


def test_the_secrets_of_a_scene_are_not_shown() -> None:
    scene = Scene(title="Fake", command="fake", secrets=("hunter2",))
    assert "hunter2" not in repr(scene)
    assert (
        "Permission denied" in not_started(PermissionError(13, "Permission denied"), scene).message
    )
