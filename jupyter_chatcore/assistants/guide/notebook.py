"""What is shown of the notebook, its variables and its last error: the answers' Markdown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from ...parts import CellPart, VariablePart
from ..base import Turn
from ..view import NotSeen
from . import problems
from .docstrings import fence
from .problems import Problem

MOST = 200
_NO_ERROR = (
    "No cell of `{path}` shows an error. Paste one here, or say which: `/explain KeyError: 'town'`."
)


async def variables(turn: Turn) -> AsyncIterator[str]:
    """A table of the variables."""
    try:
        path, found = await turn.view.notebook(), await turn.view.variables()
    except NotSeen as why:
        yield why.message
        return
    if not found:
        yield f"The kernel of {_code(path)} has no variables yet."
        return
    rows = "\n".join(map(_row, found[:MOST]))
    yield f"Variables of {_code(path)}:\n\n| name | type | shape |\n|---|---|---|\n{rows}"
    if len(found) > MOST:
        yield f"\n\n… and {len(found) - MOST} more."
    yield f"\n\n`/describe {_inline(found[0].name)}` shows what is in one."


async def variable(name: str, turn: Turn) -> AsyncIterator[str]:
    """One variable, as far as it can be told."""
    if not name:
        yield "Say which variable: `/describe df`. `/vars` lists them."
        return
    try:
        found = await turn.view.variable(name.strip("`"))
    except NotSeen as why:
        yield why.message
        return
    shape = f", {_shape(found)}" if found.shape is not None else ""
    yield f"### {_code(found.name)}\n\n{_code(found.python_type)}{shape}\n\n"
    yield fence(str(found.preview.get("text/plain", "")), "text")
    if found.truncated:
        yield "\n\nIt is shown shortened."


async def last_problem(turn: Turn) -> Problem | str:
    """The error of the cell that failed last; if there is none, what to say of that."""
    try:
        cell = await turn.view.failed_cell()
        if cell is None:
            return _NO_ERROR.format(path=_inline(await turn.view.notebook()))
    except NotSeen as why:
        return why.message
    return problem_of(cell)


def problem_of(cell: CellPart) -> Problem:
    """The error that a cell shows last."""
    [*_, error] = [one for one in cell.outputs if one.get("output_type") == "error"]
    return problems.raised(
        str(error.get("ename", "Error")),
        str(error.get("evalue", "")),
        [str(line) for line in error.get("traceback", ())],
    )


def _row(part: VariablePart) -> str:
    return f"| {_code(part.name)} | {_code(part.python_type)} | {_shape(part)} |"


def _shape(part: VariablePart) -> str:
    return " x ".join(f"{length:,}" for length in part.shape or ())


def _inline(text: str) -> str:
    """A text that can stand between backticks, also in a table."""
    return re.sub(r"[`|\s]+", " ", text)[:200]


def _code(text: str) -> str:
    return f"`{_inline(text)}`"
