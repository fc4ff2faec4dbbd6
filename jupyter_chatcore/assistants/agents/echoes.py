"""What an agent tells of its calls of our own tools, which have their parts from us already.

Agents call an MCP tool after its server, each in its way. A call is taken for one of ours
only where nothing else is in the name, and the agent does not say that it runs or changes
something by itself: what it asks for such a call is allowed here, and asked for by us.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from acp.schema import PermissionOption

from .offer import SERVER
from .tools import Told, name_of

_OWN_WORK = ("execute", "edit", "delete", "move", "fetch")
_NUMBER = re.compile(r"[-_]\d+$")
_ENDED = ("completed", "failed")


class Echoes:
    """The echoes in one prompt of calls of the tools called `names`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {
            _plain(spelled): name
            for name in names
            for spelled in (f"{SERVER}_{name}", f"{name}_{SERVER}")
        }
        self._told: dict[str, str] = {}
        self._waiting: list[tuple[str, str]] = []
        self._early: Counter[str] = Counter()

    def called(self, name: str) -> None:
        """A call has come; its echo was before it, or is still to come."""
        for echo in self._waiting:
            if echo[1] == name:
                self._waiting.remove(echo)
                return
        self._early[name] += 1

    def hides(self, told: Told) -> bool:
        """Whether this is told of a call of ours.

        One that ends before any call has come is none: the agent has failed by itself.
        """
        call = told.tool_call_id
        if call not in self._told:
            name = self._ours(told)
            if name is None:
                return False
            self._told[call] = name
            if self._early[name]:
                self._early[name] -= 1
            else:
                self._waiting.append((call, name))
        elif told.status in _ENDED and (call, self._told[call]) in self._waiting:
            self._waiting.remove((call, self._told.pop(call)))
            return False
        return True

    def _ours(self, told: Told) -> str | None:
        """The tool of ours that a call is named after."""
        if told.kind in _OWN_WORK:
            return None
        return next(filter(None, map(self._names.get, _spellings(told))), None)


def allowing(options: list[PermissionOption]) -> str | None:
    """The option that allows one call, by its id; None where there is none such."""
    return next((each.option_id for each in options if each.kind == "allow_once"), None)


def _spellings(told: Told) -> Iterator[str]:
    for text in (name_of(told), told.title or "", _NUMBER.sub("", told.tool_call_id)):
        plain = _plain(text)
        yield plain.removesuffix("_mcp_server").removeprefix("tool_").removeprefix("mcp_")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
