"""The local model as tests run it: a scripted model, in a process that can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from core_running import core
from jupyterprocess import wait_for
from scriptedgguf import write_model

from jupyter_chatcore.assistants.local.assistant import LocalAssistant
from jupyter_chatcore.assistants.settings import LocalSettings
from jupyter_chatcore.core import ChatCore


def tiny(folder: Path) -> Path:
    """A model file that a scripted model is in."""
    path = folder / "tiny.gguf"
    write_model(path)
    return path


def local(path: Path, silence: float = 60.0, **settings: Any) -> LocalAssistant:
    """The assistant of a model file."""
    given = {"window": 4096, "threads": 1} | settings
    return LocalAssistant(LocalSettings(model=str(path), **given), silence)


@asynccontextmanager
async def chatting(folder: Path, assistant: LocalAssistant) -> AsyncIterator[ChatCore]:
    """A core that it answers in; afterwards its process is gone."""
    async with core(folder, assistant) as chat:
        yield chat
        pid = assistant.pid
    assert pid is None or not alive(pid)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    folder = Path(f"/proc/{pid}")
    try:
        state = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        # the first thread may be gone while the others still are on their way
        return state != "Z" or len(list((folder / "task").iterdir())) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False


async def soon(what: str, ready: Callable[[], Any]) -> None:
    """Wait until it is so."""
    await asyncio.to_thread(wait_for, what, ready, 15)
