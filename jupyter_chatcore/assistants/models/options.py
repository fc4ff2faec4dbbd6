"""What a chat may choose for a turn, and what the server's owner has set.

The settings of a chat are shared by all assistants that may answer in it: a key that is
not one of `Options` belongs to somebody else and is ignored. A key that is ours must have
the right type, and one of None is as good as absent.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from ..base import AssistantError
from ..settings import ModelSettings

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a turn that a model takes.

    `reasoning` is how hard it should think, `system` replaces the instructions, `window`
    is the number of tokens that question, history and answer are fitted to.
    """

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=300)] | None = None
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, msgspec.Meta(ge=1)] | None = None
    reasoning: Effort | None = None
    system: str | None = None
    window: Annotated[int, msgspec.Meta(ge=256)] | None = None

    def parameters(self, settings: ModelSettings) -> dict[str, Any]:
        """What the request asks for beside the messages; the chat goes before the server."""
        chosen = {
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "reasoning": self.reasoning,
        }
        return {**settings.parameters, **{k: v for k, v in chosen.items() if v is not None}}


def options_of(settings: dict[str, Any]) -> Options:
    """The settings of a turn that are ours.

    Raises:
        AssistantError: `bad_settings`; the text names every one that cannot be used.
    """
    ours = {name: settings[name] for name in Options.__struct_fields__ if name in settings}
    bad = [why for name, value in ours.items() if (why := _refused(name, value))]
    if bad:
        raise AssistantError(
            "bad_settings", f"This chat's settings cannot be used: {'; '.join(bad)}. Change them."
        )
    return msgspec.convert(ours, Options)


def _refused(name: str, value: Any) -> str | None:
    try:
        msgspec.convert({name: value}, Options)
    except msgspec.ValidationError as error:
        return f"`{name}`: {str(error).partition(' - at')[0]}"
    return None
