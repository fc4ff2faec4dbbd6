"""A turn with a model: ask, run the tools that it calls, ask again, until it has answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing

from msgspec.structs import replace

from ...parts import NoticePart, Part, ToolPart
from ...protocol import Message
from ..base import Item, Turn
from ..threads import in_thread
from ..toolbox import Toolbox
from .composer import Composer
from .connection import Connection
from .faults import Fault, Faults
from .history import kept_signatures
from .setup import Setup
from .stream import Answer, Failed
from .thoughts import signatures
from .usage import Meter

_OPEN = ("pending", "awaiting")
ROUNDS = 25
"""How many times the model is asked in one turn, tools in between."""


class Conversation:
    """The answer to `turn`, asked for through `connection`; `begun` is what it goes on from."""

    def __init__(
        self, setup: Setup, turn: Turn, connection: Connection, begun: Message | None = None
    ) -> None:
        provider, calls = connection.model.system, _tool_calls(begun) if begun else []
        self._setup = setup
        self._connection = connection
        self._begun = begun
        self._faults = Faults(setup.name, setup.settings, setup.model)
        self._toolbox = Toolbox(turn.tools, turn.decision, [part.call for part in calls])
        self._composer = Composer(setup, turn, provider)
        self._meter = Meter(connection.url)
        self._signatures = kept_signatures(begun, provider, setup.model) if begun else []

    async def items(self) -> AsyncGenerator[Item, None]:
        """All of it, round by round."""
        await self._composer.attach()
        if self._begun is not None:
            async with aclosing(self._left(self._begun)) as parts:
                async for part in parts:
                    yield part
        for _ in range(ROUNDS):
            answer = self._answer()
            async with aclosing(self._asked(answer)) as items:
                async for item in items:
                    yield item
            for item in self._ended(answer):
                yield item
            if not answer.calls:
                return
            async with aclosing(self._called(answer)) as parts:
                async for part in parts:
                    yield part
        yield NoticePart(
            name="rounds",
            text=f"Stopped after {ROUNDS} rounds of tool calls. Ask the model to go on.",
            level="warning",
        )

    async def _left(self, answer: Message) -> AsyncGenerator[ToolPart, None]:
        """The calls that an answer had left open, to their ends; then it is what was said."""
        ended: dict[str, Part] = {}
        for part in _tool_calls(answer):
            if part.status in _OPEN:
                async with aclosing(self._toolbox.run(part)) as parts:
                    async for last in parts:
                        yield last
                        ended[part.call] = last
        now = [
            ended.get(part.call, part) if isinstance(part, ToolPart) else part
            for part in answer.parts
        ]
        self._composer.go_on(replace(answer, parts=now))

    def _answer(self) -> Answer:
        return Answer(self._connection, self._faults, self._toolbox)

    async def _asked(self, answer: Answer) -> AsyncGenerator[Item, None]:
        """A round, asked again as long as the server is busy and nothing has come."""
        tried = 1
        while True:
            try:
                async with aclosing(self._told(answer)) as items:
                    async for item in items:
                        yield item
            except Failed as failed:
                fault = failed.fault
            else:
                return
            yield self._sent()
            if self._goes_without_tools(fault, answer):
                yield _NO_TOOLS
                continue
            seconds = self._setup.retry.wait(tried, fault.after)
            if answer.began or fault.busy is None or seconds is None:
                raise fault.error
            yield self._setup.retry.waiting(fault.busy, seconds, tried)
            await asyncio.sleep(seconds)
            yield self._setup.retry.waited(fault.busy, tried)
            tried += 1

    async def _told(self, answer: Answer) -> AsyncGenerator[Item, None]:
        """One request: what it left out, what it was, and what came of it."""
        # a long branch takes a while to read, and others are served meanwhile
        ask = await in_thread(self._composer.compose, "models-compose")
        if (notice := self._composer.notice()) is not None:
            yield notice
        async with aclosing(answer.items(ask)) as items:
            first = True
            async for item in items:
                if first:
                    yield self._sent()
                    first = False
                yield item

    def _goes_without_tools(self, fault: Fault, answer: Answer) -> bool:
        if not (fault.no_tools and self._composer.tools) or answer.began:
            return False
        self._composer.tools = False
        return True

    def _ended(self, answer: Answer) -> Iterator[Item]:
        """What is told of a round once it is over, and whether it is a whole answer."""
        assert answer.response is not None
        self._meter.add(answer.response)
        self._signatures += signatures(answer.response.parts)
        yield self._sent()
        yield self._meter.usage()
        if (notice := answer.ended()) is not None:
            yield NoticePart(name="end", text=notice, level="warning")

    async def _called(self, answer: Answer) -> AsyncGenerator[ToolPart, None]:
        assert answer.response is not None
        ended: list[tuple[ToolPart, str]] = []
        for part, call in answer.calls:
            last = part
            async with aclosing(self._toolbox.run(part)) as parts:
                async for last in parts:
                    yield last
            ended.append((last, call.tool_call_id))
        self._composer.add(answer.response, ended)

    def _sent(self) -> Item:
        return self._composer.sent(self._connection.tap.digest, self._signatures)


def _tool_calls(message: Message) -> list[ToolPart]:
    return [part for part in message.parts if isinstance(part, ToolPart)]


_NO_TOOLS = NoticePart(name="tools", text="This model takes no tools, so it answers without them.")
