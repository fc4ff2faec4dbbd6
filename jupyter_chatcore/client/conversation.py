"""What is asked of the server for one chat; every verb that users call ends here."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from ..api import (
    Ask,
    AssistantInfo,
    AssistantList,
    Edit,
    ExportFormat,
    Fork,
    NewSession,
    Note,
    Posted,
    Regenerate,
    SearchHit,
    SearchResult,
    SessionPage,
    SessionPatch,
)
from ..parts import FilePart, Part
from ..protocol import Message, Page, Role, Session
from .finding import Address, find
from .replaying import Replay, meant
from .secret import Secret
from .server import Server, server_at

T = TypeVar("T")

PAGE = 200
"""The most messages that a page may have."""
_TITLE_LENGTH = 300


@dataclass(frozen=True)
class Where:
    """Which chat is meant, and where.

    `session` is its id, "" for the one of the notebook: `notebook` is the path that the
    kernel was started for, `kernel` its id. `title`, `assistant` and `model` are what a
    new chat starts with; the latter two switch one that exists if `assign` says so.
    `server` is None where it is to be found, `token` is then for the one that is. `replay`
    is for questions that do not say themselves whether they are answered from the store.
    """

    session: str = ""
    notebook: str = ""
    kernel: str = ""
    title: str = ""
    assistant: str = ""
    model: str = ""
    assign: bool = True
    server: Address | None = None
    token: Secret | None = None
    replay: Replay = None


class _Kernel(msgspec.Struct):
    id: str


class _KernelSession(msgspec.Struct):
    path: str
    type: str = ""
    kernel: _Kernel | None = None


class Conversation:
    """A chat on a server; its methods run in the portal's loop.

    All raise ChatcoreError: where no server is found, where it does not answer, and
    what it refuses. `begun` says whether whoever has it has said something in the chat.
    """

    def __init__(self, where: Where, begun: bool = False) -> None:
        self.where = where
        self.begun = begun
        self._opening: asyncio.Task[tuple[Server, Session]] | None = None

    async def opened(self) -> tuple[Server, Session]:
        """The server, and the chat as it was when this was first asked; made if there is none."""
        if self._opening is None or (
            self._opening.done()
            and (self._opening.cancelled() or self._opening.exception() is not None)
        ):
            self._opening = asyncio.ensure_future(self._open())
        return await asyncio.shield(self._opening)

    async def _open(self) -> tuple[Server, Session]:
        where = self.where
        server = await _server(where.server, where.token)
        title = where.title.strip()[:_TITLE_LENGTH]
        new = NewSession(
            title=title or None,
            assistant=where.assistant or None,
            settings={"model": where.model} if where.model else {},
        )
        if where.session:
            session = await server.ask("PUT", f"sessions/{quote(where.session)}", Session, new)
        else:
            path = await self._notebook(server)
            session = await server.ask("POST", "sessions", Session, _of_notebook(new, path))
        return server, await self._assigned(server, session)

    async def _notebook(self, server: Server) -> str:
        """Where the notebook is now: it may have been renamed since the kernel started."""
        if self.where.kernel:
            for each in await server.ask("GET", "/api/sessions", list[_KernelSession]):
                if each.kernel and each.kernel.id == self.where.kernel and each.type == "notebook":
                    # with real-time collaboration the path begins with the name of its drive
                    return each.path.removeprefix("RTC:")
        return self.where.notebook

    async def _assigned(self, server: Server, session: Session) -> Session:
        """A chat that there was already is switched to whom its user names."""
        where = self.where
        settings = session.settings | ({"model": where.model} if where.model else {})
        assistant = where.assistant or session.assistant
        if not where.assign or (assistant, settings) == (session.assistant, session.settings):
            return session
        patch = SessionPatch(assistant=assistant, settings=settings)
        return await server.ask("PATCH", f"sessions/{session.id}", Session, patch)

    async def info(self) -> Session:
        """The chat as it is now."""
        server, session = await self.opened()
        return await server.ask("GET", f"sessions/{session.id}", Session)

    async def rename(self, title: str) -> None:
        """Give it a title of its user's."""
        server, session = await self.opened()
        patch = SessionPatch(title=title.strip()[:_TITLE_LENGTH])
        await server.ask("PATCH", f"sessions/{session.id}", Session, patch)

    async def ask(self, ask: Ask) -> Posted:
        """Store a user's message that wants a reply."""
        replay = meant(ask.replay, self.where.replay)
        asked = msgspec.structs.replace(ask, replay=replay, parent=self._place(ask.parent, replay))
        return await self._post("POST", "", Posted, asked)

    async def message(self, message: int) -> Message:
        """One message as it is now."""
        server, session = await self.opened()
        return await server.ask("GET", f"chat/{session.id}/messages/{message}", Message)

    async def edit(self, message: int, edit: Edit) -> Posted:
        """Store another version of a message."""
        return await self._post("PATCH", f"/messages/{message}", Posted, edit)

    async def regenerate(self, message: int | None, again: Regenerate) -> Posted:
        """Have another answer, to the newest message by default."""
        if message is None:
            message = (await self.page(limit=1)).messages[-1].id
        return await self._post("POST", f"/messages/{message}/regenerate", Posted, again)

    async def note(self, parts: Sequence[Part], role: Role) -> Message:
        """Store a message that wants no reply."""
        place = self._place(None, meant(self.where.replay))
        note = Note(parts=list(parts), role=role, key=nonce(), parent=place)
        return await self._post("POST", "/messages", Message, note)

    async def fork(self, message: int | None) -> Session:
        """A new chat of the messages up to one, by default the newest."""
        if message is None:
            message = (await self.page(limit=1)).messages[-1].id
        return await self._post("POST", "/fork", Session, Fork(message=message, key=nonce()))

    async def stop(self, message: int) -> Message:
        """Stop a reply, or all replies to a message."""
        return await self._post("POST", f"/messages/{message}/stop", Message, None)

    async def stop_all(self) -> None:
        """Stop what is being written on the branch shown."""
        for message in (await self.page()).messages:
            if message.status == "streaming":
                await self.stop(message.id)

    async def page(
        self, before: int | None = None, limit: int = 25, after: int | None = None
    ) -> Page:
        """A page of the branch shown, newest last."""
        server, session = await self.opened()
        places = {"before": before, "after": after}
        query = {name: at for name, at in places.items() if at is not None} | {"limit": limit}
        return await server.ask("GET", f"chat/{session.id}/messages", Page, query=query)

    async def search(self, words: str, limit: int) -> list[SearchHit]:
        """Its messages that have these words, the best first."""
        server, session = await self.opened()
        query: dict[str, str | int] = {"q": words, "limit": limit, "session": session.id}
        return (await server.ask("GET", "search", SearchResult, query=query)).hits

    async def export(self, kind: ExportFormat) -> bytes:
        """The chat as a file."""
        server, session = await self.opened()
        return await server.raw("GET", f"chat/{session.id}/export", query={"format": kind})

    async def keep(self, name: str, data: bytes) -> FilePart:
        """Keep a file beside the chats, for a message to show it."""
        server, session = await self.opened()
        path = f"chat/{session.id}/files"
        kept = await server.raw("POST", path, data, {"name": name}, "application/octet-stream")
        return msgspec.json.decode(kept, type=FilePart)

    def _place(self, given: int | None, replay: Replay) -> int | None:
        """Where a message goes: the first of a program that is replayed begins a branch.

        So its history is the same each time it runs, whatever was said in the chat since.
        """
        first, self.begun = not self.begun, True
        return 0 if first and replay and given is None else given

    async def _post(self, method: str, path: str, answer: type[T], body: Any) -> T:
        server, session = await self.opened()
        return await server.ask(method, f"chat/{session.id}{path}", answer, body)


def _of_notebook(new: NewSession, path: str) -> NewSession:
    """What the chat that belongs to a notebook starts with: the key makes it the only one."""
    name = path.rpartition("/")[2].removesuffix(".ipynb")
    title = new.title or (name or path)[:_TITLE_LENGTH]
    return msgspec.structs.replace(new, title=title, notebook=path, key=f"notebook:{path}")


async def _server(named: Address | None, token: Secret | None) -> Server:
    # files are read to find one, which would hold up others
    return server_at(await asyncio.to_thread(find, token) if named is None else named)


async def listed(where: Where, limit: int, notebook: str | None) -> list[Session]:
    """The chats of a server, the most recently used first.

    Raises:
        ChatcoreError: it cannot be found or reached, or refuses.
    """
    server = await _server(where.server, where.token)
    found: list[Session] = []
    before: int | None = None
    while len(found) < limit:
        places = {"before": before, "notebook": notebook}
        query = {name: at for name, at in places.items() if at is not None}
        query["limit"] = min(limit - len(found), PAGE)
        page = await server.ask("GET", "sessions", SessionPage, query=query)
        found += page.sessions
        if (before := page.before) is None:
            break
    return found


async def answering(where: Where) -> list[AssistantInfo]:
    """Who can answer on a server.

    Raises:
        ChatcoreError: it cannot be found or reached, or refuses.
    """
    server = await _server(where.server, where.token)
    return (await server.ask("GET", "assistants", AssistantList)).assistants


def nonce() -> str:
    """A key by which a message that is sent twice is stored once."""
    return secrets.token_hex(16)
