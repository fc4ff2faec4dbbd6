"""The child process that runs the model: llama.cpp's own HTTP server, for us alone.

A crash in it, or the system's ending it for want of memory, leaves the Jupyter server as
it is. It ends when the server does, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Any, BinaryIO

import msgspec

from .request import Serve, Serving

AT_ONCE = 2
"""How many answers are written at once; each has a window of its own, and more chats wait."""
_ERRORS_AND_WARNINGS = 2


def main() -> None:
    """Serve what the first line of stdin says, until stdin ends."""
    channel = _private_stdout()
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=Serve)
    _end_while_loading()
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    server = _serve(asked)
    channel.write(msgspec.json.encode(Serving(address=server.listening_address)) + b"\n")
    channel.close()
    threading.Event().wait()


def _serve(asked: Serve) -> Any:
    import xllamacpp  # type: ignore[import-untyped]  # noqa: PLC0415  (34 MB, in the child only)

    params = xllamacpp.CommonParams()
    params.model.path = asked.path
    params.model_alias = {asked.model}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [asked.key]
    params.n_parallel = AT_ONCE
    params.n_ctx = asked.window * AT_ONCE
    params.ui = False
    # up to 8 GB of old prompts otherwise: the memory is for the user's kernels
    params.cache_ram_mib = 0
    params.verbosity = _ERRORS_AND_WARNINGS
    threads = asked.threads or max(1, _cores() - 1)
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    return xllamacpp.Server(params)


def _cores() -> int:
    """How many this process may use: in a container they are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _private_stdout() -> BinaryIO:
    """The pipe to the server; what is printed from now on goes where errors go."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def _end_while_loading() -> None:
    """Have the system end this process at once when the server's end of stdin is closed.

    llama.cpp holds Python's lock while it loads a model, so that no thread here could
    notice. Where the system sends no such signal, the thread notices after the loading.
    """
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import fcntl  # noqa: PLC0415  (not there on Windows)

        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(0, fcntl.F_GETFL)
        fcntl.fcntl(0, fcntl.F_SETFL, flags | os.O_ASYNC)  # type: ignore[attr-defined,unused-ignore]


def _end_with_the_server() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
