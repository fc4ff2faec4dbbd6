"""`jupyter chat list`, `show` and `search`: what there is to read."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from ..api import SearchHit, SearchResult, SessionPage
from ..client.server import Server
from ..errors import NotFound
from ..parts import TextPart
from ..protocol import Message, Page, Session
from .connection import asked, no_chat, path_of
from .output import Output
from .telling import note_of

_PAGE = 200


def add_commands(commands: Any, common: ArgumentParser) -> None:
    """Tell the parser of them."""
    listing = commands.add_parser("list", parents=[common], help="the chats, the newest first")
    listing.add_argument("-n", "--limit", type=count, default=30, help="how many at most (30)")
    listing.add_argument("--archived", action="store_true", help="those that were put away")
    listing.set_defaults(run=run_list)
    show = commands.add_parser("show", parents=[common], help="what was said in a chat")
    show.add_argument("chat", help="its id or name")
    show.add_argument("-n", "--limit", type=count, default=25, help="the newest messages (25)")
    show.add_argument("--all", action="store_true", help="all messages")
    show.set_defaults(run=run_show)
    search = commands.add_parser("search", parents=[common], help="find messages by their words")
    search.add_argument("words", nargs="+")
    search.add_argument("-c", "--chat", help="in this chat alone")
    search.add_argument("-n", "--limit", type=count, default=20, help="how many at most (20)")
    search.set_defaults(run=run_search)


def count(text: str) -> int:
    """A number above zero, of an option."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number above zero")
    return int(text)


def run_list(options: Namespace, out: Output, notes: Output) -> None:
    """A line for each chat: its id, when it was used last, its title."""
    chats = asked(options, lambda server: _chats(server, options))
    if options.json:
        out.line(msgspec.json.encode(chats).decode())
        return
    widest = max((len(chat.id) for chat in chats), default=0)
    for chat in chats:
        flag = "…" if chat.running else "•" if chat.unread else " "
        line = f"{chat.id:<{widest}}  {_when(chat.used or chat.updated)}  {flag} {chat.title}"
        out.line(_cut(line, out.width) if out.is_terminal else _row(chat))


def _row(chat: Session) -> str:
    return "\t".join((chat.id, chat.used or chat.updated, " ".join(chat.title.split())))


async def _chats(server: Server, options: Namespace) -> list[Session]:
    found: list[Session] = []
    query: dict[str, str | int] = {"show": "archived" if options.archived else "open"}
    while len(found) < options.limit:
        query["limit"] = min(options.limit - len(found), _PAGE)
        page = await server.ask("GET", "sessions", SessionPage, query=query)
        found += page.sessions
        if page.before is None:
            break
        query["before"] = page.before
    return found


def run_show(options: Namespace, out: Output, notes: Output) -> None:
    """The messages of the branch shown, oldest first."""
    messages = asked(options, lambda server: _messages(server, options))
    if options.json:
        out.line(msgspec.json.encode(messages).decode())
        return
    for message in messages:
        _show(message, out)


async def _messages(server: Server, options: Namespace) -> list[Message]:
    path = f"chat/{path_of(options.chat)}/messages"
    try:
        pages = [
            page async for page in _pages(server, path, None if options.all else options.limit)
        ]
    except NotFound:
        raise no_chat(options.chat) from None
    return [message for page in reversed(pages) for message in page.messages]


async def _pages(server: Server, path: str, limit: int | None) -> AsyncIterator[Page]:
    """The newest page, and those before it, with `limit` messages in all, None for all."""
    query: dict[str, str | int] = {}
    while limit is None or limit > 0:
        query["limit"] = _PAGE if limit is None else min(limit, _PAGE)
        page = await server.ask("GET", path, Page, query=query)
        yield page
        if page.before is None:
            return
        query["before"] = page.before
        limit = None if limit is None else limit - len(page.messages)


def _show(message: Message, out: Output) -> None:
    who = (message.author and (message.author.name or message.author.username)) or message.role
    status = "" if message.status == "done" else f" ({message.status})"
    out.line(f"## {who}, {_when(message.created)}{status}", "bold")
    for part in message.parts:
        if isinstance(part, TextPart):
            out.line(part.text.rstrip("\n"))
        elif note := note_of(part):
            out.line(f"[{note}]", "dim")
    if message.error is not None:
        out.line(f"[{message.error.message}]", "red")
    out.line()


def run_search(options: Namespace, out: Output, notes: Output) -> int:
    """A line for each message that was found; 1 where there is none, as `grep` has it."""
    found = asked(options, lambda server: _search(server, options))
    if options.json:
        out.line(msgspec.json.encode(found.hits).decode())
    for hit in () if options.json else found.hits:
        _hit(hit, out)
    return 0 if found.hits else 1


async def _search(server: Server, options: Namespace) -> SearchResult:
    query: dict[str, str | int] = {"q": " ".join(options.words), "limit": min(options.limit, _PAGE)}
    if options.chat is not None:
        query["session"] = path_of(options.chat)
    return await server.ask("GET", "search", SearchResult, query=query)


def _hit(hit: SearchHit, out: Output) -> None:
    out.write(f"{hit.session}\t{hit.message}\t{hit.role}\t")
    for piece in hit.snippet:
        out.write(_on_one_line(piece.text), "bold" if piece.match else "")
    out.line()


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")


def _when(time: str) -> str:
    """A time as it is here, to the minute."""
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
