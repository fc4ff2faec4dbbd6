"""What an agent says in one prompt, in order, to its end; and the parts that it becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Any, NamedTuple

from acp.schema import (
    AgentMessageChunk,
    AgentPlanUpdate,
    AgentThoughtChunk,
    ToolCallProgress,
    ToolCallStart,
    UsageUpdate,
)

from ...parts import ApprovalOption, PlanEntry, PlanPart, ReasoningPart, ToolPart
from ..base import Decision, Item
from ..toolbox import Toolbox
from .calls import Calls
from .content import said, text_of
from .echoes import Echoes, allowing
from .link import Question
from .offer import Call
from .tools import Tools
from .usage import Ledger


class Decided(NamedTuple):
    """The user's answer to the question about a call; None where there was none."""

    call: str
    question: Question
    option: ApprovalOption | None


class End(NamedTuple):
    """The end of a prompt: the agent's answer to it, or why there is none."""

    answer: dict[str, Any]
    error: BaseException | None = None


Event = object
"""An update of the protocol's, a Question, a Decided, a Call, a part of ours, or an End."""


class Stream:
    """The events of one prompt of the agent's `session`; `prompt` is the request itself."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.prompt: asyncio.Task[dict[str, Any]] | None = None
        self.questions: list[Question] = []
        self.calls: list[Call] = []
        self._events: asyncio.Queue[Event] = asyncio.Queue()

    def put(self, event: Event) -> None:
        """Add what has happened."""
        if isinstance(event, Question):
            self.questions.append(event)
        if isinstance(event, Call):
            self.calls.append(event)
        self._events.put_nowait(event)

    async def next(self) -> Event:
        """The next event, waited for."""
        return await self._events.get()


class Answer:
    """Turns the events of a prompt into the parts of a message.

    `toolbox` has the chat's tools, `decision` waits for the user, as a turn's does. `end`
    is there when all is said.
    """

    def __init__(
        self, stream: Stream, toolbox: Toolbox, decision: Decision, ledger: Ledger
    ) -> None:
        self.end: End | None = None
        self._stream = stream
        self._decision = decision
        self._ledger = ledger
        self._tools = Tools()
        self._calls = Calls(toolbox, stream.put)
        self._echoes = Echoes(toolbox.tools)
        self._asking: set[asyncio.Task[None]] = set()
        self._message: str | None = None
        self._texted = False

    async def items(self) -> AsyncGenerator[Item, None]:
        """What is said, until the prompt ends."""
        try:
            while self.end is None:
                event = await self._stream.next()
                for item in self._items(event):
                    self._texted = isinstance(item, str)
                    yield item
                if isinstance(event, Question) and event.open:
                    self._wait_for(event)
                if isinstance(event, Call):
                    self._calls.run(event)
            for part in (*self._tools.close(self._ended_well()), *self._calls.open()):
                yield part
        finally:
            self._calls.close()
            for task in self._asking:
                task.cancel()

    def _ended_well(self) -> bool:
        return self.end is not None and self.end.answer.get("stopReason") == "end_turn"

    def _items(self, event: Event) -> Iterator[Item]:
        match event:
            case AgentMessageChunk():
                self._ledger.request(event.field_meta)
                yield from self._said(event)
            case AgentThoughtChunk():
                yield ReasoningPart(text=text_of(event.content))
            case AgentPlanUpdate():
                yield _plan(event)
            case ToolCallStart() | ToolCallProgress():
                if not self._echoes.hides(event):
                    yield from self._tools.update(event)
            case UsageUpdate():
                self._ledger.spent(event)
            case Question():
                yield from self._asked(event)
            case Call():
                self._echoes.called(event.name)
                yield self._calls.begin(event)
            case ToolPart():
                yield self._calls.went(event)
            case Decided():
                yield from self._decided(event)
            case End():
                self.end = event

    def _said(self, chunk: AgentMessageChunk) -> Iterator[Item]:
        """Text; one message after another is a paragraph of its own."""
        item = said(chunk.content)
        if item and self._texted and chunk.message_id != self._message:
            yield "\n\n"
        if item:
            self._message = chunk.message_id
            yield item

    def _asked(self, question: Question) -> Iterator[Item]:
        """A request for permission; for a tool of ours, we ask when it is called."""
        request = question.request
        option = allowing(request.options)
        if option is not None and self._echoes.hides(request.tool_call):
            question.answer(option)
        else:
            yield self._tools.ask(request.tool_call, request.options)

    def _wait_for(self, question: Question) -> None:
        """Wait for the user beside the stream: the agent may say more meanwhile."""
        call = self._tools.part_of(question.request.tool_call)
        task = asyncio.create_task(self._decide(call, question))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _decide(self, call: str, question: Question) -> None:
        self._stream.put(Decided(call, question, await self._decision(call)))

    def _decided(self, decided: Decided) -> Iterator[Item]:
        option = decided.option
        allowed = option is not None and option.kind.startswith("allow")
        yield from self._tools.decided(decided.call, allowed)
        decided.question.answer(option.id if option else None)


def _plan(update: AgentPlanUpdate) -> PlanPart:
    entries = [
        PlanEntry(content=entry.content, status=entry.status, priority=entry.priority)
        for entry in update.entries
    ]
    return PlanPart(entries=entries)
