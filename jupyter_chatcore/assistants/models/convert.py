"""What is sent, as the model library wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from pydantic_ai.messages import (
    BinaryContent,
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponsePart,
    SystemPromptPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    UserContent,
    UserPromptPart,
)
from pydantic_ai.settings import ModelSettings as Request
from pydantic_ai.tools import ToolDefinition

from ..base import AssistantError, Tool
from ..settings import ModelSettings
from ..telling import Image, Text
from .said import Call, Piece, Said, Thought

_KNOWN = (
    "max_tokens",
    "temperature",
    "top_p",
    "top_k",
    "seed",
    "presence_penalty",
    "frequency_penalty",
)
_NO_EXTRA = "google"
"""The kind whose library passes on nothing that it does not know."""


def messages(said: Sequence[Said], provider: str) -> list[ModelMessage]:
    """The branch, oldest first."""
    return [message for one in said for message in _messages(one, provider)]


def definition(tool: Tool) -> ToolDefinition:
    """A tool, as a model is offered it."""
    return ToolDefinition(
        name=tool.name,
        description=tool.description,
        parameters_json_schema=tool.parameters,
        strict=False,
    )


def request(parameters: dict[str, Any], settings: ModelSettings) -> Request:
    """What is asked for beside the messages; what the library does not know goes as it is.

    Raises:
        AssistantError: `bad_settings`, where it cannot be passed on.
    """
    rest = dict(parameters)
    asked: dict[str, Any] = {name: rest.pop(name) for name in _KNOWN if name in rest}
    if (effort := rest.pop("reasoning", None)) is not None:
        asked.update(_effort(effort, settings))
    if settings.kind == "openai" and "top_k" in asked:
        rest["top_k"] = asked.pop("top_k")
    if rest and settings.kind == _NO_EXTRA:
        raise AssistantError(
            "bad_settings",
            f"Google takes no {', '.join(sorted(rest))}: remove it from `parameters`.",
        )
    if rest:
        asked["extra_body"] = rest
    return cast(Request, asked)


def _effort(effort: Any, settings: ModelSettings) -> dict[str, Any]:
    if settings.kind == "openai":
        return {"openai_reasoning_effort": effort}
    return {"thinking": False if effort == "none" else effort}


def _messages(said: Said, provider: str) -> Iterator[ModelMessage]:
    if said.role == "assistant":
        yield from _answer(said.pieces, provider)
    elif said.role == "system":
        words = "\n\n".join(piece.text for piece in said.pieces if isinstance(piece, Text))
        yield ModelRequest(parts=[SystemPromptPart(words)])
    else:
        yield ModelRequest(parts=[UserPromptPart(_content(said.pieces))])


def _content(pieces: Sequence[Piece]) -> str | list[UserContent]:
    if all(isinstance(piece, Text) for piece in pieces):
        return "\n\n".join(piece.text for piece in pieces if isinstance(piece, Text))
    return [
        BinaryContent(data=piece.data, media_type=piece.mime)
        if isinstance(piece, Image)
        else piece.text
        for piece in pieces
        if isinstance(piece, Text | Image)
    ]


def _answer(pieces: Sequence[Piece], provider: str) -> Iterator[ModelMessage]:
    """Calls that follow each other are one step; their results come before what follows."""
    parts: list[ModelResponsePart] = []
    results: list[ToolReturnPart] = []
    for piece in pieces:
        if results and not isinstance(piece, Call):
            yield ModelResponse(parts=parts, provider_name=provider)
            yield ModelRequest(parts=results)
            parts, results = [], []
        match piece:
            case Text():
                parts.append(TextPart(piece.text))
            case Thought():
                parts.append(
                    ThinkingPart(piece.text, signature=piece.signature, provider_name=provider)
                )
            case Call():
                parts.append(_call(piece, provider))
                results.append(result(piece))
    if parts:
        yield ModelResponse(parts=parts, provider_name=provider)
    if results:
        yield ModelRequest(parts=results)


def _call(call: Call, provider: str) -> ToolCallPart:
    return ToolCallPart(
        call.name,
        call.arguments,
        tool_call_id=call.id,
        provider_name=provider if call.details else None,
        provider_details=call.details,
    )


def result(call: Call) -> ToolReturnPart:
    """What a call gave, as its model is told."""
    return ToolReturnPart(
        call.name,
        call.result,
        tool_call_id=call.id,
        outcome="failed" if call.failed else "success",
    )
