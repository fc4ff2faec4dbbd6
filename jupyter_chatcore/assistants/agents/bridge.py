"""What an agent starts as its MCP server: it carries lines between the agent and a chat's tools.

It is run as a file, so it stands on the standard library alone and is there at once. Where
the tools are, and the secret that opens them, is in its environment: command lines are
for everyone to see.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

ADDRESS = "JUPYTER_CHATCORE_TOOLS"
"""The variable with the path of a socket, or a number of a port of this machine."""
SECRET = "JUPYTER_CHATCORE_TOOLS_SECRET"

_PIECE = 65536


def main() -> None:
    """Carry until either side ends."""
    try:
        tools = connect(os.environ[ADDRESS])
        tools.sendall(os.environ[SECRET].encode() + b"\n")
    except (OSError, KeyError) as error:
        sys.exit(f"The tools of the chat cannot be reached: {error!r}")
    threading.Thread(target=_carry_asked, args=(tools,), daemon=True).start()
    _carry_answers(tools)
    os._exit(0)  # the other thread may wait for the agent for ever


def connect(address: str) -> socket.socket:
    """A connection to the socket of that path, or the port of that number.

    Raises:
        OSError: nobody is there.
    """
    if address.isdecimal():
        return socket.create_connection(("127.0.0.1", int(address)))
    if sys.platform == "win32":
        raise OSError("Windows has ports only")
    tools = socket.socket(socket.AF_UNIX)
    tools.connect(address)
    return tools


def _carry_asked(tools: socket.socket) -> None:
    try:
        while piece := os.read(0, _PIECE):
            tools.sendall(piece)
        tools.shutdown(socket.SHUT_WR)
    except OSError:
        os._exit(0)


def _carry_answers(tools: socket.socket) -> None:
    try:
        while piece := tools.recv(_PIECE):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    except OSError:
        return


if __name__ == "__main__":
    main()
