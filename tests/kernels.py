"""The kernel of a notebook that is open on a real server, and cells run in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyterprocess import JupyterProcess, wait_for


@contextmanager
def opened(server: JupyterProcess, path: str) -> Iterator[BlockingKernelClient]:
    """The kernel of a notebook in the server's root."""
    body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
    started = server.call("POST", "api/sessions", body)
    connection = server.home / "runtime" / f"kernel-{started['kernel']['id']}.json"
    wait_for("the kernel's connection file", connection.is_file)
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    wait_for("the kernel", lambda: is_ready(client), 90)
    yield client
    client.stop_channels()
    server.call("DELETE", f"api/sessions/{started['id']}")


def is_ready(client: BlockingKernelClient) -> bool:
    """Whether the kernel answers; one heartbeat missed on a busy machine is no death."""
    with suppress(RuntimeError):
        client.wait_for_ready(60)
        return True
    return False


def run(kernel: BlockingKernelClient, source: str) -> list[dict[str, Any]]:
    """Run a cell; what it shows, as a notebook keeps it."""
    outputs: list[dict[str, Any]] = []

    def note(message: Any) -> None:
        if message["msg_type"] in {"display_data", "execute_result", "stream"}:
            outputs.append({"output_type": message["msg_type"], **message["content"]})

    reply = kernel.execute_interactive(source, output_hook=note, timeout=60)
    assert reply["content"]["status"] == "ok", reply["content"]
    return outputs
