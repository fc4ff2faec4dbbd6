"""Which tools may be used in a chat, and which ask first.

A rule is `ask`, `always` or `never`. The server's rules stand above the chat's own, which
users change when they allow something for good; without a rule, what only reads is free
and all else asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, cast, get_args

from ..assistants.base import Tool

Rule = Literal["ask", "always", "never"]
RULES: tuple[Rule, ...] = get_args(Rule)
Allow = Callable[[str], Awaitable[None]]


def rules_in(settings: Mapping[str, Any]) -> dict[str, Rule]:
    """The rules among a chat's settings (`tools`); what is none is passed over."""
    given = settings.get("tools")
    if not isinstance(given, dict):
        return {}
    return {name: cast(Rule, rule) for name, rule in given.items() if rule in RULES}


def ruled(
    tools: Iterable[Tool], server: Mapping[str, Rule], chat: Mapping[str, Rule], allow: Allow
) -> list[Tool]:
    """The tools that may be used, each as its rule has it.

    `allow` keeps that a tool is allowed for good in this chat; it is offered where the
    server has no rule of its own for the tool.
    """
    return [
        _as_ruled(tool, server, chat, allow)
        for tool in tools
        if server.get(tool.name, chat.get(tool.name)) != "never"
    ]


def _as_ruled(
    tool: Tool, server: Mapping[str, Rule], chat: Mapping[str, Rule], allow: Allow
) -> Tool:
    rule = server.get(tool.name) or chat.get(tool.name)
    asks = tool.asks if rule is None else rule == "ask"

    async def always() -> None:
        await allow(tool.name)

    return replace(tool, asks=asks, always=None if tool.name in server else always)
