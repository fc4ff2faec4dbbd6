"""What an assistant without tools may look at: the chat's notebook and its variables."""

from __future__ import annotations

from typing import Protocol

from ..errors import ChatcoreError
from ..parts import CellPart, VariablePart

_OUTSIDE = "No notebook can be looked at from here: that takes a server that answers the chat."


class NotSeen(ChatcoreError):
    """It cannot be looked at now: the text tells the user why, and what to do."""

    status = 409
    code = "not_seen"


class View(Protocol):
    """Looking at a notebook for a user who asks for just that; nothing is changed or run.

    It holds to the rules of the tools that do the same, and never shows what they hide.
    Every call raises NotSeen where there is nothing to look at.
    """

    async def notebook(self) -> str:
        """The path of the notebook that is meant: the chat's own, else the one in front."""
        ...

    async def variables(self) -> list[VariablePart]:
        """The variables of its kernel, without previews."""
        ...

    async def variable(self, name: str) -> VariablePart:
        """One of them, with a preview."""
        ...

    async def failed_cell(self) -> CellPart | None:
        """The cell that failed last, with its error among the outputs; None where none did."""
        ...


class NoView:
    """The view of a turn that stands outside any server: there is nothing to see."""

    async def notebook(self) -> str:
        """There is none."""
        raise NotSeen(_OUTSIDE)

    async def variables(self) -> list[VariablePart]:
        """There are none."""
        raise NotSeen(_OUTSIDE)

    async def variable(self, name: str) -> VariablePart:
        """There is none."""
        raise NotSeen(_OUTSIDE)

    async def failed_cell(self) -> CellPart | None:
        """There is none."""
        raise NotSeen(_OUTSIDE)
