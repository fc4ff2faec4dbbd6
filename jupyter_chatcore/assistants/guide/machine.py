"""What is on this machine that a plug-in could answer with. Nothing is started or asked."""

from __future__ import annotations

import contextlib
import os
import shutil
from importlib import metadata

from ..registry import GROUP

_KEYS = (
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"),
    *("MISTRAL_API_KEY", "AZURE_OPENAI_API_KEY", "OPENROUTER_API_KEY", "OPENAI_BASE_URL"),
)
_LIBRARIES = (
    *("openai", "anthropic", "google-genai", "mistralai", "ollama", "pydantic-ai-slim"),
    *("transformers", "llama-cpp-python", "xllamacpp"),
)
_PROGRAMS = ("ollama", "llama-server", "lms", "vllm", "opencode")


def plugins() -> list[str]:
    """The names of the assistants that are installed, sorted."""
    return sorted({entry.name for entry in metadata.entry_points(group=GROUP)})


def found() -> list[str]:
    """A line for each thing that was found; keys are named and never read."""
    return [
        "Assistants that are installed: " + (_code(plugins()) or "none"),
        "Libraries for models: " + (_code(_libraries()) or "none"),
        "Programs that serve models or agents: " + (_code(_programs()) or "none"),
        "Settings in the server's environment: " + (_code(_settings()) or "none"),
    ]


def _libraries() -> list[str]:
    seen: list[str] = []
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            seen.append(f"{name} {metadata.version(name)}")
    return seen


def _programs() -> list[str]:
    return [name for name in _PROGRAMS if shutil.which(name)]


def _settings() -> list[str]:
    return [name for name in _KEYS if os.environ.get(name)]


def _code(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
