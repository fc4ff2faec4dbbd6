"""The commands of `jupyter chat`, and what they end with.

0  all is well
1  it failed: the answer, a request, or, for `doctor`, a check
2  the command cannot be used as it is given
3  there is no server, it does not answer, or it takes no such token
4  `ask --replay-only` found no earlier answer
130  interrupted; an answer that was being written is stopped on the server
141  nobody reads what is written any more
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from ..client.errors import NoServer, Refused, ReplyFailed, Unreachable
from ..errors import ChatcoreError
from . import asking, doctor, files, reading
from .output import Output

WELL, FAILED, USAGE, NO_SERVER, NO_REPLAY, INTERRUPTED, UNREAD = 0, 1, 2, 3, 4, 130, 141
Run = Callable[[Namespace, Output, Output], int | None]
_ON_THE_COMMAND_LINE = (
    "Name it with --url http://..., and put its token into the environment variable"
    " CHATCORE_SERVER_TOKEN."
)


def parser() -> ArgumentParser:
    """What is understood."""
    made = ArgumentParser(
        prog="jupyter chat",
        description="The chats of a Jupyter server, from a shell.",
        epilog=f"It ends with:\n{(__doc__ or '').partition(chr(10) * 2)[2]}",
        formatter_class=RawDescriptionHelpFormatter,
    )
    common = ArgumentParser(add_help=False)
    common.add_argument(
        "--url",
        help="the server's address; by default it is found. Its token is taken from the"
        " environment variable CHATCORE_SERVER_TOKEN",
    )
    common.add_argument("--json", action="store_true", help="write JSON, for programs")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (asking, reading, files, doctor):
        module.add_commands(commands, common)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the status to end with."""
    for stream in (sys.stdout, sys.stderr):
        # a letter that the terminal cannot show is no reason to fail
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = parser().parse_args(arguments)
    notes = Output(sys.stderr)
    try:
        return options.run(options, Output(sys.stdout), notes) or WELL
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # what Python still holds for a reader who has left goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except (ChatcoreError, OSError, ValueError) as error:
        notes.line(f"jupyter chat: {error}", "red")
        if isinstance(error, (NoServer, Refused)):
            notes.line(_ON_THE_COMMAND_LINE)
        return status_of(error)


def status_of(error: Exception) -> int:
    """What a command ends with that failed with this."""
    match error:
        case NoServer() | Refused() | Unreachable():
            return NO_SERVER
        case ReplyFailed() if _is_missed(error):
            return NO_REPLAY
        case ValueError():
            return USAGE
    return FAILED


def _is_missed(error: ReplyFailed) -> bool:
    message = error.reply.message
    return bool(message and message.error and message.error.code == "replay_missed")
