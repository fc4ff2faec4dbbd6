"""A typed Python function with a docstring, as a tool that a model may call.

The function's parameters are the tool's, described by `Annotated[..., Meta(description=...)]`;
its docstring is what the model reads. What a model sends is checked against the types.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, get_type_hints

import msgspec

from ..assistants.base import Tool, ToolError
from ..errors import ChatcoreError
from ..parts import TextOutput, ToolKind, ToolOutput

Result = str | list[ToolOutput]
ToolFunction = Callable[..., Awaitable[Result]]


def tool_of(
    function: ToolFunction,
    *,
    kind: ToolKind,
    title: str,
    asks: bool = False,
    preview: ToolFunction | None = None,
) -> Tool:
    """The tool of this function's name; `title` is what people read.

    `preview` takes the same arguments, and gives what a call would do. What they raise of ours
    (and a ToolError) is told to the model, which may try otherwise.
    """
    struct = _arguments_of(function)

    def check(arguments: dict[str, Any]) -> None:
        _read(arguments, struct)

    return Tool(
        name=function.__name__,
        description=inspect.getdoc(function) or "",
        parameters=_schema(struct),
        run=_with_checks(function, struct),
        kind=kind,
        title=title,
        asks=asks,
        preview=_with_checks(preview, struct) if preview else None,
        check=check,
    )


def _read(arguments: dict[str, Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The arguments by name, as the function's types have them."""
    try:
        return msgspec.structs.asdict(msgspec.convert(arguments, struct))
    except msgspec.ValidationError as error:
        raise ToolError(f"The arguments cannot be used: {error}.") from None


def _with_checks(
    function: ToolFunction, struct: type[msgspec.Struct]
) -> Callable[[dict[str, Any]], Awaitable[list[ToolOutput]]]:
    async def run(arguments: dict[str, Any]) -> list[ToolOutput]:
        given = _read(arguments, struct)
        try:
            result = await function(**given)
        except ChatcoreError as error:
            raise ToolError(error.message) from error
        return [TextOutput(text=result)] if isinstance(result, str) else result

    return run


def _arguments_of(function: ToolFunction) -> type[msgspec.Struct]:
    hints = get_type_hints(function, include_extras=True)
    fields: list[Any] = []
    for name, parameter in inspect.signature(function).parameters.items():
        default = () if parameter.default is inspect.Parameter.empty else (parameter.default,)
        fields.append((name, hints[name], *default))
    return msgspec.defstruct(
        f"{function.__name__}_arguments", fields, kw_only=True, forbid_unknown_fields=True
    )


def _schema(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of an object, without references: some models know none."""
    whole = msgspec.json.schema(struct)
    schema: dict[str, Any] = whole["$defs"][struct.__name__]
    return {name: value for name, value in schema.items() if name != "title"}
