"""A real kernel without a server, and code run in it."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import psutil  # type: ignore[import-untyped]
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from jupyter_chatcore.kernels.variables import Variables
from jupyter_chatcore.parts import VariablePart

# As ipykernel 6: it does not know what a subshell is, and does not say that it has them.
WITHOUT_SUBSHELLS = """
from ipykernel import ipkernel, kernelapp, kernelbase
kernelbase.Kernel.control_msg_types.remove("create_subshell_request")
class Kernel(ipkernel.IPythonKernel):
    @property
    def kernel_info(self):
        return super().kernel_info | {"supported_features": []}
kernelapp.IPKernelApp.launch_instance(kernel_class=Kernel)
"""
BASH = ["-m", "bash_kernel"]


def write_kernelspec(folder: Path, name: str, arguments: list[str], language: str) -> Path:
    """A kernel of this Python with these arguments; `folder` is one of Jupyter's data folders."""
    spec = folder / "kernels" / name / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [sys.executable, *arguments, "-f", "{connection_file}"]
    content = {"argv": argv, "display_name": name, "language": language}
    spec.write_text(json.dumps(content), encoding="utf-8")
    return spec.parent.parent


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

    def memory(self) -> int:
        """What it takes now, in bytes."""
        # the kernels of the tests are processes of this machine
        pid: int = cast(Any, self.manager.provisioner).pid
        return int(psutil.Process(pid).memory_info().rss)

    def variables(self, language: str = "python", **more: Any) -> Variables:
        """Its variables, as the server reads them."""
        return Variables(lambda _: self.manager, lambda _: language, **more)


@asynccontextmanager
async def kernel(specs: Path | None = None, name: str = "python3") -> AsyncIterator[Kernel]:
    """A kernel, by default this Python's own; ended at the end."""
    found = KernelSpecManager() if specs is None else KernelSpecManager(kernel_dirs=[str(specs)])
    manager = AsyncKernelManager(kernel_name=name, kernel_spec_manager=found)
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
