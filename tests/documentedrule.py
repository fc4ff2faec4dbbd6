"""What a model is sent, written down a second time from docs/models.md alone.

It reads messages as they are stored, as JSON, and imports nothing of what it checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from documentedfit import Call, Picture, Piece, Said, Words, fitted, shorter, tokens
from documentedparts import Json, compact, result_of, said_by


@dataclass(frozen=True)
class Told:
    """What is beside the messages: the model, the instructions, the tools, the window.

    `tools` are their names, descriptions and parameters, `files` the bytes of files by
    their addresses.
    """

    model: str
    instructions: str
    window: int
    tools: Sequence[tuple[str, str, Json]] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """What the model said in a step of an answer that goes on: its texts and its calls."""

    texts: Sequence[str]
    calls: Sequence[Json]
    reasoning: str = ""


@dataclass(frozen=True)
class Request:
    """What is sent, how many messages of the branch it has, and what became of them."""

    body: Json
    messages: int
    omitted: int
    shortened: list[int]
    reduced: list[int]


def request(told: Told, branch: Sequence[Json], *rounds: Round) -> Request:
    """The request for an answer to the last message of the branch, after these rounds of it."""
    said = [said_by(message, told.files) for message in branch if message["status"] != "deleted"]
    *history, prompt = [one for one in said if one.pieces]
    room = _room(told)
    steps = list[Json]()
    for each in rounds:
        asked = fitted(history, prompt, room)[0][-1]
        size = sum(tokens(text) for text in (_joined_texts(each), _joined_arguments(each)))
        share = max((room - asked.size - size) // (2 * len(each.calls)), 200)
        results = [shorter(result_of(call), share) for call in each.calls]
        steps += _step(each, results, thinks=any(one.reasoning for one in rounds))
        room -= size + sum(map(tokens, results))
    kept, omitted, shortened = fitted(history, prompt, room)
    messages = [*_instructions(told), *(m for one in kept for m in _messages(one)), *steps]
    reduced = [one.id for one in kept if any(_is_reduced(piece) for piece in one.pieces)]
    return Request(_body(told, messages), len(kept), omitted, shortened, reduced)


def _is_reduced(piece: Piece) -> bool:
    return isinstance(piece, Picture) and piece.reduced


def encoded(body: Json, like: Json) -> bytes:
    """The bytes of a request, whose fields are in the order in which `like` has them."""
    return compact(_ordered(body, like)).encode()


def _ordered(value: Any, like: Any) -> Any:
    if isinstance(value, dict) and isinstance(like, dict):
        names = [*(name for name in like if name in value), *(n for n in value if n not in like)]
        return {name: _ordered(value[name], like.get(name)) for name in names}
    if isinstance(value, list) and isinstance(like, list):
        longer = [*like, *[None] * len(value)]
        return [_ordered(item, other) for item, other in zip(value, longer, strict=False)]
    return value


def _room(told: Told) -> int:
    wanted = told.parameters.get("max_tokens", min(told.window // 4, 16384))
    tools = tokens(compact([list(tool) for tool in told.tools])) if told.tools else 0
    free = told.window - min(wanted, told.window // 2)
    return int(free - tokens(told.instructions) - tools)


def _body(told: Told, messages: list[Json]) -> Json:
    names = {"reasoning": "reasoning_effort"}
    offered = [
        {"type": "function", "function": {"name": n, "description": d, "parameters": p}}
        for n, d, p in told.tools
    ]
    return {
        "model": told.model,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
        **{names.get(name, name): value for name, value in told.parameters.items()},
        **({"tools": offered, "tool_choice": "auto"} if offered else {}),
    }


def _instructions(told: Told) -> list[Json]:
    return [{"role": "system", "content": told.instructions}] if told.instructions else []


def _messages(said: Said) -> Iterator[Json]:
    if said.role != "assistant":
        yield {"role": said.role, "content": _content(said.pieces)}
        return
    texts, calls = list[str](), list[Call]()
    for piece in said.pieces:
        if calls and not isinstance(piece, Call):
            yield from _answer(texts, calls)
            texts, calls = [], []
        if isinstance(piece, Call):
            calls.append(piece)
        elif isinstance(piece, Words):
            texts.append(_broken(piece.text))
    yield from _answer(texts, calls)


def _content(pieces: Sequence[Piece]) -> Any:
    if all(isinstance(piece, Words) for piece in pieces):
        return _broken("\n\n".join(piece.text for piece in pieces if isinstance(piece, Words)))
    return [
        {"type": "text", "text": _broken(piece.text)}
        if isinstance(piece, Words)
        else {"type": "image_url", "image_url": {"url": piece.url}}
        for piece in pieces
        if isinstance(piece, Words | Picture)
    ]


def _answer(texts: Sequence[str], calls: Sequence[Call]) -> Iterator[Json]:
    if not texts and not calls:
        return
    made = [_call(call.id, call.name, call.arguments) for call in calls]
    content = "\n\n".join(texts) if texts else None
    yield {"role": "assistant", "content": content, **({"tool_calls": made} if made else {})}
    for call in calls:
        yield _returned(call.id, call.result, failed=call.failed)


def _call(identity: str, name: str, arguments: str) -> Json:
    function = {"name": name, "arguments": _broken(compact(json.loads(arguments or "{}")))}
    return {"id": identity, "type": "function", "function": function}


def _returned(identity: str, result: str, *, failed: bool) -> Json:
    text = compact({"error": _broken(result)}) if failed else _broken(result)
    return {"role": "tool", "tool_call_id": identity, "content": text}


def _broken(text: str) -> str:
    return re.sub(r"<(?=\|\w+\|>)", "<\u200d", text)


def _joined_texts(each: Round) -> str:
    return each.reasoning + "".join(each.texts)


def _joined_arguments(each: Round) -> str:
    return "".join(call.get("input", "") for call in each.calls)


def _step(each: Round, results: Sequence[str], *, thinks: bool) -> Iterator[Json]:
    said: Json = {"role": "assistant", "content": "\n\n".join(each.texts) or None}
    if thinks:
        said["reasoning_content"] = each.reasoning
    made = [_call(call["call"], call["name"], call.get("input", "")) for call in each.calls]
    yield said | {"tool_calls": made}
    for call, result in zip(each.calls, results, strict=True):
        yield _returned(call["call"], result, failed=call["status"] != "done")
