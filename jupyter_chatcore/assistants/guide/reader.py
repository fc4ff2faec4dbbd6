"""The child process that imports the user's packages, so that the server never does.

Whatever an import does here (print, hang, crash, start threads) ends with this
process: it answers one request on a channel of its own and leaves. It ends by itself
when its time is over and when the server is gone.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..secrets import describe as describe_error
from . import index
from .entry import Look, Read, Request, Seen
from .harvest import Harvest
from .inspecting import describe, resolve

NICE = 10


def main() -> None:
    """Read one request from stdin, answer it, end."""
    channel = _private_stdout()
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=Request)
    # a timer of the interpreter's own: it works even while an import holds the lock of Python
    faulthandler.dump_traceback_later(request.seconds, exit=True, file=sys.stderr)
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    channel.write(msgspec.json.encode(answer(request)))
    channel.flush()
    # a package may have started threads that never end; nothing here is worth waiting for
    os._exit(0)


def answer(request: Request) -> Seen:
    """What was asked for; whatever goes wrong is told as a problem."""
    warnings.simplefilter("ignore")
    try:
        return _look(request) if isinstance(request, Look) else _read(request)
    except BaseException as error:
        return Seen(problem=describe_error(error))


def _look(request: Look) -> Seen:
    problem = ""
    for name in request.names:
        try:
            return Seen(entry=describe(name, resolve(name)))
        except LookupError:
            continue
        except BaseException as error:
            problem = problem or f"importing it failed with {describe_error(error)}"
    return Seen(problem=problem)


def _read(request: Read) -> Seen:
    if hasattr(os, "nice"):
        os.nice(NICE)
    entries = Harvest(request.package).entries()
    index.add(Path(request.target), request.package.name, request.version, entries)
    return Seen(entries=len(entries))


def _private_stdout() -> BinaryIO:
    """The pipe to the server; what is printed from now on goes nowhere."""
    channel = os.fdopen(os.dup(1), "wb")
    with contextlib.closing(os.fdopen(os.open(os.devnull, os.O_WRONLY), "wb")) as nowhere:
        os.dup2(nowhere.fileno(), 1)
    return channel


def _end_with_the_server() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
