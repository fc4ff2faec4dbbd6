"""What may be chosen of an agent's session: its mode, its model, and what else it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from acp.schema import (
    ConfigOptionUpdate,
    CurrentModeUpdate,
    NewSessionResponse,
    SessionConfigOptionSelect,
    SessionConfigSelectGroup,
    SessionConfigSelectOption,
)
from pydantic import ValidationError

from ...api import Choice
from ..base import AssistantError
from .words import shortened

_ASKING = ("default", "ask", "approve", "read-only")
"""Modes that ask before they edit, run or fetch: of Claude Code, Gemini and Qwen; others; Codex."""
_MODE, _MODEL = "mode", "model"
_NAMED = 30
"""How many values an error names."""


@dataclass(frozen=True)
class Option:
    """One thing to choose: titles by value, the value now, and how another one is set.

    `method` is the request that sets it, `key` the name of the value in it, `extra`
    what else it says.
    """

    name: str
    title: str
    values: Mapping[str, str]
    value: str
    method: str
    key: str
    extra: Mapping[str, str]


Options = dict[str, Option]


def read(answer: Mapping[str, Any]) -> Options:
    """The options in the answer to `session/new`, `session/load` or `set_config_option`."""
    try:
        parsed = NewSessionResponse.model_validate({"sessionId": "", **answer})
    except ValidationError:
        return {}
    older = {option.name: option for option in (_modes(parsed), _models(answer)) if option}
    return older | _configured(parsed.config_options or ())


def updated(options: Options, update: ConfigOptionUpdate | CurrentModeUpdate) -> Options:
    """The options after the agent has told of a change."""
    if isinstance(update, ConfigOptionUpdate):
        return options | _configured(update.config_options)
    if _MODE not in options:
        return options
    return options | {_MODE: replace(options[_MODE], value=update.current_mode_id)}


def choices(options: Options) -> tuple[Choice, ...]:
    """The options as users see them."""
    return tuple(
        Choice(name=each.name, title=each.title, values=list(each.values), value=preset(each))
        for each in options.values()
    )


def preset(option: Option) -> str:
    """The value where nothing is chosen: of the modes, one that asks."""
    asking = (value for value in _ASKING if option.name == _MODE and value in option.values)
    return next(asking, option.value)


def chosen(option: Option, settings: Mapping[str, Any], usual: str) -> str:
    """The value that `settings` ask for, `usual` where they do not.

    Raises:
        AssistantError: there is no such value; the text names what there is.
    """
    wanted = settings.get(option.name)
    if wanted is None or wanted == "":
        return usual
    titles = {title: value for value, title in option.values.items()}
    if isinstance(wanted, str) and (wanted in option.values or wanted in titles):
        return wanted if wanted in option.values else titles[wanted]
    known = ", ".join(list(option.values)[:_NAMED])
    more = ", …" if len(option.values) > _NAMED else ""
    raise AssistantError(
        "bad_settings",
        f"There is no {option.name} {shortened(repr(wanted), 80)}; choose one of: {known}{more}.",
    )


def _configured(
    found: Iterable[SessionConfigOptionSelect | object],
) -> Options:
    read = (_select(each) for each in found if isinstance(each, SessionConfigOptionSelect))
    return {option.name: option for option in read}


def _select(option: SessionConfigOptionSelect) -> Option:
    name = option.category if option.category in (_MODE, _MODEL) else option.id
    return Option(
        name=str(name),
        title=option.name,
        values={each.value: each.name for each in _flat(option.options)},
        value=option.current_value,
        method="session/set_config_option",
        key="value",
        extra={"configId": option.id},
    )


def _flat(
    found: Iterable[SessionConfigSelectOption | SessionConfigSelectGroup],
) -> Iterable[SessionConfigSelectOption]:
    for each in found:
        if isinstance(each, SessionConfigSelectGroup):
            yield from each.options
        else:
            yield each


def _modes(answer: NewSessionResponse) -> Option | None:
    if answer.modes is None:
        return None
    values = {mode.id: mode.name for mode in answer.modes.available_modes}
    now = answer.modes.current_mode_id
    return Option(_MODE, "Mode", values, now, "session/set_mode", "modeId", {})


def _models(answer: Mapping[str, Any]) -> Option | None:
    """The models of agents that stand on an older draft of the protocol."""
    match answer.get("models"):
        case {"currentModelId": str(now), "availableModels": list(found)}:
            values = {each["modelId"]: str(each.get("name", "")) for each in found if _named(each)}
            return Option(_MODEL, "Model", values, now, "session/set_model", "modelId", {})
    return None


def _named(model: object) -> bool:
    return isinstance(model, dict) and isinstance(model.get("modelId"), str)
