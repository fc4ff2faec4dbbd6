"""What it takes to use a model server: the packages, the address, the key."""

from __future__ import annotations

import os
from importlib.util import find_spec

from ..base import AssistantError, Availability
from ..settings import ModelSettings

INSTALL = 'pip install "jupyter-chatcore[models]"'
_SDK = {"openai": "openai", "anthropic": "anthropic", "google": "google.genai"}
_HIDDEN = "[hidden]"


def key_of(settings: ModelSettings) -> str | None:
    """The server's key: as configured, else from the environment; None where there is none."""
    named = os.environ.get(settings.key_env) if settings.key_env else None
    return settings.key or named or None


def is_own(settings: ModelSettings) -> bool:
    """Whether it is a server of one's own, which can be asked what it serves at no cost."""
    return settings.key_env is None and settings.base_url is not None


def where_the_key_goes(settings: ModelSettings) -> str:
    """Where a user puts the key, in words."""
    variable = f"the environment variable `{settings.key_env}`, or " if settings.key_env else ""
    return f"{variable}`key` in the server's configuration of this assistant"


def lacking(settings: ModelSettings) -> Availability | None:
    """What is missing before the server can be asked anything; None where nothing is."""
    if not _installed(settings.kind):
        return Availability("not_installed", f"`{INSTALL}`")
    if settings.key_env and key_of(settings) is None:
        return Availability(
            "not_configured", f"Set {where_the_key_goes(settings)}, and start Jupyter again."
        )
    if key_of(settings) is None and settings.base_url is None:
        return Availability(
            "not_configured", "Set `base_url`, `key_env` or `key` in its configuration."
        )
    return None


def ensure(settings: ModelSettings) -> None:
    """Refuse to ask a server that something is missing for.

    Raises:
        AssistantError: `not_installed` or `not_configured`, with what to do.
    """
    if (lack := lacking(settings)) is not None:
        what = "Install it with" if lack.state == "not_installed" else "It is not set up:"
        raise AssistantError(lack.state, f"{what} {lack.reason}")


def without_key(text: str, settings: ModelSettings) -> str:
    """The text with the server's key taken out, exactly, wherever it is echoed."""
    key = key_of(settings)
    return text.replace(key, _HIDDEN) if key else text


def _installed(kind: str) -> bool:
    try:
        return all(find_spec(name) is not None for name in ("pydantic_ai", _SDK[kind]))
    except ModuleNotFoundError:  # the parent of a dotted name is not there
        return False
