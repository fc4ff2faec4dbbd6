"""How an agent's program is found, and what it is started with.

Agents are started so that edits, shell commands and fetches ask for leave. Where an
agent does not do so by itself and has a variable for it, the variable is set here;
where it has a mode for it, `options` chooses that mode.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from ..base import AssistantError
from ..settings import AgentSettings

Environment = dict[str, str]

# With one of these a command of an agent's could act as the user on the server itself.
_NOT_FOR_AGENTS = ("JUPYTER_TOKEN", "JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN")
_OPENCODE = "OPENCODE_CONFIG_CONTENT"
# the user may think about a call of the chat's tools, which OpenCode gives 60 s to end
_PATIENCE_MS = 900_000
_ASK = {"edit": "ask", "bash": "ask", "webfetch": "ask"}


def program(settings: AgentSettings) -> str | None:
    """The path of the agent's program; None where there is none."""
    path = settings.env.get("PATH", os.environ.get("PATH"))
    return shutil.which(settings.command[0], path=path)


def environment(settings: AgentSettings) -> Environment:
    """The server's environment without its own tokens, and the agent's, with what makes it ask.

    Raises:
        AssistantError: what the user has set cannot be read.
    """
    server = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_AGENTS}
    found = {**server, **settings.env}
    adjust = _ADJUST.get(PurePath(settings.command[0]).stem)
    return adjust(found) if adjust else found


def _opencode(found: Mapping[str, str]) -> Environment:
    """OpenCode edits without asking, and obeys configuration files that lie near a notebook.

    What the user has set in these variables stands.
    """
    config = _opencode_config(found.get(_OPENCODE, ""))
    allowed = config.get("permission", {})
    if isinstance(allowed, dict):
        config["permission"] = {**_ASK, **allowed}
    waits = config.get("experimental", {})
    if isinstance(waits, dict):
        config["experimental"] = {"mcp_timeout": _PATIENCE_MS, **waits}
    return {
        "OPENCODE_DISABLE_PROJECT_CONFIG": "1",
        **found,
        _OPENCODE: json.dumps(config),
    }


def _opencode_config(text: str) -> dict[str, Any]:
    try:
        config = json.loads(text or "{}")
    except ValueError:
        config = None
    if not isinstance(config, dict):
        raise AssistantError(
            "bad_settings",
            f"The variable {_OPENCODE} is no JSON object: correct it, and start the server anew.",
        )
    return config


def _goose(found: Mapping[str, str]) -> Environment:
    return {"GOOSE_MODE": "approve", **found}


_ADJUST: dict[str, Callable[[Mapping[str, str]], Environment]] = {
    "opencode": _opencode,
    "goose": _goose,
}
