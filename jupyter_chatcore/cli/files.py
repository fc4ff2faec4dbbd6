"""`jupyter chat export` and `import`: chats as files."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, get_args

import msgspec

from ..api import ExportFormat, ImportResult
from ..client.exporting import target
from ..client.server import Server
from ..errors import NotFound
from .connection import asked, no_chat, path_of
from .output import Output


def add_commands(commands: Any, common: ArgumentParser) -> None:
    """Tell the parser of them."""
    export = commands.add_parser("export", parents=[common], help="a chat as a file")
    export.add_argument("chat", help="its id or name")
    export.add_argument(
        "-o", "--output", type=Path, help="a file that ends in .md, .ipynb or .jsonl"
    )
    export.add_argument(
        "-f",
        "--format",
        choices=get_args(ExportFormat),
        help="of what is written to the standard output (markdown)",
    )
    export.set_defaults(run=run_export)
    taking = commands.add_parser(
        "import",
        parents=[common],
        help="the chats of files",
        description="Import chats: JSONL, jupyterlab-chat's .chat, ChatGPT's export. To import"
        " a file again adds what is new, and nothing twice.",
    )
    taking.add_argument("files", nargs="+", type=Path, metavar="FILE")
    taking.set_defaults(run=run_import)


def run_export(options: Namespace, out: Output, notes: Output) -> None:
    """Write a chat.

    Raises:
        ValueError: the file's name tells no format, or another one than is asked for.
    """
    kind, file = target(options.output or options.format or "markdown")
    if options.format not in (None, kind):
        raise ValueError(f"{options.output} is a file of {kind}, not of {options.format}")
    data = asked(options, lambda server: _exported(server, options.chat, kind))
    if file is not None:
        file.write_bytes(data)
    elif out.is_terminal:
        out.write(data.decode())
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


async def _exported(server: Server, chat: str, kind: ExportFormat) -> bytes:
    try:
        return await server.raw("GET", f"chat/{path_of(chat)}/export", query={"format": kind})
    except NotFound:
        raise no_chat(chat) from None


def run_import(options: Namespace, out: Output, notes: Output) -> None:
    """Import files, one after another; the first that cannot be is the last."""
    results = []
    for file in options.files:
        data = file.read_bytes()
        result = asked(options, lambda server: _imported(server, file.name, data))  # noqa: B023
        results.append(result)
        if not options.json:
            out.line(f"{file}: {_told(result)}")
    if options.json:
        out.line(msgspec.json.encode(results).decode())


async def _imported(server: Server, name: str, data: bytes) -> ImportResult:
    answer = await server.raw("POST", "import", data, {"name": name}, "application/octet-stream")
    return msgspec.json.decode(answer, type=ImportResult)


def _told(result: ImportResult) -> str:
    known = f", {result.known} known before" if result.known else ""
    return f"{result.made} new chats{known}, {result.messages} new messages"
