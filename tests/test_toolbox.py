"""Calls of tools that need leave: what is shown before, and what is left of it after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from modelchat import turn
from msgspec.structs import replace as changed

from jupyter_chatcore.assistants.base import Tool, ToolError
from jupyter_chatcore.assistants.models.instructions import INSTRUCTIONS, instructions
from jupyter_chatcore.assistants.toolbox import Toolbox
from jupyter_chatcore.parts import ApprovalOption, TextOutput, ToolOutput, ToolPart

pytestmark = pytest.mark.asyncio

WOULD, DID = TextOutput(text="would"), TextOutput(text="did")
Call = Callable[[dict[str, Any]], Awaitable[list[ToolOutput]]]


def giving(output: TextOutput | Exception) -> Call:
    """A function that gives this, or raises it."""

    async def run(_arguments: dict[str, Any]) -> list[ToolOutput]:
        if isinstance(output, Exception):
            raise output
        return [output]

    return run


class Leave:
    """Chooses always the same; `kept` are the tools that were allowed for good."""

    def __init__(self, chosen: str | None) -> None:
        self.chosen = chosen
        self.asked = 0
        self.kept = 0

    async def decision(self, _call: str) -> ApprovalOption | None:
        self.asked += 1
        if self.chosen is None:
            return None
        return ApprovalOption(id="x", label="x", kind=self.chosen)  # type: ignore[arg-type]

    async def always(self) -> None:
        self.kept += 1

    def toolbox(self, run: TextOutput | Exception, preview: TextOutput | Exception) -> Toolbox:
        tool = Tool("cut", "", {}, giving(run), asks=True, always=self.always)
        shown = replace(tool, preview=giving(preview))
        return Toolbox([shown], self.decision)


async def states(toolbox: Toolbox, call: str = "c") -> list[tuple[str, list[ToolOutput]]]:
    """How a call goes on, and with what output."""
    parts: list[ToolPart] = [part async for part in toolbox.run(toolbox.asked("cut", call, "{}"))]
    return [(part.status, part.output) for part in parts]


async def test_what_a_call_would_do_is_shown_until_it_is_done() -> None:
    toolbox = Leave("allow_once").toolbox(DID, WOULD)
    assert await states(toolbox) == [
        ("awaiting", [WOULD]),
        ("running", [WOULD]),
        ("done", [DID]),
    ]


@pytest.mark.parametrize("chosen", ["reject_once", None])
async def test_what_was_not_allowed_stays_shown(chosen: str | None) -> None:
    toolbox = Leave(chosen).toolbox(DID, WOULD)
    assert await states(toolbox) == [("awaiting", [WOULD]), ("denied", [WOULD])]


async def test_what_failed_has_done_nothing() -> None:
    toolbox = Leave("allow_once").toolbox(ToolError("no"), WOULD)
    assert (await states(toolbox))[-1] == ("failed", [])


@pytest.mark.parametrize("error", [ToolError("no such cell"), ValueError("a secret")])
async def test_a_preview_that_fails_is_none(error: Exception) -> None:
    toolbox = Leave("allow_once").toolbox(DID, error)
    assert await states(toolbox) == [("awaiting", []), ("running", []), ("done", [DID])]


async def test_what_is_allowed_for_good_asks_once_in_a_turn() -> None:
    leave = Leave("allow_always")
    toolbox = leave.toolbox(DID, WOULD)
    await states(toolbox)
    assert await states(toolbox, "d") == [("running", []), ("done", [DID])]
    assert (leave.asked, leave.kept) == (1, 1)


async def test_a_call_that_asks_already_waits_for_what_was_asked() -> None:
    """As it was stored: nothing is asked anew, whatever the rule is by now."""
    leave = Leave("allow_once")
    tool = Tool("cut", "", {}, giving(DID), asks=False)
    left = ToolPart(call="c", name="cut", input="{}", status="awaiting", output=[WOULD])
    parts = [part async for part in Toolbox([tool], leave.decision).run(left)]
    assert [(part.status, part.output) for part in parts] == [("running", [WOULD]), ("done", [DID])]
    assert leave.asked == 1
    [gone] = [part async for part in Toolbox([], leave.decision).run(left)]
    assert (gone.status, leave.asked) == ("failed", 1)


async def test_a_model_is_told_of_the_notebook_that_its_tools_work_on() -> None:
    tool = Tool("read_notebook", "", {}, giving(DID))
    asked = turn("x", tool)
    assert instructions(turn("x"), True) == instructions(asked, False) == INSTRUCTIONS
    assert instructions(asked, True).endswith("to find the one that is meant.")
    of = replace(asked, session=changed(asked.session, notebook="work/n.ipynb"))
    assert "belongs to the notebook 'work/n.ipynb'" in instructions(of, True)
