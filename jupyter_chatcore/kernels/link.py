"""Asking a running kernel for the value of an expression, without disturbing it.

Where the kernel has subshells (ipykernel 7, JEP 91) it answers also while a cell runs;
else it is asked when it is idle, and not waited for longer than it takes to say so.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from queue import Empty
from typing import Any, Literal
from uuid import uuid4

from ..errors import ChatcoreError

_SUBSHELL_SECONDS = 2.0
State = Literal["busy", "dead", "unsupported", "failed"]


class KernelUnavailable(ChatcoreError):
    """The kernel cannot be asked now: `state` says in a word why, the text what to do."""

    status = 409
    code = "kernel_unavailable"

    def __init__(self, state: State, message: str) -> None:
        super().__init__(message)
        self.state = state


BUSY = "The kernel is busy with a cell, and it cannot be looked into until that has ended."
DEAD = "The kernel is not running: start it, run your cells and try again."


@asynccontextmanager
async def asking(manager: Any) -> AsyncIterator[KernelLink]:
    """A connection to the kernel of a kernel manager, closed at the end.

    Raises:
        KernelUnavailable: it is dead.
    """
    if not await manager.is_alive():
        raise KernelUnavailable("dead", DEAD)
    client = own_client(manager)
    client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=True)
    link = KernelLink(client, str(getattr(manager, "execution_state", "idle")))
    try:
        yield link
    finally:
        await link.close()
        client.stop_channels()


def own_client(manager: Any) -> Any:
    """A client of the kernel with an identity of its own.

    The manager's clients share one, and a kernel answers only one of those at a time: the
    others would wait for ever.
    """
    client = manager.client()
    client.session = client.session.clone()
    client.session.session = uuid4().hex
    return client


class KernelLink:
    """One conversation with a kernel; `state` is what the server last heard of it."""

    def __init__(self, client: Any, state: str) -> None:
        self._client = client
        self._state = state
        self._subshell: str | None = None

    async def value(self, expression: str, seconds: float) -> dict[str, Any]:
        """The mime bundle of a Python expression's value.

        Raises:
            KernelUnavailable: it is busy, died meanwhile, or the expression fails.
        """
        await self._enter_subshell()
        if self._subshell is None and self._state == "busy":
            raise KernelUnavailable("busy", BUSY)
        content = {
            "code": "",
            "silent": True,
            "store_history": False,
            "user_expressions": {"value": expression},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        reply = await self._ask("shell", "execute_request", content, seconds)
        found: dict[str, Any] = reply.get("user_expressions", {}).get("value", {})
        if found.get("status") != "ok":
            raise KernelUnavailable("failed", f"The kernel answered: {_why(found or reply)}")
        data: dict[str, Any] = found["data"]
        return data

    async def close(self) -> None:
        """Leave the subshell; a kernel that does not answer is not waited for."""
        if self._subshell is not None:
            content = {"subshell_id": self._subshell}
            try:
                await self._ask("control", "delete_subshell_request", content, _SUBSHELL_SECONDS)
            except KernelUnavailable:
                return  # what runs in it ends when the kernel does

    async def _enter_subshell(self) -> None:
        if self._subshell is not None:
            return
        try:
            reply = await self._ask("control", "create_subshell_request", {}, _SUBSHELL_SECONDS)
        except KernelUnavailable:
            return
        if reply.get("status") == "ok":
            self._subshell = reply.get("subshell_id")

    async def _ask(
        self, channel: str, kind: str, content: dict[str, Any], seconds: float
    ) -> dict[str, Any]:
        message = self._client.session.msg(kind, content)
        if channel == "shell" and self._subshell is not None:
            message["header"]["subshell_id"] = self._subshell
        socket = getattr(self._client, f"{channel}_channel")
        socket.send(message)
        until, mine = time.monotonic() + seconds, message["header"]["msg_id"]
        while (left := until - time.monotonic()) > 0:
            try:
                answer = await socket.get_msg(timeout=left)
            except Empty:
                break
            if answer["parent_header"].get("msg_id") == mine:
                reply: dict[str, Any] = answer["content"]
                return reply
        raise KernelUnavailable("busy", BUSY)


def _why(reply: dict[str, Any]) -> str:
    return f"{reply.get('ename', 'an error')}: {reply.get('evalue', '')}"[:300]
