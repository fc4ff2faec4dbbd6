"""Taking back what an answer changed in notebooks, and nothing that others changed since."""

from __future__ import annotations

import asyncio

import msgspec

from .api import Undone
from .assistants.secrets import HIDDEN
from .context.workspace import CellConflict, Workspace, WorkspaceError
from .errors import ChatcoreError, Conflict, NotFound
from .feed import Feed
from .parts import DiffOutput, Part, ToolPart
from .protocol import Message

_HIDDEN = "it had a secret of the server's in it, which the chat does not keep."
_NO_SERVER = (
    "Taking back changes of notebooks needs a Jupyter server with jupyter_chatcore: open the"
    " chat in JupyterLab."
)


class Undo:
    """Undoes the changes of a message, the last one first."""

    def __init__(self, feed: Feed, workspace: Workspace | None) -> None:
        self._feed = feed
        self._workspace = workspace
        self._lock = asyncio.Lock()

    async def undo(self, session: str, message: int) -> Undone:
        """Take back the message's changes; a cell that was changed since stays as it is.

        Raises:
            NotFound: there is no such message.
            Conflict: it is still being written, or there is nothing to take back.
            WorkspaceError: there is no server that has notebooks.
        """
        if self._workspace is None:
            raise WorkspaceError(_NO_SERVER)
        # two tabs may ask at once: the second one finds what the first has left
        async with self._lock:
            return await self._undo(_Taking(self._workspace), session, message)

    async def _undo(self, taking: _Taking, session: str, message: int) -> Undone:
        found = await self._feed.read(lambda store: store.get_message(session, message))
        if found.status == "streaming":
            raise Conflict("The answer is still being written: stop it first.")
        if not any(map(_open_changes, found.parts)):
            raise Conflict("There is nothing to take back: this answer has changed no notebook.")
        parts = await taking.parts(found)
        await self._feed.write(
            lambda store: store.update_message_parts(session, message, parts, error=found.error)
        )
        done = sum(map(_count_undone, parts)) - sum(map(_count_undone, found.parts))
        return Undone(undone=done, conflicts=taking.conflicts)


class _Taking:
    """One time of taking back; `conflicts` says what stays, and why."""

    def __init__(self, workspace: Workspace) -> None:
        self.conflicts: list[str] = []
        self._workspace = workspace
        # a cell that comes back has another id than its older changes name it by
        self._ids: dict[str, str] = {}

    async def parts(self, message: Message) -> list[Part]:
        """The parts of a message, its changes taken back."""
        parts = list(message.parts)
        for index in reversed(range(len(parts))):
            part = parts[index]
            if isinstance(part, ToolPart) and _open_changes(part):
                parts[index] = await self._part(part)
        return parts

    async def _part(self, part: ToolPart) -> ToolPart:
        output = list(part.output)
        for index in reversed(range(len(output))):
            change = output[index]
            if not isinstance(change, DiffOutput) or not _is_open(change):
                continue
            try:
                await self._take_back(change)
            except ChatcoreError as error:
                self.conflicts.append(_told(change, error))
            else:
                output[index] = msgspec.structs.replace(change, undone=True)
        return msgspec.structs.replace(part, output=output)

    async def _take_back(self, change: DiffOutput) -> None:
        workspace, path, cell = self._workspace, change.path, self._now(change.cell)
        if HIDDEN in (change.old or ""):
            raise WorkspaceError(_HIDDEN)
        if change.old is None:
            await workspace.delete(path, cell, change.new or "")
        elif change.new is None:
            above = self._now(change.after) or None
            made = await workspace.insert(path, change.cell_type or "code", change.old, above)
            self._ids[cell] = made.id
        else:
            await workspace.edit(path, cell, change.new, change.old)

    def _now(self, cell: str | None) -> str:
        return self._ids.get(cell or "", cell or "")


def _told(change: DiffOutput, error: ChatcoreError) -> str:
    """Why a change stays, for whoever wants it back."""
    source = change.new if change.new is not None else change.old
    first = (source or "").strip().partition("\n")[0][:60]
    begin = f"The cell “{first}” of {change.path}"
    if isinstance(error, CellConflict):
        return f"{begin} was changed since, so it stays as it is."
    if isinstance(error, NotFound):
        return f"{begin} cannot be put back: {error.message}"
    return f"{begin} stays as it is: {error.message}"


def _is_open(change: DiffOutput) -> bool:
    return change.cell is not None and not change.undone


def _open_changes(part: Part) -> bool:
    """Whether the part has a change of a cell that was made and not taken back."""
    return (
        isinstance(part, ToolPart)
        # what is asked for, or was not allowed, only shows what it would change
        and part.status == "done"
        and any(isinstance(output, DiffOutput) and _is_open(output) for output in part.output)
    )


def _count_undone(part: Part) -> int:
    if not isinstance(part, ToolPart):
        return 0
    return sum(isinstance(output, DiffOutput) and output.undone for output in part.output)
