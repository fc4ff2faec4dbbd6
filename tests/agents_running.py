"""Agents as assistants of a whole core: the scripted one, and what tests ask of any."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, TypeVar

import psutil  # type: ignore[import-untyped]
from core_fixtures import CHAT, said
from core_running import ADA, ask, ended, message, until

from jupyter_chatcore.api import Approve, Posted
from jupyter_chatcore.assistants.agents.assistant import AgentAssistant
from jupyter_chatcore.assistants.agents.bounds import USUAL, Bounds
from jupyter_chatcore.assistants.process import MARK
from jupyter_chatcore.assistants.settings import AgentSettings
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.parts import Part, ToolPart
from jupyter_chatcore.protocol import Message

P = TypeVar("P", bound=Part)

FAKE = Path(__file__).with_name("fakeagent.py")
SECRET = "sk-fake-93jKd02mQpLz"


def fake(home: Path, *flags: str, idle: float = 60.0, bounds: Bounds = USUAL) -> AgentAssistant:
    """The scripted agent, which keeps its sessions in `home`."""
    settings = AgentSettings(
        command=[sys.executable, str(FAKE), *flags],
        title="Fake",
        env={"FAKE_HOME": str(home), "FAKE_SECRET": SECRET},
        idle=idle,
    )
    return AgentAssistant("fake", settings, bounds)


def heard(home: Path, method: str) -> list[dict[str, Any]]:
    """The parameters of all that the scripted agent was told with this method."""
    lines = (home / "heard.jsonl").read_text(encoding="utf-8").splitlines()
    notes = [json.loads(line) for line in lines]
    return [each.get("params") or {} for each in notes if each.get("method") == method]


def noted(home: Path, name: str) -> list[Any]:
    """What the scripted agent wrote down by itself under this name."""
    lines = (home / "heard.jsonl").read_text(encoding="utf-8").splitlines()
    return [note[name] for note in map(json.loads, lines) if name in note and "method" not in note]


def prompts(home: Path) -> list[tuple[str, list[str]]]:
    """The session and the texts of each prompt."""
    return [
        (each["sessionId"], [block["text"] for block in each["prompt"] if block["type"] == "text"])
        for each in heard(home, "session/prompt")
    ]


async def asked(chat: ChatCore, words: str, **more: object) -> Message:
    """The whole answer to a question."""
    return await ended(chat, await ask(chat, words, **more))


async def saying(chat: ChatCore, posted: Posted, words: str) -> Message:
    """The answer once it says these words, or has ended."""

    async def check() -> bool:
        found = await message(chat, posted.reply)
        return words in said(found) or found.status != "streaming"

    await until(chat, posted.cursor, check)
    return await message(chat, posted.reply)


async def awaiting(chat: ChatCore, posted: Posted, times: int = 1) -> Message:
    """The answer once it has asked for permission so often and waits."""

    async def check() -> bool:
        found = await message(chat, posted.reply)
        requests = [part for part in tools(found) if part.approval]
        waits = len(requests) >= times and requests[-1].status == "awaiting"
        return waits or found.status != "streaming"

    await until(chat, posted.cursor, check)
    return await message(chat, posted.reply)


async def decide(chat: ChatCore, found: Message, option: str) -> Message:
    """Answer the newest request for permission of a message."""
    index = max(
        number
        for number, part in enumerate(found.parts)
        if isinstance(part, ToolPart) and part.status == "awaiting"
    )
    return await chat.replies.decide(CHAT, found.id, index, Approve(option=option), ADA)


def of(found: Message, kind: type[P]) -> list[P]:
    """The parts of a kind."""
    return [part for part in found.parts if isinstance(part, kind)]


def tools(found: Message) -> list[ToolPart]:
    """The tool calls."""
    return of(found, ToolPart)


def kept(found: Message) -> dict[str, Any]:
    """What a reply keeps of its agent's session."""
    assert found.sent is not None
    assert found.sent.ext is not None
    ext = found.sent.ext["acp"]
    assert isinstance(ext, dict)
    return ext


def living(pid: int) -> bool:
    """Whether the process runs."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def children() -> list[str]:
    """The agents' processes below this one that still run, and what they have started."""
    found = psutil.Process(os.getpid()).children(recursive=True)
    return [str(process) for process in found if living(process.pid) and _is_agents(process)]


def _is_agents(process: psutil.Process) -> bool:
    try:
        return MARK in process.environ()
    except psutil.Error:
        return False


async def gone(*pids: int) -> None:
    """Wait until none of the processes runs."""
    async with asyncio.timeout(15):
        while any(map(living, pids)):
            await asyncio.sleep(0.02)
