"""How model servers and agents are named in the server's configuration."""

from __future__ import annotations

import os
from itertools import chain
from typing import Annotated, Literal

import msgspec

from .secrets import known_secrets, sounds_secret

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
ServerName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,23}$")]
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


class McpSettings(Setting, frozen=True, kw_only=True):
    """An MCP server whose tools are offered: a program that we start, or an address.

    The program `command` is started with `args`, `env`, and few variables of the server's
    own, such as PATH. `env_from` are variables for it by the names of ours that have
    their values; `headers_env` the same for the headers of requests to `url`, where a
    lone token for `Authorization` goes as a bearer's. `start` is how many seconds it may
    take to tell its tools, `timeout` how many a call may take, and `idle` how many
    without a call end it.
    """

    command: str = ""
    args: list[str] = []
    env: dict[str, str] = {}
    env_from: dict[str, str] = {}
    url: str = ""
    headers_env: dict[str, str] = {}
    start: Seconds = 30.0
    timeout: Seconds = 600.0
    idle: Seconds = 900.0

    def __post_init__(self) -> None:
        """Refuse what is neither or both, and secrets as they are.

        Raises:
            ValueError: it says what to do instead.
        """
        if bool(self.command) is bool(self.url):
            raise ValueError("either `command` or `url` is needed")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("`url` must begin with http:// or https://")
        if named := [name for name in self.env if sounds_secret(name)]:
            raise ValueError(f"`env` has a secret: name its variable in `env_from`: {named[0]!r}")

    def __repr__(self) -> str:
        """Without its arguments and environment."""
        return f"McpSettings(command={self.command!r})"

    def variables(self) -> list[str]:
        """The names of the variables whose values it is given."""
        return [*self.env_from.values(), *self.headers_env.values()]


class AssistantSettings(Setting, frozen=True, kw_only=True):
    """All that the configuration says of assistants, by their names."""

    models: dict[Name, ModelSettings] = {}
    agents: dict[Name, AgentSettings] = {}
    local: LocalSettings | None = None
    mcp_servers: dict[ServerName, McpSettings] = {}

    def secrets(self) -> list[str]:
        """The values that nobody is to see: keys, and what agents are given as such."""
        keys = (each.key for each in self.models.values() if each.key)
        given = (known_secrets(each.env) for each in self.agents.values())
        named = chain.from_iterable(each.variables() for each in self.mcp_servers.values())
        passed = (os.environ.get(name, "") for name in named)
        return [*keys, *chain.from_iterable(given), *known_secrets({}, passed)]
