"""The assistants that come with us, beside the built-in one: what is known of each.

Nothing is imported or asked here. What the configuration says of a name goes before
what is known of it, field by field, and other names are added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from .base import Assistant
from .settings import AgentSettings, AssistantSettings, LocalSettings, ModelSettings

Maker = Callable[[], Assistant]

LOCAL = "local"

MODELS = {
    "openai": ModelSettings(
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        key_env="OPENAI_API_KEY",
        model="gpt-6.1-terra",
    ),
    "anthropic": ModelSettings(
        kind="anthropic",
        title="Anthropic",
        key_env="ANTHROPIC_API_KEY",
        model="claude-sonnet-5-5",
    ),
    "google": ModelSettings(
        kind="google",
        title="Google Gemini",
        key_env="GOOGLE_API_KEY",
        model="gemini-3.8-flash",
    ),
    "openrouter": ModelSettings(
        title="OpenRouter",
        base_url="https://openrouter.ai/api/v1",
        key_env="OPENROUTER_API_KEY",
        model="openrouter/auto",
    ),
    "ollama": ModelSettings(title="Ollama", base_url="http://127.0.0.1:11434/v1"),
    "lmstudio": ModelSettings(title="LM Studio", base_url="http://127.0.0.1:1234/v1"),
}

AGENTS = {
    "opencode": AgentSettings(
        title="OpenCode", command=["opencode", "acp"], install="npm install -g opencode-ai"
    ),
    "claude-code": AgentSettings(
        title="Claude Code",
        command=["claude-agent-acp"],
        install="npm install -g @agentclientprotocol/claude-agent-acp",
    ),
    "codex": AgentSettings(
        title="Codex",
        command=["codex-acp"],
        install="npm install -g @agentclientprotocol/codex-acp",
    ),
    "gemini-cli": AgentSettings(
        title="Gemini CLI",
        command=["gemini", "--acp"],
        install="npm install -g @google/gemini-cli",
    ),
    # a package of this name on PyPI is by somebody else
    "goose": AgentSettings(
        title="Goose", command=["goose", "acp"], install="brew install block-goose-cli"
    ),
    "qwen-code": AgentSettings(
        title="Qwen Code", command=["qwen", "--acp"], install="npm install -g @qwen-code/qwen-code"
    ),
    "vibe": AgentSettings(
        title="Mistral Vibe", command=["vibe-acp"], install="uv tool install mistral-vibe"
    ),
}


def read_settings(
    models: Mapping[str, Any],
    agents: Mapping[str, Any],
    local: Mapping[str, Any],
    mcp_servers: Mapping[str, Any] | None = None,
) -> AssistantSettings:
    """The settings of all assistants, from the plain values of a configuration.

    Raises:
        ValueError: one has another shape; the text names its field, and quotes no value.
    """
    given = {
        "models": _over(MODELS, models),
        "agents": _over(AGENTS, agents),
        "local": dict(local) or None,
        "mcp_servers": dict(mcp_servers or {}),
    }
    try:
        return msgspec.convert(given, AssistantSettings)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


def _over(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of each name, with the fields that are given for it."""
    plain = {name: msgspec.structs.asdict(each) for name, each in known.items()}
    named = {
        name: {**plain.get(name, {}), **each} if isinstance(each, Mapping) else each
        for name, each in given.items()
    }
    return {**plain, **named}


def makers(settings: AssistantSettings) -> dict[str, Maker]:
    """What makes each assistant, by its name; the backends are imported by the makers."""
    return {
        LOCAL: _local(settings.local),
        **{name: _model(name, each) for name, each in settings.models.items()},
        **{name: _agent(name, each) for name, each in settings.agents.items()},
    }


def _model(name: str, settings: ModelSettings) -> Maker:
    def make() -> Assistant:
        from .models.assistant import ModelAssistant  # noqa: PLC0415

        return ModelAssistant(name, settings)

    return make


def _agent(name: str, settings: AgentSettings) -> Maker:
    def make() -> Assistant:
        from .agents.assistant import AgentAssistant  # noqa: PLC0415

        return AgentAssistant(name, settings)

    return make


def _local(settings: LocalSettings | None) -> Maker:
    def make() -> Assistant:
        from .local.assistant import LocalAssistant  # noqa: PLC0415

        return LocalAssistant(settings)

    return make
