"""What an MCP server tells: its tools, and why it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class ServerError(Exception):
    """Why a server, or a tool of it, cannot be used, and what to do; people read the text."""


@dataclass(frozen=True)
class Described:
    """A tool as its server describes it; `reads` says that it claims to change nothing."""

    name: str
    title: str
    description: str
    parameters: dict[str, Any]
    reads: bool = False
