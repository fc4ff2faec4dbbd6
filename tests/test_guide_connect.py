"""`/connect`: how to get a model, and what this machine has for it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from guide_asking import Ask, said, turn
from plugged import plug

from jupyter_chatcore.assistants.presets import AGENTS, MODELS, read_settings
from jupyter_chatcore.parts import TextPart

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    "prompt", ["/connect", "how do I use ChatGPT here?", "add my OpenAI API key"]
)
async def test_connect_tells_what_there_is_and_no_secret(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, prompt: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    answer = await ask(prompt)
    machine = answer.partition("### What was found on this machine")[2]
    assert "Keys in the server's environment: `OPENAI_API_KEY`" in machine
    assert "ANTHROPIC_API_KEY" not in machine
    assert "very-secret" not in answer


async def test_connect_tells_how_each_kind_is_set_up(ask: Ask) -> None:
    answer = await ask("/connect")
    for extra in ("models", "agents", "local"):
        assert f'pip install "jupyter-chatcore[{extra}]"' in answer
    models, agents = MODELS.values(), AGENTS.values()
    for title in [*(one.title for one in models), *(one.title for one in agents)]:
        assert title in answer
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "OPENROUTER_API_KEY"):
        assert f"`{variable}`" in answer


async def test_connect_finds_the_programs_that_are_there(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ollama", "opencode"):
        program = tmp_path / name
        program.touch()
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = await ask("/connect")
    assert "- Programs that serve models: Ollama (`ollama`)\n" in answer
    assert "- Programs of agents: OpenCode (`opencode`)\n" in answer


async def test_connect_finds_extras_and_plugins(ask: Ask, site: Path) -> None:
    plug(site, "canary", "")
    answer = await ask("/connect")
    assert re.search(r"^- Extras that are installed: .*`local`", answer, re.MULTILINE)
    assert re.search(r"^- Plug-ins: .*`canary`", answer, re.MULTILINE)


async def test_the_code_that_connect_shows_is_so(ask: Ask) -> None:
    settings, example = re.findall(r"```python\n(.*?)\n```", await ask("/connect"), re.DOTALL)
    given: Any = SimpleNamespace(ChatcoreApp=SimpleNamespace())
    exec(settings, {"c": given})
    read = read_settings(given.ChatcoreApp.models, {}, given.ChatcoreApp.local_model)
    assert given.ChatcoreApp.default_assistant in read.models
    assert read.local is not None
    names: dict[str, Any] = {}
    exec(example, names)
    assert await said(names["Mine"](), turn(TextPart(text="hi"))) == "You said: hi"
