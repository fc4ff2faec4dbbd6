"""What went wrong with a model, as an error that a user understands.

| code | when | what is done |
|---|---|---|
| `bad_key` | 401, 403 | |
| `unknown_model` | 404 | |
| `no_credit` | 402, an exhausted quota | |
| `rate_limited` | 429 | asked again, as `retry` says |
| `overloaded` | 500, 502, 503, 504, 529 | asked again, as `retry` says |
| `context_too_long` | the server finds the request too long | |
| `no_tools` | the model takes no tools | asked again without them |
| `no_images` | the model takes no pictures | |
| `unreachable` | no connection, or one that broke | |
| `timeout` | no sign of the server for `timeout` seconds | |
| `bad_answer` | what came is no answer | |
| `rejected` | any other refusal of the request | |
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_ai import exceptions as ai

from ..base import AssistantError
from ..secrets import without_secrets
from ..settings import ModelSettings
from .access import is_own, where_the_key_goes, without_key

_TOO_LONG = re.compile(
    r"exceed_context_size|context (size|length|window)|too many (input )?tokens|input token count"
    r"|(prompt|input|request)[\w ]* too (long|large)",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    r"(tool|function)[\w ]*(not (supported|enabled|allowed)|requires?\b|unsupported)"
    r"|(not|n't) support[\w ]*(tool|function)|enable-auto-tool-choice|--jinja",
    re.IGNORECASE,
)
_NO_IMAGES = re.compile(r"\b(images?|image_url|multimodal|vision|mmproj)\b", re.IGNORECASE)
_BAD_KEY = re.compile(
    r"api[ _-]?key\b.{0,40}\b(not valid|invalid|expired)|invalid\b.{0,20}\bapi[ _-]?key",
    re.IGNORECASE,
)
"""Google refuses a bad key with status 400."""


@dataclass(frozen=True)
class Fault:
    """A failed request.

    `busy` says how a server is that may answer later, such as "busy (429)";
    `after` are the seconds that it asked for. `no_tools` says that it takes no tools.
    """

    error: AssistantError
    busy: str | None = None
    after: float | None = None
    no_tools: bool = False


@dataclass(frozen=True)
class Faults:
    """Reads the failures of one server, as it is configured and called."""

    name: str
    settings: ModelSettings
    model: str

    def read(self, error: Exception, began: bool) -> Fault:
        """What an exception of the model library means; `began` says that the answer had."""
        read = next((read for kind, read in _READERS if isinstance(error, kind)), Faults._other)
        return read(self, error, began)

    @property
    def _who(self) -> str:
        return self.settings.title or self.name

    @property
    def _where(self) -> str:
        return f" at {self.settings.base_url}" if self.settings.base_url else ""

    def _fault(self, code: str, text: str, error: Exception | None = None) -> Fault:
        said = f" It says: {self._words(error)}" if error is not None and self._words(error) else ""
        return Fault(AssistantError(code, f"{text}{said}"))

    def _limited(self, error: Any, began: bool) -> Fault:
        return self._busy("rate_limited", "busy (429)", error)

    def _overloaded(self, error: Any, began: bool) -> Fault:
        if (meant := self._meant(error, began)) is not None:
            return meant  # llama.cpp answers 500 to what it cannot do
        status = getattr(error, "status_code", "overloaded")
        return self._busy("overloaded", f"in trouble ({status})", error)

    def _busy(self, code: str, what: str, error: ai.ModelAPIError) -> Fault:
        text = (
            f"{self._who} is {what} and did not answer. Ask again later, or choose another model."
        )
        return Fault(self._fault(code, text, error).error, busy=what, after=error.retry_after)

    def _bad_key(self, error: Any, began: bool) -> Fault:
        where = where_the_key_goes(self.settings)
        return self._fault(
            "bad_key",
            f"{self._who} does not accept the key. Correct {where}, and start Jupyter again.",
        )

    def _no_credit(self, error: Any, began: bool) -> Fault:
        return self._fault("no_credit", f"{self._who} has no credit left for this key.", error)

    def _refused(self, error: Any, began: bool) -> Fault:
        if (meant := self._meant(error, began)) is not None:
            return meant
        if error.status_code == 413:
            return self._too_long(error, began)
        return self._fault("rejected", f"{self._who} refused this ({error.status_code}).", error)

    def _meant(self, error: Any, began: bool) -> Fault | None:
        """What a server says in words where its status says too little."""
        words = self._words(error)
        if _TOO_LONG.search(f"{words} {error.body}"):
            return self._too_long(error, began)
        if _BAD_KEY.search(words):
            return self._bad_key(error, began)
        if _NO_TOOLS.search(words):
            fault = self._fault("no_tools", f"{self.model} takes no tools.", error)
            return Fault(fault.error, no_tools=True)
        return self._no_images(error) if _NO_IMAGES.search(words) else None

    def _no_images(self, error: Exception) -> Fault:
        return self._fault(
            "no_images",
            f"{self.model} takes no pictures. Choose a model that does, or ask without them.",
            error,
        )

    def _unknown_model(self, error: Any, began: bool) -> Fault:
        return self._fault(
            "unknown_model",
            f"{self._who}{self._where} knows no model {self.model!r}."
            " Choose another one, or correct `model` or `base_url`.",
            error,
        )

    def _too_long(self, error: Any, began: bool) -> Fault:
        return self._fault(
            "context_too_long",
            f"This chat is too long for {self.model}. Set `window` in the chat's settings to"
            " what the model takes, shorten the question, or start a new chat.",
        )

    def _broken(self, error: ai.ModelConnectionError, began: bool) -> Fault:
        silent = isinstance(error, ai.ModelTimeoutError) and error.phase != "connect"
        return self._silent(began) if silent else self._lost(began)

    def _silent(self, began: bool) -> Fault:
        where = "stopped in mid-answer" if began else "did not answer"
        return self._fault(
            "timeout",
            f"{self._who}{self._where} {where}: no sign of it for {self.settings.timeout:g} s."
            " Ask again; if it needs longer, raise `timeout` in its configuration.",
        )

    def _lost(self, began: bool) -> Fault:
        todo = "Start it" if is_own(self.settings) else "Check the network"
        text = (
            f"The connection to {self._who}{self._where} broke in mid-answer."
            " Ask again to get the whole answer."
            if began
            else f"{self._who}{self._where} cannot be reached. {todo}, and ask again."
        )
        return self._fault("unreachable", text)

    def _other(self, error: Any, began: bool) -> Fault:
        """A broken connection that no library has named, or an answer that cannot be read."""
        if type(error).__module__.partition(".")[0] in ("httpx2", "httpcore2"):
            return self._silent(began) if "Timeout" in type(error).__name__ else self._lost(began)
        if _TOO_LONG.search(str(error)):
            return self._too_long(error, began)
        kind = type(error).__name__
        return self._fault(
            "bad_answer",
            f"{self._who}{self._where} sent something that is no answer ({kind})."
            " Ask again, or check that `base_url` is right.",
        )

    def _words(self, error: Exception | None) -> str:
        """What the server said, in its own words, with the key taken out of them."""
        message = _message(getattr(error, "body", None))
        clean = without_key(message, self.settings)
        return without_secrets(clean)


def _message(body: Any) -> str:
    """The text in the body of an error, whichever of the usual shapes it has."""
    match body:
        case {"error": inner}:
            return _message(inner)
        case {"message": str(text)}:
            return text
        case [first, *_]:
            return _message(first)
        case str():
            return body
    return ""


_Read = Callable[[Faults, Any, bool], Fault]
_READERS: tuple[tuple[type[Exception], _Read], ...] = (
    (ai.ModelAuthenticationError, Faults._bad_key),
    (ai.ModelQuotaExceededError, Faults._no_credit),
    (ai.ModelContextWindowExceededError, Faults._too_long),
    (ai.ModelRateLimitError, Faults._limited),
    (ai.ModelUnavailableError, Faults._overloaded),
    (ai.ModelServerError, Faults._overloaded),
    (ai.ModelConnectionError, Faults._broken),
    (ai.ModelNotFoundError, Faults._unknown_model),
    (ai.ModelHTTPError, Faults._refused),
)
"""The first one that fits reads an exception."""
