"""The one place where an exception becomes an answer."""

from __future__ import annotations

import math
from http import HTTPStatus
from logging import Logger
from types import TracebackType
from typing import Any

import msgspec
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from ..api import ErrorBody
from ..errors import ChatcoreError

_HINTS = {
    403: "Log in, or send the header `Authorization: token <token>`.",
    404: "There is nothing at this address; GET chatcore/openapi.json lists all there is.",
    405: "This address does not take this method; GET chatcore/openapi.json lists all there is.",
}
_XSRF_HINT = "Send the value of the `_xsrf` cookie in the header `X-XSRFToken`."
_INTERNAL = ErrorBody(
    code="internal", message="Something went wrong in the server; its log tells what."
)


def status_of(error: BaseException | None) -> int:
    """The HTTP status of an exception."""
    if isinstance(error, ChatcoreError):
        return error.status
    return error.status_code if isinstance(error, HTTPError) else 500


def explain(error: BaseException | None, message: int | None = None) -> ErrorBody:
    """What a client is told; `message` is the id of the message that it is about.

    Only errors that were raised on purpose speak for themselves: the text of any other
    may hold secrets, and is for the log.
    """
    if isinstance(error, ChatcoreError):
        return ErrorBody(code=error.code, message=error.message, id=message)
    if isinstance(error, HTTPError) and error.status_code < 500:
        code = HTTPStatus(error.status_code).name.lower()
        return ErrorBody(code=code, message=_text(error), id=message)
    return msgspec.structs.replace(_INTERNAL, id=message)


def _text(error: HTTPError) -> str:
    text = (error.log_message or "") % error.args
    hint = _XSRF_HINT if "xsrf" in text.lower() else _HINTS.get(error.status_code, "")
    return f"{text}. {hint}" if text and "xsrf" in text.lower() else text or hint


class ErrorsAsJson(JupyterHandler):
    """A handler whose errors are answered as JSON, and logged without what is secret."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer with an `ErrorBody`; Tornado calls this for every error."""
        error = kwargs.get("exc_info", (None, None, None))[1] or HTTPError(status_code)
        self.set_status(status_of(error))
        if isinstance(error, HTTPError) and error.status_code == 405:
            self.set_header("Allow", ", ".join(self.allowed))
        if seconds := getattr(error, "retry_after", None):
            self.set_header("Retry-After", str(math.ceil(seconds)))
        self.set_header("Content-Type", "application/json")
        self.finish(msgspec.json.encode(explain(error)))

    @property
    def allowed(self) -> list[str]:
        """The methods that this address takes."""
        return []

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what is the server's fault with its traceback; the rest is the client's."""
        log_failure(self.log, f"{self.request.method} {self.request.path}", value)


def log_failure(log: Logger, what: str, error: BaseException | None) -> None:
    """Log an error that a request ended in, at the level that fits its status."""
    if status_of(error) < 500:
        log.debug("%s: %s", what, error)
    else:
        log.error("%s failed", what, exc_info=error)
