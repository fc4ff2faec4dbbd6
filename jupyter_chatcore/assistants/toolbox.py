"""Running the tools that a model or an agent calls: each call is one part, asked to ended."""

from __future__ import annotations

import dataclasses
import logging
import traceback
from collections.abc import AsyncGenerator, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from ..parts import Approval, ApprovalOption, ToolOutput, ToolPart
from .base import Decision, Tool, ToolError
from .telling import result_text

DENIED = "The user did not allow this."
_ALLOW = ApprovalOption(id="allow", label="Allow", kind="allow_once")
_ALWAYS = ApprovalOption(id="always", label="Always in this chat", kind="allow_always")
_REJECT = ApprovalOption(id="reject", label="Reject", kind="reject_once")
_EXPIRED = "Nobody allowed this in time, so it was not done."
_log = logging.getLogger(__name__)


class Toolbox:
    """The tools of a turn, by name; `decision` waits for the user, as the turn's does.

    `calls` are the ids of those that were made before.
    """

    def __init__(
        self, tools: Iterable[Tool], decision: Decision, calls: Iterable[str] = ()
    ) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self._decision = decision
        self._calls = set(calls)

    def asked(self, name: str, call: str, text: str) -> ToolPart:
        """The part of a new call. Ids that a provider uses twice are told apart."""
        unique, number = call, 1
        while unique in self._calls or not unique:
            number += 1
            unique = f"{call or name}-{number}"
        self._calls.add(unique)
        tool = self.tools.get(name)
        return ToolPart(
            call=unique,
            name=name,
            title=tool.title if tool else "",
            kind=tool.kind if tool else "other",
            input=text,
        )

    async def run(self, part: ToolPart) -> AsyncGenerator[ToolPart, None]:
        """The part as it goes on, the last one ended.

        One that asks already, since it was left so, waits for what was asked then.
        """
        tool = self.tools.get(part.name)
        if tool is None:
            known = ", ".join(sorted(self.tools)) or "none at all"
            yield _failed(part, f"There is no tool {part.name!r}; there are: {known}.")
            return
        arguments = _arguments(part.input)
        if arguments is None:
            yield _failed(part, "The arguments are no JSON object.")
            return
        if (wrong := _wrong(tool, arguments)) is not None:
            yield _failed(part, wrong)  # nobody is asked for what cannot be done
            return
        asks = part.status == "awaiting"
        if tool.asks and not asks:
            options = [_ALLOW, _ALWAYS, _REJECT] if tool.always else [_ALLOW, _REJECT]
            part = replace(part, output=await _preview(tool, arguments))
            yield replace(part, status="awaiting", approval=Approval(options=options))
            asks = True
        if asks:
            chosen = await self._decision(part.call)
            if tool.always and chosen is not None and chosen.kind == "allow_always":
                await tool.always()
                self.tools[tool.name] = dataclasses.replace(tool, asks=False)
            if chosen is None or not chosen.kind.startswith("allow"):
                why = _EXPIRED if chosen is None else DENIED
                yield replace(part, status="denied", error=why)
                return
        yield replace(part, status="running")
        yield await _called(tool, part, arguments)


async def _preview(tool: Tool, arguments: dict[str, Any]) -> list[ToolOutput]:
    """What the call would do; nothing where that cannot be told, as the call itself will say."""
    if tool.preview is None:
        return []
    try:
        return await tool.preview(arguments)
    except Exception as error:
        _log.debug("What %r would do cannot be shown: %s", tool.name, type(error).__name__)
        return []


def ended_result(part: ToolPart) -> str:
    """What a call that has ended gave, as who called is told."""
    if part.status == "denied":
        return part.error or DENIED
    if part.status == "failed":
        return part.error or "The tool failed."
    return result_text(part.output) or "(no output)"


def _wrong(tool: Tool, arguments: dict[str, Any]) -> str | None:
    """Why the arguments cannot be used; None where they can."""
    try:
        tool.check(arguments)
    except ToolError as error:
        return str(error)
    return None


async def _called(tool: Tool, part: ToolPart, arguments: dict[str, Any]) -> ToolPart:
    try:
        output = await tool.run(arguments)
    except ToolError as error:
        return _failed(part, str(error))
    except Exception as error:
        kind = type(error).__name__
        where = "".join(traceback.format_tb(error.__traceback__))
        # the exception's text may hold a secret, so it goes nowhere
        _log.error("The tool %r failed with %s at\n%s", tool.name, kind, where)
        return _failed(part, f"The tool failed ({kind}). The server's log says where.")
    return replace(part, status="done", output=output)


def _failed(part: ToolPart, why: str) -> ToolPart:
    return replace(part, status="failed", output=[], error=why)


def _arguments(text: str) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
