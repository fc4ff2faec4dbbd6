"""Asking a running kernel for the value of an expression, without disturbing it.

Where the kernel has subshells (ipykernel 7, JEP 91) it answers also while a cell runs;
else it is asked when it is idle, and not waited for longer than it takes to say so.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from queue import Empty
from typing import Any, Literal
from uuid import uuid4
from weakref import WeakKeyDictionary

from ..errors import ChatcoreError

_SUBSHELL_SECONDS = 2.0
_LOOK_SECONDS = 0.5
# Whoever asks a kernel has it for himself, for as long as it takes to answer.
_turns: WeakKeyDictionary[Any, asyncio.Lock] = WeakKeyDictionary()
# An `execute_request` ends with what was registered for the end of a cell: matplotlib would
# show and close the figures of the cell that runs meanwhile. This keeps it out once, in the
# thread of the request. A kernel without IPython has nothing to be kept out.
_QUIETLY = """
import threading
try:
    events = __import__("IPython").get_ipython().events
except (ImportError, AttributeError):
    events = None
if events is not None:
    trigger, here = events.trigger, threading.get_ident()
    def quietly(event, *args, **kwargs):
        if threading.get_ident() != here:
            return trigger(event, *args, **kwargs)
        if event == "post_execute":
            del events.trigger
    events.trigger = quietly
"""
State = Literal["busy", "dead", "unsupported", "failed"]


class KernelUnavailable(ChatcoreError):
    """The kernel cannot be asked now: `state` says in a word why, the text what to do."""

    status = 409
    code = "kernel_unavailable"

    def __init__(self, state: State, message: str) -> None:
        super().__init__(message)
        self.state = state


BUSY = "The kernel is busy with a cell, and it cannot be looked into until that has ended."
DIED = "The kernel died while it was asked: start it again, run your cells and try again."
DEAD = "The kernel is not running: start it, run your cells and try again."


@asynccontextmanager
async def asking(manager: Any) -> AsyncIterator[KernelLink]:
    """A connection to the kernel of a kernel manager, closed at the end.

    Raises:
        KernelUnavailable: it is dead.
    """
    async with _turns.setdefault(manager, asyncio.Lock()):
        if not await manager.is_alive():
            raise KernelUnavailable("dead", DEAD)
        client = own_client(manager)
        client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=True)
        link = KernelLink(client, manager)
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
    """One conversation with the kernel of `manager`."""

    def __init__(self, client: Any, manager: Any) -> None:
        self._client = client
        self._manager = manager
        # what the server last heard of it
        self._busy = getattr(manager, "execution_state", "idle") == "busy"
        self._subshell: str | None = None

    async def value(self, expression: str, seconds: float) -> dict[str, Any]:
        """The mime bundle of a Python expression's value.

        Raises:
            KernelUnavailable: it is busy, died meanwhile, or the expression fails.
        """
        await self._enter_subshell()
        if self._subshell is None and self._busy:
            raise KernelUnavailable("busy", BUSY)
        content = {
            "code": f"exec({_QUIETLY!r}, {{}})",
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
            info = await self._ask("control", "kernel_info_request", {}, _SUBSHELL_SECONDS)
            if "kernel subshells" not in info.get("supported_features", ()):
                return
            reply = await self._ask("control", "create_subshell_request", {}, _SUBSHELL_SECONDS)
        except KernelUnavailable as error:
            if error.state == "dead":
                raise
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
                answer = await socket.get_msg(timeout=min(left, _LOOK_SECONDS))
            except Empty:
                if not await self._manager.is_alive():
                    raise KernelUnavailable("dead", DIED) from None
                continue
            if answer["parent_header"].get("msg_id") == mine:
                reply: dict[str, Any] = answer["content"]
                return reply
        raise KernelUnavailable("busy", BUSY)


def _why(reply: dict[str, Any]) -> str:
    return f"{reply.get('ename', 'an error')}: {reply.get('evalue', '')}"[:300]
