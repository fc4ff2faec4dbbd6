"""A server that is killed in mid-answer, again and again: what was acknowledged is there."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from jupyterprocess import BARE, JupyterProcess, wait_for

from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.store import Store

CHAT = "crash"
KILLS = 50
PROMPT = "stream 400 1ms"
ANSWER = "".join(f"w{n} " for n in range(400))


class Talker(threading.Thread):
    """Asks one question after another until the server dies under it."""

    def __init__(self, server: JupyterProcess, life: int) -> None:
        super().__init__()
        self.acknowledged: dict[str, dict[str, int]] = {}
        self.unanswered: str | None = None
        self.talking = threading.Event()
        self._server = server
        self._life = life

    def run(self) -> None:
        for turn in range(10**6):
            key = f"{self._life}-{turn}"
            self.unanswered = key
            try:
                self.acknowledged[key] = ask(self._server, key)
            except (httpx.TransportError, AssertionError):
                return
            self.unanswered = None
            self.talking.set()


def ask(server: JupyterProcess, key: str) -> dict[str, int]:
    body = {"text": PROMPT, "key": key, "assistant": "scripted"}
    headers = {"Accept": "application/json"}
    posted: dict[str, int] = server.call("POST", f"chatcore/chat/{CHAT}", body, headers=headers)
    return posted


def said(message: dict[str, Any]) -> str:
    return "".join(part["text"] for part in message["parts"])


def check(messages: list[dict[str, Any]], acknowledged: dict[str, dict[str, int]]) -> None:
    """Everything acknowledged is there once, and nothing is left unfinished."""
    keys = [m["key"] for m in messages if m["role"] == "user"]
    assert len(keys) == len(set(keys)) and set(acknowledged) <= set(keys)
    by_id = {m["id"]: m for m in messages}
    for key, ids in acknowledged.items():
        assert by_id[ids["message"]]["key"] == key
        assert by_id[ids["reply"]]["parent"] == ids["message"]
    for reply in (m for m in messages if m["role"] == "assistant"):
        assert reply["status"] in ("done", "interrupted")
        assert ANSWER.startswith(said(reply))
        assert reply["status"] == "interrupted" or said(reply) == ANSWER


def one_life(server: JupyterProcess, life: int, pause: float) -> Talker:
    """Talk to the server until it is killed at some moment."""
    talker = Talker(server, life)
    talker.start()
    assert talker.talking.wait(30)
    threading.Event().wait(pause)
    server.kill()
    talker.join(30)
    return talker


@pytest.mark.timeout(900)
def test_nothing_acknowledged_is_lost_in_fifty_kills(tmp_path: Path) -> None:
    moments = random.Random(20)
    acknowledged: dict[str, dict[str, int]] = {}
    server = JupyterProcess(tmp_path, "server", BARE, "--ChatcoreApp.max_posts_per_minute=0")
    try:
        server.start()
        server.call("PUT", f"chatcore/sessions/{CHAT}", {})
        for life in range(KILLS):
            talker = one_life(server, life, moments.random() * 0.4)
            acknowledged |= talker.acknowledged
            server.start()
            if talker.unanswered:
                acknowledged[talker.unanswered] = ask(server, talker.unanswered)
        messages = wait_for("the last answers", lambda: settled(server), 120)
    finally:
        server.close()
    check(messages, acknowledged)
    assert sum(m["status"] == "interrupted" for m in messages) >= KILLS
    assert verified(tmp_path / "data" / "chatcore" / "chats.sqlite") == []


def settled(server: JupyterProcess) -> list[dict[str, Any]]:
    """All messages, once none is unfinished."""
    messages = server.messages(CHAT)
    return [] if any(m["status"] == "streaming" for m in messages) else messages


def verified(path: Path) -> list[str]:
    """What the store finds wrong with itself."""
    store = Store(DatabaseConfig(path=path), read_only=True)
    found = store.verify()
    store.close()
    return found
