"""The HTTP API as OpenAPI 3.1, from the same table that serves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Annotated, Any

import msgspec

from . import __version__
from .api import ErrorBody
from .filetypes import DIGEST
from .handlers.query import Query
from .handlers.route import MAX_SEQ, Operation, Raw, Route
from .protocol import Event, Message, SessionId

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_ALWAYS = (400, 403, 500, 503, 507)
_PATH = {
    "session": ("A chat's id", SessionId),
    "mid": ("A message's id", int),
    "part": ("A part's index in its message", int),
    "digest": ("The SHA-256 of a file", Annotated[str, msgspec.Meta(pattern=f"^{DIGEST}$")]),
    "name": ("What it is saved as", str),
    "kernel": ("A kernel's id, as Jupyter's `api/sessions` tells it", str),
}
_STREAM = (
    "Server-sent events, each with an `id` to resume from (`Last-Event-ID`): `message` (data:"
    " an Event), and at the end of a reply `done` (data: the final Message) or `error` (data:"
    " an ErrorBody). Comments are signs of life."
)


def describe(routes: Iterable[Route], base_url: str) -> Json:
    """The description of these routes, served below `base_url`."""
    routes = list(routes)
    types = list(dict.fromkeys(_types(routes)))
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    named = dict(zip(types, schemas, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {"title": "jupyter_chatcore", "version": __version__, "summary": _SUMMARY},
        "servers": [{"url": base_url}],
        "security": [{"token": []}, {"cookie": []}],
        "paths": {f"/{route.path}": _path(route, named) for route in routes},
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


_SUMMARY = "Chats with assistants: take a page, then watch from its cursor"
_SECURITY = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`token <the Jupyter server's token>`",
    },
    "cookie": {
        "type": "apiKey",
        "in": "header",
        "name": "Cookie",
        "description": "The login of a browser; what writes also needs the value of the `_xsrf`"
        " cookie in the header `X-XSRFToken`",
    },
}


def _types(routes: Iterable[Route]) -> Iterator[Any]:
    yield from (ErrorBody, Event, Message)
    for route in routes:
        for operation in route.operations.values():
            kinds = (*operation.answers.values(), operation.body)
            yield from (kind for kind in kinds if kind is not None and not isinstance(kind, Raw))


def _path(route: Route, named: dict[Any, Json]) -> Json:
    operations: Json = {
        method.lower(): _operation(route, method, operation, named)
        for method, operation in route.operations.items()
    }
    if route.parameters:
        operations["parameters"] = [_path_parameter(name) for name in route.parameters]
    return operations


def _operation(route: Route, method: str, operation: Operation, named: dict[Any, Json]) -> Json:
    described: Json = {
        "operationId": f"{method.lower()}_{route.path}".translate(_TO_NAME),
        "summary": operation.summary,
        "parameters": list(_query_parameters(operation.query)),
        "responses": dict(_responses(operation, named)),
    }
    if operation.streams:
        described["parameters"].append(_LAST_EVENT_ID)
    if operation.body is not None:
        described["requestBody"] = {"content": _content(operation.body, named)}
    return described


_TO_NAME = str.maketrans("/.", "__", "{}")
_LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "Go on after this event",
    "schema": {"type": "integer", "minimum": 0, "maximum": MAX_SEQ},
}


def _responses(operation: Operation, named: dict[Any, Json]) -> Iterator[tuple[str, Json]]:
    if operation.streams:
        stream = {"text/event-stream": {"schema": {"type": "string"}}}
        yield "200", {"description": _STREAM, "content": stream}
    for status, kind in operation.answers.items():
        answer: Json = {"description": HTTPStatus(status).phrase}
        if kind is not None:
            answer["content"] = _content(kind, named)
        yield str(status), answer
    for status in (*_ALWAYS, *operation.errors):
        error = {"description": HTTPStatus(status).phrase, "content": _content(ErrorBody, named)}
        yield str(status), error


def _content(kind: Any, named: dict[Any, Json]) -> Json:
    if isinstance(kind, Raw):
        return {mime: {} for mime in kind.types}
    return {"application/json": {"schema": named[kind]}}


def _path_parameter(name: str) -> Json:
    description, kind = _PATH[name]
    schema = msgspec.json.schema(kind)
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def _query_parameters(query: type[Query]) -> Iterator[Json]:
    schema = msgspec.json.schema(query)["$defs"][query.__name__]
    for name, described in schema["properties"].items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema["required"],
            "schema": described,
        }
