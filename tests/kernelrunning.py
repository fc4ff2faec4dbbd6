"""A real kernel without a server, and code run in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from jupyter_chatcore.kernels.variables import Variables
from jupyter_chatcore.parts import VariablePart


class Kernel:
    """A running kernel and a client of it."""

    def __init__(self, manager: AsyncKernelManager, client: Any) -> None:
        self.manager = manager
        self.client = client

    async def run(self, code: str) -> None:
        """Run a cell that must succeed."""
        reply = await self.client.execute_interactive(code, timeout=60)
        assert reply["content"]["status"] == "ok", reply["content"]

    async def start(self, code: str) -> None:
        """Run a cell without waiting for its end, only for its beginning."""
        sent = self.client.execute(code)
        while True:
            message = await self.client.get_iopub_msg(timeout=30)
            if message["msg_type"] == "execute_input" and (
                message["parent_header"].get("msg_id") == sent
            ):
                return

    def variables(self, language: str = "python", **more: Any) -> Variables:
        """Its variables, as the server reads them."""
        return Variables(lambda _: self.manager, lambda _: language, **more)


@asynccontextmanager
async def kernel() -> AsyncIterator[Kernel]:
    """A Python kernel, ended at the end."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


def preview(parts: list[VariablePart], name: str) -> str:
    """What is told of a variable."""
    [text] = [str(part.preview["text/plain"]) for part in parts if part.name == name]
    return text
