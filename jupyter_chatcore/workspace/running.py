"""Running code in a kernel from the server, for notebooks that no page shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from queue import Empty
from typing import Any, NamedTuple

from ..context.workspace import WorkspaceError
from ..kernels.link import DEAD, own_client
from .outputs import Output, Outputs

_LOOK_SECONDS = 1.0


class Run(NamedTuple):
    """What a run gave."""

    outputs: list[Output]
    execution_count: int | None


async def run_code(manager: Any, code: str) -> Run:
    """Run code as a cell of the kernel of a kernel manager, and wait for its end.

    A caller that is cancelled interrupts the kernel, unless that is still at something else.

    Raises:
        WorkspaceError: the kernel died.
    """
    client = own_client(manager)
    client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)
    try:
        await client.wait_for_ready(timeout=60)
        sent = client.execute(code, allow_stdin=False)
        try:
            return await _followed(manager, client, sent)
        except asyncio.CancelledError:
            await _interrupted(manager)
            raise
    except RuntimeError as error:  # wait_for_ready, of a kernel that died or never starts
        raise WorkspaceError(f"The kernel does not answer: {error}") from error
    finally:
        client.stop_channels()


async def _followed(manager: Any, client: Any, sent: str) -> Run:
    outputs, number = Outputs(), None
    while True:
        try:
            message = await client.get_iopub_msg(timeout=_LOOK_SECONDS)
        except Empty:
            if not await manager.is_alive():
                raise WorkspaceError(DEAD) from None
            continue
        if message["parent_header"].get("msg_id") != sent:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return Run(outputs.kept(), number)
        if kind == "execute_input":
            number = content["execution_count"]
        outputs.take(kind, content)


async def _interrupted(manager: Any) -> None:
    # The one who waits is being stopped; a kernel that is gone needs no interrupt.
    with suppress(RuntimeError):
        await manager.interrupt_kernel()
