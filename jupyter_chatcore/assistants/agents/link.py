"""What is said between us and one agent: requests, updates and questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from acp import RequestError
from acp.connection import Connection
from acp.schema import RequestPermissionRequest, SessionNotification
from pydantic import ValidationError

from .lines import Lines


class Question:
    """A request for permission, which waits for its one answer."""

    def __init__(self, request: RequestPermissionRequest) -> None:
        self.request = request
        self._answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    @property
    def open(self) -> bool:
        """Whether it has no answer yet."""
        return not self._answer.done()

    def answer(self, option: str | None) -> None:
        """Choose an option by its id, None for none of them; only the first answer counts."""
        if not self._answer.done():
            self._answer.set_result(option)

    async def outcome(self) -> dict[str, str]:
        """The answer as the agent is told it."""
        option = await self._answer
        if option is None:
            return {"outcome": "cancelled"}
        return {"outcome": "selected", "optionId": option}


class Link:
    """A connection to an agent.

    `updated` and `asked` are called for what it says by itself, in its order.
    """

    def __init__(
        self,
        lines: Lines,
        updated: Callable[[SessionNotification], None],
        asked: Callable[[Question], None],
    ) -> None:
        self._updated = updated
        self._asked = asked
        self._connection = Connection(self._handle, lines)

    async def request(
        self, method: str, params: dict[str, Any], seconds: float | None = None
    ) -> dict[str, Any]:
        """The answer to a request, waited for `seconds` at most.

        Raises:
            RequestError: the agent refuses.
            TimeoutError: it does not answer in time.
            OSError: it has ended.
        """
        async with asyncio.timeout(seconds):
            answer = await self._connection.send_request(method, params)
        return answer if isinstance(answer, dict) else {}

    async def notify(self, method: str, params: dict[str, Any]) -> None:
        """Tell it something that wants no answer.

        Raises:
            OSError: it has ended.
        """
        await self._connection.send_notification(method, params)

    async def close(self) -> None:
        """Say and hear no more; open requests fail."""
        await self._connection.close()

    async def _handle(self, method: str, params: Any, notice: bool) -> dict[str, Any] | None:
        if method == "session/update":
            self._update(params)
        elif method == "session/request_permission":
            return {"outcome": await self._question(params)}
        elif not notice:
            raise RequestError.method_not_found(method)
        return None

    def _update(self, params: Any) -> None:
        try:
            update = SessionNotification.model_validate(params)
        except ValidationError:
            return  # a kind of a later version, or none at all
        self._updated(update)

    async def _question(self, params: Any) -> dict[str, str]:
        try:
            question = Question(RequestPermissionRequest.model_validate(params))
        except ValidationError:
            raise RequestError.invalid_params() from None
        self._asked(question)
        return await question.outcome()
