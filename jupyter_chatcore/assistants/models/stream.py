"""One request and its answer, as it comes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from msgspec.structs import replace
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponsePart,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings as Request

from ...parts import ReasoningPart, ToolPart
from ..base import AssistantError, Item, ToolInput
from ..toolbox import Toolbox
from .connection import Connection
from .faults import Fault, Faults


class Failed(Exception):
    """The request failed; `fault` says how."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.error.code)
        self.fault = fault


@dataclass(frozen=True)
class Ask:
    """What is asked: the messages, and what the request says beside them."""

    messages: Sequence[ModelMessage]
    settings: Request
    parameters: ModelRequestParameters


class Answer:
    """An answer in the making.

    `began` says that something of it has come. Once it has ended, `calls` are the tool
    calls that it makes and `thoughts` the reasoning in it, in order.
    """

    def __init__(self, connection: Connection, faults: Faults, toolbox: Toolbox) -> None:
        self.began = False
        self.response: ModelResponse | None = None
        self.calls: list[tuple[ToolPart, ToolCallPart]] = []
        self._connection = connection
        self._faults = faults
        self._toolbox = toolbox
        self._open: dict[int, ToolPart] = {}

    async def items(self, ask: Ask) -> AsyncGenerator[Item, None]:
        """The answer's values as they come.

        Raises:
            Failed: the server refused, or its answer broke.
        """
        async with aclosing(self._events(ask)) as events:
            async for event in events:
                for item in self._items(event):
                    self.began = True
                    yield item

    def ended(self) -> str | None:
        """Check how the answer ended: a notice for the user where there is one.

        Raises:
            AssistantError: it was refused, or broke off.
        """
        assert self.response is not None
        details = self.response.provider_details or {}
        match self.response.finish_reason:
            case "content_filter":
                raise _refused(details.get("refusal"))
            case "error":
                raise AssistantError("bad_answer", "The model server broke off. Ask again.")
            case "length":
                return (
                    "The answer was cut off at its greatest length. Ask the model to go on,"
                    " or raise `max_tokens`."
                )
        # the library makes up a reason where the server gave none
        if not details.get("finish_reason"):
            raise AssistantError(
                "cut_off",
                "The answer broke off: the server ended it without saying that it is complete."
                " Ask again to get the whole answer.",
            )
        return None if self.response.parts else "The model answered nothing."

    async def _events(self, ask: Ask) -> AsyncGenerator[ModelResponseStreamEvent, None]:
        try:
            async with model_request_stream(
                self._connection.model,
                list(ask.messages),
                model_settings=ask.settings,
                model_request_parameters=ask.parameters,
            ) as stream:
                async for event in stream:
                    yield event
                self.response = stream.get()
        except Exception as error:
            raise Failed(self._faults.read(error, self.began)) from None

    def _items(self, event: ModelResponseStreamEvent) -> Iterator[Item]:
        match event:
            case PartStartEvent():
                yield from self._start(event.index, event.part, event.previous_part_kind)
            case PartDeltaEvent(delta=TextPartDelta() as more):
                yield more.content_delta
            case PartDeltaEvent(delta=ThinkingPartDelta() as more) if more.content_delta:
                yield ReasoningPart(text=more.content_delta)
            case PartDeltaEvent(delta=ToolCallPartDelta() as more):
                if isinstance(more.args_delta, str) and event.index in self._open:
                    yield ToolInput(self._open[event.index].call, more.args_delta)
            case PartEndEvent(part=ToolCallPart() as call):
                yield from self._called(event.index, call)

    def _start(self, index: int, part: ModelResponsePart, before: str | None) -> Iterator[Item]:
        match part:
            case TextPart() if part.content:
                yield part.content
            case ThinkingPart() if part.content:
                gap = "\n\n" if before == "thinking" else ""
                yield ReasoningPart(text=gap + part.content)
            case ToolCallPart():
                text = part.args if isinstance(part.args, str) else ""
                self._open[index] = self._toolbox.asked(part.tool_name, part.tool_call_id, text)
                yield self._open[index]

    def _called(self, index: int, call: ToolCallPart) -> Iterator[Item]:
        """The call as it was made in the end: names and arguments may come in pieces."""
        asked = self._open.pop(index)
        ext = {call.provider_name: call.provider_details} if call.provider_details else None
        whole = replace(
            asked,
            name=call.tool_name,
            input=call.args if isinstance(call.args, str) else call.args_as_json_str(),
            ext=_named(ext),
        )
        self.calls.append((whole, call))
        yield whole


def _named(ext: dict[str | None, dict[str, object]] | None) -> dict[str, object] | None:
    return {name: details for name, details in (ext or {}).items() if name} or None


def _refused(words: object) -> AssistantError:
    if isinstance(words, str) and words.strip():
        return AssistantError("refused", f"The model refuses to answer this. It says: {words}")
    return AssistantError(
        "content_filter",
        "The provider's filter stopped this answer. Ask in other words, or choose another model.",
    )
