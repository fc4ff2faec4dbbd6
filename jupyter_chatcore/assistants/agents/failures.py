"""What goes wrong with an agent, in words that say what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from acp import RequestError

from ..base import AssistantError
from ..secrets import without, without_secrets

_AUTH_REQUIRED = -32000

STOPPED = {
    "max_tokens": "reached the longest answer that its model gives. Ask it to go on.",
    "max_turn_requests": "made as many steps as it makes for one question. Ask it to go on.",
    "refusal": "refused to go on. Ask in other words, or edit the question.",
    "cancelled": "was interrupted, though nobody asked for it here. Ask again.",
}
"""What became of a prompt that did not end as it should, by its stop reason."""


@dataclass(frozen=True)
class Scene:
    """Where something went wrong: the agent's name for people, and what it left.

    `status` is its exit status, `said` the end of its standard error or a line of its
    that is no message. `logins` are its ways to log in. `secrets` are to be hidden.
    """

    title: str
    command: str
    status: int | None = None
    said: str = ""
    logins: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)


def explain(error: BaseException, scene: Scene, doing: str) -> AssistantError:
    """The failure that the user reads, where `doing` says what was tried."""
    match error:
        case AssistantError():
            return error
        case RequestError(code=code) if code == _AUTH_REQUIRED:
            return _not_logged_in(scene)
        case RequestError():
            return AssistantError(
                "agent_failed",
                f"{scene.title} could not {doing}: {_shown(_details(error), scene)}."
                " Ask again; if that does not help, look at its own settings.",
            )
        case TimeoutError():
            return AssistantError(
                "agent_silent",
                f"{scene.title} did not answer in time when it was to {doing}.{_said(scene)}"
                f" Try `{scene.command}` in a terminal, then ask again.",
            )
    return _ended(scene, doing)


def not_started(error: OSError, scene: Scene) -> AssistantError:
    """The program cannot be run at all."""
    reason = without_secrets(error.strerror or type(error).__name__)
    return AssistantError(
        "agent_not_started",
        f"{scene.title} could not be started ({reason})."
        f" See that `{scene.command}` runs in a terminal.",
    )


def stopped(reason: str, scene: Scene) -> AssistantError:
    """The agent ended its answer before it was done."""
    what = STOPPED.get(reason, "ended its answer for a reason that is not known here. Ask again.")
    code = f"agent_{reason}" if reason in STOPPED else "agent_stopped"
    return AssistantError(code, f"{scene.title} {what}")


def _not_logged_in(scene: Scene) -> AssistantError:
    ways = "; ".join(_shown(way, scene) for way in scene.logins)
    how = f" Its ways to log in: {ways}." if ways else f" Run `{scene.command}` to do so."
    return AssistantError(
        "not_logged_in", f"{scene.title} wants you to log in, in a terminal.{how} Then ask again."
    )


def _ended(scene: Scene, doing: str) -> AssistantError:
    how = "" if scene.status is None else f" (status {scene.status})"
    return AssistantError(
        "agent_ended",
        f"{scene.title} ended{how} when it was to {doing}.{_said(scene)}"
        " Ask again: it is started anew.",
    )


def _said(scene: Scene) -> str:
    said = _shown(scene.said, scene)
    return f" It said: {said}" if said else ""


def _details(error: RequestError) -> str:
    """The most telling text of an error: many agents hide it in the data of an internal one."""
    data: Any = error.data
    inner = data.get("details") or data.get("message") if isinstance(data, dict) else data
    return inner if isinstance(inner, str) and inner else str(error)


def _shown(text: str, scene: Scene) -> str:
    return without_secrets(without(text, scene.secrets)).rstrip(".")
