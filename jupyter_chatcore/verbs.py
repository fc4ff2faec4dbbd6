"""The verbs that a page asks its kernel by: what each takes, and what it does.

Each does what a route of the HTTP API does, through the same methods of the core.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .api import (
    Approve,
    Ask,
    AssistantList,
    ChatUsage,
    Edit,
    Fork,
    NewSession,
    Posted,
    Regenerate,
    Seen,
    SessionPatch,
    Undone,
)
from .comm import CommRequest, Kept, Named
from .core import ChatCore
from .errors import Invalid, NotFound
from .filetypes import MAGIC_BYTES, address, clean_name, mime_type
from .handlers.query import NoQuery, PageQuery
from .parts import FilePart
from .protocol import Author, Message, Page, Session


@dataclass(frozen=True)
class Asked:
    """A request that was read; `body` is what its verb takes, `kept` where the chats are."""

    core: ChatCore
    request: CommRequest
    body: Any
    author: Author
    kept: str
    buffers: Sequence[bytes]

    @property
    def session(self) -> str:
        """The chat that it is about."""
        return self.request.session

    @property
    def message(self) -> int:
        """The message that it is about."""
        return self.request.message


@dataclass(frozen=True)
class Verb:
    """What a verb takes in a request's body, and how it is answered."""

    body: Any
    run: Callable[[Asked], Awaitable[Any]]


async def _place(asked: Asked) -> Kept:
    return Kept(path=asked.kept)


async def _open(asked: Asked) -> Session:
    """The chat with the id or the key given, made if there is none."""
    session, _ = await asked.core.feed.write(
        lambda store: store.create_session(asked.body, asked.session or None)
    )
    return session


async def _session(asked: Asked) -> Session:
    return await asked.core.feed.read(lambda store: store.get_session(asked.session))


async def _patch(asked: Asked) -> Session:
    return await asked.core.feed.write(lambda store: store.patch_session(asked.session, asked.body))


async def _page(asked: Asked) -> Page:
    q: PageQuery = asked.body
    return await asked.core.feed.read(
        lambda store: store.get_messages(
            asked.session, q.before, q.limit, after=q.after, around=q.around
        )
    )


async def _ask(asked: Asked) -> Posted:
    return await asked.core.replies.ask(asked.session, asked.body, asked.author)


async def _stop(asked: Asked) -> Message:
    return await asked.core.replies.stop(asked.session, asked.message)


async def _regenerate(asked: Asked) -> Posted:
    replies = asked.core.replies
    return await replies.regenerate(asked.session, asked.message, asked.body, asked.author)


async def _edit(asked: Asked) -> Posted:
    return await asked.core.replies.edit(asked.session, asked.message, asked.body, asked.author)


async def _remove(asked: Asked) -> Message:
    """One that is being written is stopped first."""
    await asked.core.replies.stop(asked.session, asked.message)
    return await asked.core.feed.write(
        lambda store: store.delete_message(asked.session, asked.message)
    )


async def _seen(asked: Asked) -> None:
    seen, user = asked.body, asked.author.username
    await asked.core.feed.write(
        lambda store: store.mark_seen(asked.session, seen.message, user), durable=False
    )


async def _fork(asked: Asked) -> Session:
    made, _ = await asked.core.forks.fork(asked.session, asked.body)
    return made


async def _usage(asked: Asked) -> ChatUsage:
    return await asked.core.feed.read(lambda store: store.get_usage(asked.session))


async def _typing(_asked: Asked) -> None:
    """All who reach a kernel are its user: there is nobody else to be told."""


async def _upload(asked: Asked) -> FilePart:
    """The file's bytes come beside the request."""
    data = b"".join(asked.buffers)
    if not data:
        raise Invalid("The file is empty: there is nothing to attach.")
    await asked.core.feed.read(lambda store: store.get_session(asked.session))
    name = clean_name(asked.body.name)
    digest = await asyncio.to_thread(asked.core.files.keep, data)
    mime = mime_type(data[:MAGIC_BYTES], name, asked.body.mime)
    return FilePart(name=name, mime=mime, url=address(digest, name), size=len(data))


async def _approve(asked: Asked) -> Message:
    request = asked.request
    return await asked.core.replies.decide(
        request.session, request.message, request.part, asked.body, asked.author
    )


async def _undo(asked: Asked) -> Undone:
    """A kernel reaches no notebooks, and says so."""
    return await asked.core.undo.undo(asked.session, asked.message)


async def _assistants(asked: Asked) -> AssistantList:
    return AssistantList(assistants=await asked.core.assistants.list())


VERBS: Mapping[str, Verb] = {
    "place": Verb(NoQuery, _place),
    "open": Verb(NewSession, _open),
    "session": Verb(NoQuery, _session),
    "patch": Verb(SessionPatch, _patch),
    "page": Verb(PageQuery, _page),
    "ask": Verb(Ask, _ask),
    "stop": Verb(NoQuery, _stop),
    "regenerate": Verb(Regenerate, _regenerate),
    "edit": Verb(Edit, _edit),
    "remove": Verb(NoQuery, _remove),
    "fork": Verb(Fork, _fork),
    "usage": Verb(NoQuery, _usage),
    "typing": Verb(NoQuery, _typing),
    "upload": Verb(Named, _upload),
    "seen": Verb(Seen, _seen),
    "approve": Verb(Approve, _approve),
    "undo": Verb(NoQuery, _undo),
    "assistants": Verb(NoQuery, _assistants),
}


def find_verb(name: str) -> Verb:
    """The verb of this name.

    Raises:
        NotFound: this version knows none.
    """
    if name not in VERBS:
        raise NotFound(f"This version of the kernel's chat knows no {name[:40]!r}.")
    return VERBS[name]
