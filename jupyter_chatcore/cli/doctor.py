"""`jupyter chat doctor`: what is installed, which server it is, and whether all is well."""

from __future__ import annotations

import platform
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from .. import __version__
from ..api import AssistantInfo, AssistantList
from ..client.server import Server
from ..health import Health
from .connection import address, asked
from .output import Output

State = Literal["ok", "note", "wrong"]
_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("ok   ", "green"),
    "note": ("-    ", "dim"),
    "wrong": ("WRONG", "red"),
}
_EXTRAS = {"models": "pydantic_ai", "agents": "acp", "local": "xllamacpp"}
_SERVER_CONFIG = "jupyter_server_config.d/jupyter_chatcore.json"
_FRONT_END = "jupyter-chatcore/package.json"


class Check(NamedTuple):
    """Something that was looked at: `wrong` is what somebody should do something about."""

    name: str
    state: State
    text: str


def add_commands(commands: Any, common: ArgumentParser) -> None:
    """Tell the parser of it."""
    doctor = commands.add_parser(
        "doctor",
        parents=[common],
        help="what is installed, which server is used, and whether all is well",
        description="Look at what is installed, at the server, at who can answer. It ends with 1"
        " where something is wrong, and with 3 where there is no server.",
    )
    doctor.add_argument(
        "--verify",
        action="store_true",
        help="check every promise of the database, too: it is read from end to end",
    )
    doctor.set_defaults(run=run)


def run(options: Namespace, out: Output, notes: Output) -> int:
    """Look at everything, and tell.

    Raises:
        ChatcoreError: there is no server; what was looked at until then is told.
    """
    checks: list[Check] = []
    try:
        for check in _all(options):
            checks.append(check)
            if not options.json:
                _tell(check, out)
    finally:
        wrong = any(check.state == "wrong" for check in checks)
        if options.json:
            out.line(msgspec.json.encode([check._asdict() for check in checks]).decode())
    return int(wrong)


def _tell(check: Check, out: Output) -> None:
    mark, style = _MARKS[check.state]
    out.write(mark, style)
    out.line(f"  {check.name}: {check.text}")


def _all(options: Namespace) -> Iterator[Check]:
    yield from installed()
    at = address(options)
    yield Check("server", "ok", f"{at}, {at.how}")
    health = asked(options, lambda server: _health(server, options.verify))
    yield from _server(health)
    yield from _database(health)
    yield from _assistants(asked(options, _listed).assistants)


def installed() -> Iterator[Check]:
    """What is installed here, where the command runs."""
    # it takes its time, and no other command needs it before it looks for a server
    from jupyter_core.paths import jupyter_config_path, jupyter_path  # noqa: PLC0415

    here = Path(__file__).parent.parent
    yield Check(
        "jupyter_chatcore", "ok", f"{__version__}, Python {platform.python_version()}, {here}"
    )
    yield _file(
        "server extension",
        _SERVER_CONFIG,
        jupyter_config_path(),
        "it is not switched on: `jupyter server extension enable jupyter_chatcore`",
    )
    yield _file(
        "front end",
        _FRONT_END,
        jupyter_path("labextensions"),
        "JupyterLab has none: install jupyter_chatcore again with pip",
    )
    for extra, module in _EXTRAS.items():
        there = find_spec(module) is not None
        text = "installed" if there else f'not installed: pip install "jupyter-chatcore[{extra}]"'
        yield Check(f"extra {extra}", "ok" if there else "note", text)


def _file(name: str, file: str, folders: list[str], missing: str) -> Check:
    for folder in folders:
        if (found := Path(folder) / file).is_file():
            return Check(name, "ok", str(found))
    return Check(name, "wrong", missing)


async def _health(server: Server, verify: bool) -> Health:
    return await server.ask("GET", "health", Health, query={"verify": int(verify)})


async def _listed(server: Server) -> AssistantList:
    return await server.ask("GET", "assistants", AssistantList)


def _server(health: Health) -> Iterator[Check]:
    runs = f"jupyter_server {health.jupyter_server}, Python {health.python}"
    same = health.version == __version__
    other = "" if same else f", while this is {__version__}: restart it, or install the same"
    yield Check(
        "its jupyter_chatcore", "ok" if same else "wrong", f"{health.version} in {runs}{other}"
    )
    if health.replay != "off":
        yield Check("replay", "note", f"{health.replay}: questions are answered from the store")


def _database(health: Health) -> Iterator[Check]:
    if health.state != "ready":
        yield Check("database", "wrong", health.reason)
        return
    yield Check(
        "database",
        "ok",
        f"{health.database}, {health.bytes} bytes, {health.chats} chats, {health.messages}"
        f" messages, journal {health.journal_mode}, {health.answering} being answered",
    )
    if health.problems == []:
        yield Check("verified", "ok", "the database keeps all that it promises")
    for problem in health.problems or ():
        yield Check("verified", "wrong", problem)


def _assistants(assistants: list[AssistantInfo]) -> Iterator[Check]:
    ready = [each.name for each in assistants if each.state == "ready"]
    for each in assistants:
        name = f"assistant {each.name}{' (the default)' if each.default else ''}"
        if each.state == "ready":
            yield Check(name, "ok", each.title)
        else:
            # one that nobody has set up is no fault; a default that cannot answer is
            wrong = each.state == "broken" or each.default
            said = each.state.replace("_", " ")
            yield Check(name, "wrong" if wrong else "note", f"{said}: {each.reason}")
    if not ready:
        yield Check("assistants", "wrong", "nobody can answer")
