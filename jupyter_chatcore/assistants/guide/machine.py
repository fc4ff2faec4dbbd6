"""What is on this machine that could answer. Nothing is started or asked."""

from __future__ import annotations

import os
import shutil
from importlib import metadata

from ..presets import AGENTS, MODELS
from ..registry import BUILTIN, GROUP

_EXTRAS = {"models": "pydantic-ai-slim", "agents": "agent-client-protocol", "local": "xllamacpp"}
_SERVERS = {"ollama": "Ollama", "lms": "LM Studio"}


def providers() -> str:
    """The providers that are known, by their titles."""
    return ", ".join(each.title for each in MODELS.values() if each.key_env)


def keys() -> list[str]:
    """The variables that the keys of providers are read from."""
    return [each.key_env for each in MODELS.values() if each.key_env]


def agents() -> str:
    """The agents that are known, by their titles."""
    return ", ".join(each.title for each in AGENTS.values())


def found() -> list[str]:
    """A line for each kind of thing; keys are named and never read."""
    set_keys = [name for name in keys() if os.environ.get(name)]
    return [
        f"Extras that are installed: {code(_extras()) or 'none'}",
        f"Keys in the server's environment: {code(set_keys) or 'none'}",
        f"Programs that serve models: {_programs(_SERVERS) or 'none'}",
        f"Programs of agents: {_programs(_agent_programs()) or 'none'}",
        f"Plug-ins: {code(_plugins()) or 'none'}",
    ]


def code(names: list[str]) -> str:
    """Names as Markdown."""
    return ", ".join(f"`{name}`" for name in names)


def _plugins() -> list[str]:
    names = {entry.name for entry in metadata.entry_points(group=GROUP)}
    return sorted(names - {BUILTIN})


def _extras() -> list[str]:
    return [name for name, needed in _EXTRAS.items() if _is_installed(needed)]


def _is_installed(name: str) -> bool:
    return next(iter(metadata.distributions(name=name)), None) is not None


def _agent_programs() -> dict[str, str]:
    return {each.command[0]: each.title for each in AGENTS.values()}


def _programs(titles: dict[str, str]) -> str:
    there = [f"{title} (`{name}`)" for name, title in titles.items() if shutil.which(name)]
    return ", ".join(there)
