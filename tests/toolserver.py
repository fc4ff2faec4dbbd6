"""A small MCP server, run as a program: by itself over its pipes.

It knows nothing of the package. A file `served` in its folder counts its starts.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mcp.server.mcpserver import Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

PICTURE = bytes.fromhex("89504e470d0a1a0a")
server = MCPServer("small")


@server.tool(title="Add", annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int) -> str:
    """Add two numbers."""
    return f"{a} + {b} = {a + b}"


@server.tool(structured_output=False)
def draw() -> list[str | Image]:
    """Draw."""
    return ["drawn", Image(data=PICTURE, format="png")]


@server.tool(name="odd name!")
def fail() -> str:
    """Fail."""
    raise ToolError("the disk is on fire")


@server.tool()
def env() -> str:
    """Tell the environment."""
    return "\n".join(f"{name}={value}" for name, value in sorted(os.environ.items()))


@server.tool()
def die() -> str:
    """End in the middle."""
    sys.stderr.write("panic: out of luck\n")
    sys.stderr.flush()
    os._exit(7)


@server.tool()
async def wait() -> str:
    """Never end; the file `waiting` is there meanwhile."""
    with marked(Path("waiting")):
        await asyncio.sleep(600)
    return "waited"


@contextmanager
def marked(file: Path) -> Iterator[None]:
    """The file is there while this lasts."""
    file.touch()
    try:
        yield
    finally:
        file.unlink()


def main() -> None:
    with Path("served").open("a", encoding="utf-8") as served:
        served.write(f"{os.getpid()}\n")
    if "--silent" in sys.argv:
        sys.stdin.read()
    elif "--broken" in sys.argv:
        sys.exit("cannot read my configuration, the key is sk-9fJq2mX81LwPzRt07")
    else:
        server.run()


if __name__ == "__main__":
    main()
