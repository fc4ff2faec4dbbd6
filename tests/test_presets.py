"""What the configuration says of assistants, over what is known of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from traitlets import TraitError

from jupyter_chatcore.app import ChatcoreApp
from jupyter_chatcore.assistants.presets import AGENTS, MODELS, makers, read_settings

KEY = "sk-never-shown-0123456789"


def test_without_a_configuration_all_that_is_known_is_offered() -> None:
    settings = read_settings({}, {}, {})
    assert settings.models == MODELS
    assert settings.agents == AGENTS
    assert makers(settings).keys() == {"local", *MODELS, *AGENTS}


def test_a_known_name_changes_field_by_field() -> None:
    settings = read_settings({"ollama": {"model": "qwen3"}}, {"opencode": {"idle": 5}}, {})
    ollama, opencode = settings.models["ollama"], settings.agents["opencode"]
    assert (ollama.model, ollama.base_url) == ("qwen3", MODELS["ollama"].base_url)
    assert (opencode.idle, opencode.command) == (5, AGENTS["opencode"].command)


def test_other_names_are_added() -> None:
    settings = read_settings({"lab-vllm": {"base_url": "http://gpu:8000/v1"}}, {}, {})
    assert settings.models["lab-vllm"].kind == "openai"
    assert "lab-vllm" in makers(settings)


@pytest.mark.parametrize(
    ("trait", "value", "text"),
    [
        ("models", {"a": {"colour": 1, "key": KEY}}, "colour"),
        ("models", {"A b": {}}, "key"),
        ("models", {"a": 5}, "models"),
        ("models", {"a": {"key": KEY, "timeout": 0}}, "timeout"),
        ("agents", {"a": {}}, "command"),
        ("agents", {"a": {"command": [], "env": {"KEY": KEY}}}, "command"),
        ("local_model", {"window": 4096}, "model"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(trait: str, value: object, text: str) -> None:
    with pytest.raises(TraitError, match=rf"{trait} cannot be used.*{text}") as refused:
        ChatcoreApp(**{trait: value})
    assert KEY not in str(refused.value)


def test_settings_never_show_keys() -> None:
    settings = read_settings(
        {"mine": {"key": KEY}}, {"own": {"command": ["x"], "env": {"TOKEN": KEY}}}, {}
    )
    assert KEY not in repr(settings)
    assert KEY not in str(settings.models["mine"])


def test_knowing_them_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from jupyter_chatcore.assistants.presets import makers, read_settings;"
        "makers(read_settings({}, {}, {}));"
        "print(sorted({'httpx', 'pydantic', 'pydantic_ai', 'acp', 'xllamacpp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ({}, "either `command` or `url` is needed"),
        ({"command": "a", "url": "http://b"}, "either `command` or `url` is needed"),
        ({"url": "file:///etc/passwd"}, "must begin with http"),
        ({"command": "a", "env": {"MY_TOKEN": "t0psecret"}}, "name its variable in `env_from`"),
        ({"command": "a", "headers": {}}, "unknown field `headers`"),
    ],
)
def test_mcp_servers_that_cannot_be_used_are_told(server: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as failure:
        read_settings({}, {}, {}, {"small": server})
    assert "t0psecret" not in str(failure.value)
    with pytest.raises(TraitError, match=re.escape(why)):
        ChatcoreApp(mcp_servers={"small": server})


def test_what_mcp_servers_are_passed_is_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAINLY_CALLED", "but-it-is-a-key")
    server = {"command": "a", "env_from": {"KEY": "PLAINLY_CALLED"}}
    assert "but-it-is-a-key" in read_settings({}, {}, {}, {"small": server}).secrets()
