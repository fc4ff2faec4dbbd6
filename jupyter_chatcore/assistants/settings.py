"""How model servers and agents are named in the server's configuration."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Literal

import msgspec

from .secrets import known_secrets

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a configuration says: strict about its fields."""


class ModelSettings(Setting, frozen=True, kw_only=True):
    """A model server: one assistant, whose model is chosen among what it serves.

    `kind` is the protocol it speaks. `base_url` is needed for servers of one's own.
    `key_env` names the environment variable that has its key; `key` is the key itself,
    for who keeps it in the server's configuration. `model` answers where none is chosen.
    `window` is its context window in tokens, where the server does not tell. `parameters`
    go with each request (`temperature`, `max_tokens`, ...). `timeout` is how many seconds
    without a sign of the server end an answer. `tools` says whether its models may call
    tools, `system` replaces the instructions that they are given.
    """

    kind: Literal["openai", "anthropic", "google"] = "openai"
    title: str = ""
    base_url: str | None = None
    key_env: str | None = None
    key: str | None = None
    model: str | None = None
    window: Annotated[int, msgspec.Meta(ge=256)] | None = None
    parameters: dict[str, float | int | str | bool] = {}
    timeout: Seconds = 120.0
    tools: bool = True
    system: str | None = None

    def __repr__(self) -> str:
        """Without the key."""
        return f"ModelSettings(kind={self.kind!r}, title={self.title!r}, model={self.model!r})"


class AgentSettings(Setting, frozen=True, kw_only=True):
    """A coding agent that speaks ACP over its standard input and output.

    `command` is its program and arguments. `env` is added to the server's environment
    for it. `install` says how to get it where the program is not found. `idle` is how
    many seconds without a question end its process.
    """

    command: Annotated[list[str], msgspec.Meta(min_length=1)]
    title: str = ""
    env: dict[str, str] = {}
    install: str = ""
    idle: Seconds = 900.0

    def __repr__(self) -> str:
        """Without its environment, which may hold secrets."""
        return f"AgentSettings(command={self.command!r}, title={self.title!r})"


class LocalSettings(Setting, frozen=True, kw_only=True):
    """A model file (GGUF) that the server runs by itself, in a child process.

    `threads` is by default one less than there are cores. `idle` is how many seconds
    without a question unload it.
    """

    model: str
    window: Annotated[int, msgspec.Meta(ge=256)] = 8192
    threads: Annotated[int, msgspec.Meta(ge=1)] | None = None
    idle: Seconds = 900.0


class AssistantSettings(Setting, frozen=True, kw_only=True):
    """All that the configuration says of assistants, by their names."""

    models: dict[Name, ModelSettings] = {}
    agents: dict[Name, AgentSettings] = {}
    local: LocalSettings | None = None

    def secrets(self) -> list[str]:
        """The values that nobody is to see: keys, and what agents are given as such."""
        keys = (each.key for each in self.models.values() if each.key)
        given = (known_secrets(each.env) for each in self.agents.values())
        return [*keys, *chain.from_iterable(given)]
