"""Taking back what an answer changed in notebooks, and nothing that others changed since."""

from __future__ import annotations

import msgspec

from .api import Undone
from .context.workspace import Workspace, WorkspaceError
from .errors import ChatcoreError, Conflict
from .feed import Feed
from .parts import DiffOutput, Part, ToolPart
from .protocol import Message


class Undo:
    """Undoes the changes of a message, the last one first."""

    def __init__(self, feed: Feed, workspace: Workspace | None) -> None:
        self._feed = feed
        self._workspace = workspace

    async def undo(self, session: str, message: int) -> Undone:
        """Take back the message's changes; a cell that was changed since stays as it is.

        Raises:
            NotFound: there is no such message.
            Conflict: it is still being written, or there is nothing to take back.
        """
        found = await self._feed.read(lambda store: store.get_message(session, message))
        if found.status == "streaming":
            raise Conflict("The answer is still being written: stop it first.")
        if not any(map(_open_changes, found.parts)):
            raise Conflict("There is nothing to take back: this answer has changed no notebook.")
        parts, conflicts = await self._parts(found)
        await self._feed.write(
            lambda store: store.update_message_parts(session, message, parts, error=found.error)
        )
        done = sum(map(_count_undone, parts)) - sum(map(_count_undone, found.parts))
        return Undone(undone=done, conflicts=conflicts)

    async def _parts(self, message: Message) -> tuple[list[Part], list[str]]:
        parts, conflicts = list(message.parts), list[str]()
        for index in reversed(range(len(parts))):
            part = parts[index]
            if isinstance(part, ToolPart) and _open_changes(part):
                parts[index] = await self._part(part, conflicts)
        return parts, conflicts

    async def _part(self, part: ToolPart, conflicts: list[str]) -> ToolPart:
        output = list(part.output)
        for index in reversed(range(len(output))):
            change = output[index]
            if not isinstance(change, DiffOutput) or not _is_open(change):
                continue
            try:
                await self._take_back(change)
            except ChatcoreError as error:
                conflicts.append(f"{change.path}, cell {change.cell}: {error.message}")
            else:
                output[index] = msgspec.structs.replace(change, undone=True)
        return msgspec.structs.replace(part, output=output)

    async def _take_back(self, change: DiffOutput) -> None:
        workspace, path, cell = self._workspace, change.path, change.cell or ""
        if workspace is None:
            raise WorkspaceError("Notebooks cannot be reached from here: open it in JupyterLab.")
        if change.old is None:
            await workspace.delete(path, cell, change.new or "")
        elif change.new is None:
            await workspace.insert(path, change.cell_type or "code", change.old, change.after)
        else:
            await workspace.edit(path, cell, change.new, change.old)


def _is_open(change: DiffOutput) -> bool:
    return change.cell is not None and not change.undone


def _open_changes(part: Part) -> bool:
    """Whether the part has a change of a cell that was made and not taken back."""
    return isinstance(part, ToolPart) and any(
        isinstance(output, DiffOutput) and _is_open(output) for output in part.output
    )


def _count_undone(part: Part) -> int:
    if not isinstance(part, ToolPart):
        return 0
    return sum(isinstance(output, DiffOutput) and output.undone for output in part.output)
