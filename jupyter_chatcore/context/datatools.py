"""The tools that look at variables and files."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..assistants.base import Tool
from ..errors import NotFound
from ..parts import BundleOutput, Shown, ShownVariable, TextOutput, VariablePart
from .bound import Bound, Path
from .functions import Result, tool_of
from .told import WHOLE, joined, short

MOST = 300
Name = Annotated[str, Meta(description="The variable's name")]


class DataTools(Bound):
    """The tools of a chat."""

    def tools(self) -> list[Tool]:
        """All of them."""
        return [
            tool_of(self.list_variables, kind="read", title="List the variables"),
            tool_of(self.inspect_variable, kind="read", title="Look at a variable"),
            tool_of(self.evaluate, kind="execute", title="Evaluate an expression", asks=True),
            tool_of(self.read_file, kind="read", title="Read a file"),
        ]

    async def list_variables(self, path: Path | None = None) -> Result:
        """List the variables of a notebook's running kernel with their types and shapes."""
        found = await self._workspace.variables(self._path(path), None)
        more = [f"… and {len(found) - MOST} more"] if len(found) > MOST else []
        lines = [*map(told_variable, found[:MOST]), *more]
        return "\n".join(lines) or "The kernel has no variables."

    async def inspect_variable(self, name: Name, path: Path | None = None) -> Result:
        """Look at a variable: the schema and first rows of a table, or what is in an object."""
        found = await self._workspace.variables(self._path(path), [name])
        if not found:
            raise NotFound(f"There is no variable {name!r} that may be looked at.")
        return [TextOutput(text="\n".join(map(told_variable, found)), shown=shown_variables(found))]

    async def evaluate(
        self,
        expression: Annotated[str, Meta(description="One Python expression, no statement")],
        path: Path | None = None,
    ) -> Result:
        """Evaluate a Python expression in the notebook's kernel, and see its value."""
        data = await self._workspace.evaluate(self._path(path), expression)
        text = joined(data.get("text/plain"))
        return [BundleOutput(data={**data, "text/plain": short(text, WHOLE)})]

    async def read_file(
        self, file: Annotated[str, Meta(description="Its path below the server's folder")]
    ) -> Result:
        """Read a text file of the user's, such as a module or a small table."""
        return await self._workspace.read_file(file)


def shown_variables(parts: list[VariablePart]) -> list[Shown]:
    """By what it is noticed later that one of the variables has changed."""
    return [
        ShownVariable(kernel=part.kernel, name=part.name, fingerprint=part.fingerprint)
        for part in parts
        if part.fingerprint is not None
    ]


def told_variable(part: VariablePart) -> str:
    """A variable as a text."""
    shape = f" of shape {tuple(part.shape)}" if part.shape is not None else ""
    preview = joined(part.preview.get("text/plain"))
    return f"{part.name}: {part.python_type}{shape}" + (f"\n{preview}" if preview else "")
