"""`jupyter chat ask`: a question, and its answer as it comes."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from dataclasses import replace
from typing import Any

import msgspec

from ..api import Ask
from ..client.asking import chosen
from ..client.chat import place
from ..client.conversation import Conversation, Where, nonce
from ..client.reply import Held, Reply
from .connection import token
from .output import Output
from .telling import Telling


def add_commands(commands: Any, common: ArgumentParser) -> None:
    """Tell the parser of it."""
    ask = commands.add_parser(
        "ask",
        parents=[common],
        help="ask, and write the answer as it comes",
        description="Ask, and write the answer as it comes. What is piped in is asked, too,"
        " below the words. Ctrl-C stops the answer. Notes go to the standard error.",
    )
    ask.add_argument("words", nargs="*", help="the question; - stands for the standard input")
    ask.add_argument("-c", "--chat", help="a chat's id or name; by default a new chat")
    ask.add_argument("-a", "--assistant", help="who answers")
    ask.add_argument("-m", "--model", help="with which model")
    ask.add_argument(
        "--replay",
        action=BooleanOptionalAction,
        help="give the earlier answer to the same question, if there is one",
    )
    ask.add_argument(
        "--replay-only",
        dest="replay",
        action="store_const",
        const="only",
        help="and end with 4 where there is none: the assistant is not asked",
    )
    ask.add_argument(
        "--begin",
        action="store_true",
        help="begin a branch of its own: what was said in the chat before is not looked at",
    )
    ask.set_defaults(run=run, parser=ask)


def run(options: Namespace, out: Output, notes: Output) -> None:
    """Ask.

    Raises:
        ReplyFailed: the answer did not come to its end.
        ChatcoreError: it could not be asked.
    """
    chat = Conversation(_where(options))
    # a program begins anew where it is replayed; a command goes on, unless it says otherwise
    chat.begun = not options.begin
    question = Ask(
        text=_question(options),
        assistant=options.assistant,
        settings=chosen(options.model, None),
        replay=options.replay,
        parent=0 if options.begin else None,
        key=nonce(),
    )
    reply = Reply(chat, lambda chat: chat.ask(question))
    if options.json:
        _finish(reply, out)
    else:
        _tell(reply, Telling(out, notes))
        if options.chat is None and notes.is_terminal and out.is_terminal:
            notes.line(f"Go on with --chat {chat.where.session}", "dim")
    if reply.error is not None:
        raise reply.error


def _where(options: Namespace) -> Where:
    """The chat that is named, else a new one."""
    where = place(options.chat, None, options.assistant, options.model, options.url, token(options))
    if options.chat is None:
        where = replace(where, session=secrets.token_hex(8), notebook="", title="")
    # a question to somebody else does not switch a chat that exists
    return replace(where, assign=False)


def _question(options: Namespace) -> str:
    """The words, and what comes in."""
    words = [word for word in options.words if word != "-"]
    said = " ".join(words).strip()
    came = sys.stdin.read().strip() if "-" in options.words or _is_piped() else ""
    text = "\n\n".join(filter(None, (said, came)))
    if not text:
        options.parser.error("say something, or pipe it in")
    return text


def _is_piped() -> bool:
    """Whether the standard input is a pipe or a file: what else it may be never ends by itself."""
    if sys.stdin is None or sys.stdin.closed:
        return False
    mode = os.fstat(sys.stdin.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def _tell(reply: Reply, telling: Telling) -> None:
    with Held(reply):
        for message in reply.changes():
            if message is not None:
                telling.update(message)
    telling.end()


def _finish(reply: Reply, out: Output) -> None:
    with Held(reply):
        for _ in reply.changes():
            continue
    if reply.message is not None:
        out.line(msgspec.json.encode(reply.message).decode())
