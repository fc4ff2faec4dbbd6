"""The sessions of one agent's process: what each knows of the chat, and what is chosen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from acp.schema import ConfigOptionUpdate, CurrentModeUpdate, SessionNotification

from ..base import AssistantError, Turn
from ..settings import AgentSettings
from . import options
from .agent import Agent
from .bounds import Bounds
from .memory import Past, Replay, past
from .options import Option, Options
from .usage import Ledger


class Opened(NamedTuple):
    """A session to ask in: the number of prompts that it has had, 0 where it is new."""

    id: str
    turns: int


class Sessions:
    """One agent for one chat. A chat of several branches has a session for each."""

    def __init__(
        self, name: str, settings: AgentSettings, title: str, folder: Path, bounds: Bounds
    ) -> None:
        self.agent = Agent(settings, title, folder, bounds, self._heard)
        self.options: Options = {}
        self._name = name
        self._bounds = bounds
        self._last: dict[str, int | None] = {}
        self._options: dict[str, Options] = {}
        self._usual: dict[str, Mapping[str, str]] = {}
        self._ledgers: dict[str, Ledger] = {}
        self._replays: dict[str, Replay] = {}

    async def open(self, turn: Turn) -> Opened:
        """The session that knows what is shown, else a new one.

        Raises:
            AssistantError: the agent opens none.
        """
        known = past(turn.history, self._name)
        if known is not None and await self._knows(known):
            return Opened(known.session, known.turns)
        return Opened(await self._new(), 0)

    def asked(self, session: str) -> None:
        """A prompt is sent: what the session knows is not certain until it has ended."""
        self._last[session] = None
        self._ledgers[session].begin()

    def replied(self, session: str, reply: int) -> None:
        """The session's last word is this reply."""
        self._last[session] = reply

    def ledger(self, session: str) -> Ledger:
        """What the session has taken."""
        return self._ledgers[session]

    async def choose(self, session: str, settings: Mapping[str, Any]) -> dict[str, str]:
        """Set what is chosen, the usual where nothing is; the values by their names.

        Raises:
            AssistantError: there is no such value, or the agent refuses it.
        """
        usual = self._usual[session]
        for name in list(self._options[session]):
            option = self._options[session][name]
            value = options.chosen(option, settings, usual.get(name, option.value))
            if value != option.value:
                await self._set(session, option, value)
        return {name: option.value for name, option in self._options[session].items()}

    async def _set(self, session: str, option: Option, value: str) -> None:
        params = {"sessionId": session, option.key: value, **option.extra}
        doing = f"set the {option.name} {value!r}"
        answer = await self.agent.request(doing, option.method, params, self._bounds.open)
        changed = {option.name: replace(option, value=value)}
        self._options[session] = self._options[session] | changed | options.read(answer)

    async def _knows(self, known: Past) -> bool:
        """Whether the session ends with that reply; one of an earlier process is loaded."""
        if known.session in self._last:
            return self._last[known.session] == known.reply
        capabilities = self.agent.hello.agent_capabilities
        return bool(capabilities and capabilities.load_session) and await self._load(known)

    async def _load(self, known: Past) -> bool:
        replay = self._replays[known.session] = Replay()
        params = {**self._place(), "sessionId": known.session}
        try:
            answer = await self.agent.request(
                "load the session", "session/load", params, self._bounds.open
            )
        except AssistantError:
            if not self.agent.alive:
                raise
            return False
        finally:
            del self._replays[known.session]
        self._take(known.session, answer, followed=False)
        if replay.agrees(known):
            self._last[known.session] = known.reply
        return self._last[known.session] == known.reply

    async def _new(self) -> str:
        answer = await self.agent.request(
            "open a session", "session/new", self._place(), self._bounds.open
        )
        session = answer.get("sessionId")
        if not isinstance(session, str):
            raise AssistantError(
                "agent_protocol",
                f"{self.agent.title} opened no session. Install another version of it.",
            )
        self._take(session, answer, followed=True)
        return session

    def _place(self) -> dict[str, Any]:
        return {"cwd": str(self.agent.folder), "mcpServers": self.agent.servers}

    def _take(self, session: str, answer: dict[str, Any], followed: bool) -> None:
        found = self.options = options.read(answer)
        self._options[session] = found
        self._usual[session] = {name: options.preset(each) for name, each in found.items()}
        info = self.agent.hello.agent_info
        self._ledgers[session] = Ledger(info.name if info else "", followed)
        self._last[session] = None

    def _heard(self, told: SessionNotification) -> None:
        if replay := self._replays.get(told.session_id):
            replay.add(told.update)
        if isinstance(told.update, ConfigOptionUpdate | CurrentModeUpdate):
            found = self._options.get(told.session_id, {})
            self._options[told.session_id] = options.updated(found, told.update)
