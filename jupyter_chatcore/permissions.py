"""The requests for permission in one reply: opened, answered once, or expired."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta

import msgspec

from .assistants.base import Item
from .decisions import Decision
from .draft import Draft
from .errors import Conflict
from .feed import Feed
from .parts import ApprovalOption, ToolPart, ToolStatus, open_requests
from .protocol import Message


class Permissions:
    """Who waits for which tool call of a draft.

    A request expires after `seconds`. `changed` is called when the draft has been given
    an answer that is to be stored. An answer is told to who waits for it only once it is
    stored: what has begun is never asked for again, whenever the server dies.
    """

    def __init__(self, draft: Draft, seconds: float, changed: Callable[[], None]) -> None:
        self._draft = draft
        self._seconds = seconds
        self._changed = changed
        self._decisions: dict[str, asyncio.Future[ApprovalOption | None]] = {}
        self._chosen: dict[str, ApprovalOption | None] = {}
        self._news: list[str] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}
        for tool in open_requests(draft.parts()):
            self._wait(tool.call, seconds_left(tool))

    @property
    def open(self) -> bool:
        """Whether somebody is asked now."""
        return bool(open_requests(self._draft.parts()))

    def opened(self, item: Item) -> Item:
        """The item; one that asks for permission gets the time until which it can be given."""
        if not isinstance(item, ToolPart) or item.status != "awaiting" or item.approval is None:
            return item
        if item.call in self._chosen:
            raise ValueError("a tool call can ask for permission once")
        if item.call in self._timers and (known := self._draft.tool(item.call)):
            return msgspec.structs.replace(item, approval=known.approval)
        self._wait(item.call, self._seconds)
        self._news.append(item.call)
        until = datetime.now(UTC) + timedelta(seconds=self._seconds)
        expires = until.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        approval = msgspec.structs.replace(item.approval, outcome=None, by=None, expires=expires)
        return msgspec.structs.replace(item, approval=approval)

    async def decision(self, call: str) -> ApprovalOption | None:
        """The option that the user chose for this call, None where the request expired."""
        return await asyncio.shield(self._decision(call))

    def decide(self, index: int, option: str, by: str | None) -> None:
        """Take what a user chose for the part at `index`; a request that is closed stays so."""
        call = self._draft.call_at(index)
        tool = None if call is None else self._draft.tool(call)
        if tool is None or tool.status != "awaiting" or tool.approval is None:
            return
        chosen = next((each for each in tool.approval.options if each.id == option), None)
        if chosen is not None:
            approval = msgspec.structs.replace(tool.approval, outcome=option, by=by)
            status: ToolStatus = "running" if chosen.kind.startswith("allow") else "denied"
            self._settle(msgspec.structs.replace(tool, status=status, approval=approval), chosen)

    def take(self) -> list[str]:
        """The calls whose requests were opened or answered since the last time."""
        taken, self._news = self._news, []
        return taken

    def stored(self, calls: Sequence[str]) -> None:
        """The requests of these calls are stored as they are: tell the answers."""
        for call in calls:
            if call in self._chosen and not self._decision(call).done():
                self._decision(call).set_result(self._chosen[call])

    def close(self) -> None:
        """The reply has ended: nothing expires any more."""
        for call in list(self._timers):
            self._forget(call)

    def _wait(self, call: str, seconds: float) -> None:
        self._forget(call)
        loop = asyncio.get_running_loop()
        self._timers[call] = loop.call_later(seconds, self._expire, call)

    def _expire(self, call: str) -> None:
        tool = self._draft.tool(call)
        if tool is not None and tool.status == "awaiting":
            error = f"Nobody answered within {_spoken(self._seconds)}, so it was not done."
            self._settle(msgspec.structs.replace(tool, status="denied", error=error), None)

    def _settle(self, tool: ToolPart, chosen: ApprovalOption | None) -> None:
        self._forget(tool.call)
        self._draft.add(tool)
        self._chosen[tool.call] = chosen
        self._news.append(tool.call)
        self._changed()

    def _decision(self, call: str) -> asyncio.Future[ApprovalOption | None]:
        if call not in self._decisions:
            self._decisions[call] = asyncio.get_running_loop().create_future()
        return self._decisions[call]

    def _forget(self, call: str) -> None:
        if timer := self._timers.pop(call, None):
            timer.cancel()


def seconds_left(tool: ToolPart) -> float:
    """How long the request of this call can still be answered; 0 where that is over."""
    expires = tool.approval and tool.approval.expires
    if not expires:
        return 0.0
    return max(0.0, (datetime.fromisoformat(expires) - datetime.now(UTC)).total_seconds())


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:g} seconds"


async def shown(feed: Feed, session: str, decision: Decision, patience: float) -> Message:
    """The message once its part shows the decision, waited for `patience` seconds at most.

    Raises:
        Conflict: the request had expired, or its reply had ended, before it was taken up.
    """
    mid = decision.message
    clock, message = await feed.read(lambda s: (s.clock(), s.get_message(session, mid)))
    with suppress(TimeoutError):
        async with asyncio.timeout(patience), aclosing(feed.watch(session, clock)) as news:
            while _waits(message, decision):
                await anext(news)
                message = await feed.read(lambda store: store.get_message(session, mid))
    if not _waits(message, decision) and _outcome(message, decision) != decision.option:
        raise Conflict("The request for permission had just expired or ended: ask again.")
    return message


def _waits(message: Message, decision: Decision) -> bool:
    """Whether nothing has become of the request yet."""
    part = message.parts[decision.part] if message.parts else None
    return isinstance(part, ToolPart) and part.status == "awaiting"


def _outcome(message: Message, decision: Decision) -> str | None:
    part = message.parts[decision.part] if message.parts else None
    return part.approval.outcome if isinstance(part, ToolPart) and part.approval else None
