"""A chat as a download: read piece by piece, off the loop, and written as it is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .api import ExportFormat
from .connection import now
from .exports.jsonl import JsonLines
from .exports.language import PYTHON, Language, language_of
from .exports.markdown import Markdown
from .exports.notebook import Notebook
from .exports.writing import Writing, file_name
from .feed import Feed
from .protocol import Session
from .store import Store

_MESSAGES = 100
_BYTES = 512 * 1024
"""How much is read and written at once, unless one message has more."""


class Download(NamedTuple):
    """A file in the making: its name, its type, and its bytes as they come."""

    name: str
    mime: str
    pieces: AsyncGenerator[bytes, None]


async def download(feed: Feed, root: Path, session: str, kind: ExportFormat) -> Download:
    """The chat as a file; notebooks are below `root`.

    Raises:
        NotFound: there is no such chat.
    """
    chat = await feed.read(lambda store: store.get_session(session))
    writing = await _writing(kind, root, chat)
    ids = await feed.read(lambda store: store.message_ids(session, whole=writing.whole))
    name = file_name(chat.title, writing.suffix)
    return Download(name, writing.mime, _pieces(feed, chat, ids, writing))


async def _writing(kind: ExportFormat, root: Path, chat: Session) -> Writing:
    if kind == "markdown":
        return Markdown()
    if kind == "jsonl":
        return JsonLines()
    return Notebook(await asyncio.to_thread(_language, root, chat.notebook))


def _language(root: Path, notebook: str | None) -> Language:
    """What is spoken in the chat's notebook, where it lies below the server's root."""
    root = root.resolve()
    path = (root / (notebook or "")).resolve()
    return language_of(path) if notebook and path.is_relative_to(root) else PYTHON


async def _pieces(
    feed: Feed, chat: Session, ids: Sequence[int], writing: Writing
) -> AsyncGenerator[bytes, None]:
    """The file. Each message is as it is when its turn comes.

    Raises:
        Conflict: the chat was deleted meanwhile.
        StoreError: it cannot be read.
    """
    yield writing.begin(chat, len(ids), now()).encode()
    done = 0
    while done < len(ids):
        wanted = ids[done : done + _MESSAGES]
        write = partial(_written, session=chat.id, ids=wanted, writing=writing)
        count, data = await feed.read(write)
        done += count
        yield data
    yield writing.end().encode()


def _written(store: Store, session: str, ids: Sequence[int], writing: Writing) -> tuple[int, bytes]:
    """The first of these messages as they are written, and how many they are."""
    messages = store.messages_of(session, ids, _BYTES)
    return len(messages), "".join(map(writing.message, messages)).encode()
