"""Functions of running kernels as assistants: each for as long as its kernel is connected.

A name belongs to the function that was defined last, in whichever kernel. A name whose
kernel has gone stays known and says so, until the kernel, or another one, defines it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from itertools import count

import msgspec

from ..calls import Call, Cancel, Ended, Function, Offer, Said, SentTurn, Taken, ToKernel, Told
from ..protocol import Message
from .base import Assistant, AssistantError, Availability, Item, Turn
from .registry import Registry

MAX_HISTORY = 4 * 2**20
"""The most bytes of a chat's history that a kernel is sent with a call."""
MAX_GONE = 50
"""How many names are remembered whose kernels have gone."""

_numbers = count(1)


class KernelGone(Exception):
    """The kernel went away before it had answered."""


class KernelLine:
    """The connection to one kernel; `outgoing` is what is to be sent to it."""

    def __init__(self) -> None:
        self.outgoing: asyncio.Queue[ToKernel] = asyncio.Queue()
        self.notebook = ""
        self.closed = False
        self._calls: dict[int, asyncio.Queue[Said | Ended | None]] = {}

    async def call(self, name: str, turn: Turn) -> AsyncGenerator[Item, None]:
        """What the function of this name answers.

        Raises:
            AssistantError: it failed.
            KernelGone: its kernel has gone.
        """
        if self.closed:
            raise KernelGone
        number = next(_numbers)
        heard = self._calls[number] = asyncio.Queue[Said | Ended | None]()
        self.outgoing.put_nowait(Call(id=number, name=name, turn=sent(turn)))
        said: Said | Ended | None = None
        try:
            while isinstance(said := await heard.get(), Said):
                for item in said.items:
                    yield item
                if said.usage is not None:
                    yield said.usage
        finally:
            del self._calls[number]
            if not isinstance(said, Ended):
                self.outgoing.put_nowait(Cancel(call=number))
        if said is None:
            raise KernelGone
        if said.error is not None:
            raise AssistantError(said.error.code, said.error.message)

    def take(self, said: Said | Ended) -> None:
        """What the kernel says to a call; nobody hears what it says after the end."""
        if heard := self._calls.get(said.call):
            heard.put_nowait(said)

    def close(self) -> None:
        """The kernel has gone."""
        self.closed = True
        for heard in self._calls.values():
            heard.put_nowait(None)


class FunctionAssistant(Assistant):
    """The function that answers as `name`, in the kernel at the other end of `line`."""

    def __init__(self, line: KernelLine, function: Function) -> None:
        self.name = function.name
        self.define(line, function)

    def define(self, line: KernelLine, function: Function) -> None:
        """From now on this function answers."""
        self.line = line
        self.defined = function.defined
        self.title = function.title
        self.description = function.description

    async def availability(self) -> Availability:
        """Whether the kernel is there."""
        return _gone(self.name, self.line) if self.line.closed else Availability()

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """What the function says."""
        line = self.line
        try:
            async with aclosing(line.call(self.name, turn)) as items:
                async for item in items:
                    yield item
        except KernelGone:
            raise AssistantError("function_gone", _gone(self.name, line).reason) from None


def _gone(name: str, line: KernelLine) -> Availability:
    reason = (
        f"The kernel of {line.notebook} that answered as '{name}' is gone."
        " Run the cell that defines it again."
        if line.notebook
        else f"The program that answered as '{name}' is gone. Start it again."
    )
    return Availability("unreachable", reason)


class Functions:
    """All functions that kernels offer to this server's chats."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[str, FunctionAssistant] = {}

    async def offer(self, line: KernelLine, offer: Offer) -> None:
        """Take what a kernel offers now, and tell it what cannot be taken."""
        line.notebook = offer.notebook
        refused = dict[str, str]()
        for function in offer.functions:
            if (why := await self._refusal(line, function)) is not None:
                refused[function.name] = why
            else:
                self._take(line, function)
        line.outgoing.put_nowait(Told(id=offer.id, refused=refused))

    def tidy(self) -> None:
        """Forget the names that are gone for the longest time."""
        gone = [name for name, known in self._known.items() if known.line.closed]
        for name in gone[: max(0, len(gone) - MAX_GONE)]:
            del self._known[name]
            self._registry.withdraw(name)

    async def _refusal(self, line: KernelLine, function: Function) -> str | None:
        known = self._known.get(function.name)
        if known is None:
            if await self._registry.knows(function.name):
                return (
                    f"This server has an assistant {function.name!r} already."
                    " Give yours another name."
                )
        elif known.line is not line and known.defined > function.defined:
            return None if known.line.closed else _taken(function.name, known.line)
        return None

    def _take(self, line: KernelLine, function: Function) -> None:
        known = self._known.pop(function.name, None)
        if known is None:
            known = FunctionAssistant(line, function)
            self._registry.add(known)
        elif known.line is not line and not known.line.closed:
            message = _taken(function.name, line)
            known.line.outgoing.put_nowait(Taken(name=function.name, message=message))
        known.define(line, function)
        self._known[function.name] = known


def _taken(name: str, line: KernelLine) -> str:
    who = f"the kernel of {line.notebook}" if line.notebook else "another program"
    return f"'{name}' was defined again since, in {who}, which answers as it from now on."


def sent(turn: Turn) -> SentTurn:
    """The turn as a kernel is sent it: the newest messages that fit into `MAX_HISTORY`."""
    history = _newest(turn.history)
    return SentTurn(
        session=turn.session,
        history=history,
        prompt=turn.prompt,
        reply=turn.reply,
        settings=turn.settings,
        folder=str(turn.folder),
        omitted=turn.omitted + len(turn.history) - len(history),
    )


def _newest(history: tuple[Message, ...]) -> list[Message]:
    size, kept = 0, list[Message]()
    for message in reversed(history):
        size += len(msgspec.json.encode(message))
        if size > MAX_HISTORY:
            break
        kept.insert(0, message)
    return kept
