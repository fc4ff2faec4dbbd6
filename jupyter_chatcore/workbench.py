"""The pages that have notebooks open, and what is asked of them.

A task goes to the page that has the notebook in front, else to the one that told of it
last. A page that leaves fails its tasks: what it had begun may be done or not, and the
caller is told so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count

from .context.workspace import CellConflict, WorkspaceError
from .errors import NotFound
from .notebooks import Finished, FromPage, NotebookCell, Opened, OpenNotebook, Operation, Task

Send = Callable[[Task], Awaitable[None]]
LEFT = "The page that shows the notebook was closed meanwhile. Look what was done, and try again."
_LATE = "The page that shows the notebook does not answer. Is it asleep? Reload it and try again."


class WorkbenchPage:
    """One page; `user` is who looks at it."""

    def __init__(self, user: str, send: Send, numbers: count[int]) -> None:
        self.user = user
        self.notebooks: dict[str, OpenNotebook] = {}
        self.told = 0
        self._send = send
        self._numbers = numbers
        self._waiting: dict[int, asyncio.Future[Finished]] = {}

    def take(self, message: FromPage) -> None:
        """What the page says."""
        if isinstance(message, Opened):
            self.notebooks = {notebook.path: notebook for notebook in message.notebooks}
            self.told = next(self._numbers)
        elif (future := self._waiting.get(message.id)) and not future.done():
            future.set_result(message)

    async def do(self, operation: Operation, seconds: float | None) -> list[NotebookCell]:
        """Have the page do it; the cells that it is about. `None` waits as long as it takes.

        Raises:
            NotFound, CellConflict, WorkspaceError: it was not done.
        """
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send(Task(id=number, operation=operation))
            async with asyncio.timeout(seconds):
                finished = await future
        except TimeoutError:
            raise WorkspaceError(_LATE) from None
        finally:
            del self._waiting[number]
        return _cells(finished)

    def leave(self) -> None:
        """The page has gone."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(WorkspaceError(LEFT))


def _cells(finished: Finished) -> list[NotebookCell]:
    match finished.error:
        case None:
            return finished.cells
        case "missing":
            raise NotFound(finished.message)
        case "conflict":
            raise CellConflict(finished.message)
    raise WorkspaceError(finished.message)


class Workbench:
    """All pages of a server."""

    def __init__(self) -> None:
        self._pages: set[WorkbenchPage] = set()
        self._numbers = count(1)

    @asynccontextmanager
    async def page(self, user: str, send: Send) -> AsyncIterator[WorkbenchPage]:
        """A page for as long as it is connected."""
        page = WorkbenchPage(user, send, self._numbers)
        self._pages.add(page)
        try:
            yield page
        finally:
            self._pages.discard(page)
            page.leave()

    def notebooks(self) -> list[OpenNotebook]:
        """What is open in any page, each once, what is in front first."""
        found: dict[str, OpenNotebook] = {}
        for page in sorted(self._pages, key=lambda page: -page.told):
            for path, notebook in page.notebooks.items():
                if path not in found or (notebook.active and not found[path].active):
                    found[path] = notebook
        return sorted(found.values(), key=lambda notebook: not notebook.active)

    def shows(self, path: str) -> WorkbenchPage | None:
        """The page to ask about a notebook; None where no page has it open."""
        pages = [page for page in self._pages if path in page.notebooks]
        return max(pages, key=lambda page: (page.notebooks[path].active, page.told), default=None)
