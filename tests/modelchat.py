"""A chat core that answers with a scripted model server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core_fixtures import CHAT
from core_running import ADA, core, ended
from scriptedserver import ScriptedServer, scripted_server

from jupyter_chatcore.api import Ask, Regenerate
from jupyter_chatcore.assistants.base import (
    AssistantError,
    Decision,
    Item,
    Tool,
    Turn,
    no_decision,
)
from jupyter_chatcore.assistants.models.assistant import ModelAssistant
from jupyter_chatcore.assistants.models.retry import Retry
from jupyter_chatcore.assistants.settings import ModelSettings
from jupyter_chatcore.core import ChatCore
from jupyter_chatcore.draft import Draft
from jupyter_chatcore.parts import NoticePart, Part, TextPart, ToolPart
from jupyter_chatcore.protocol import Message, Role, Sent, Session, Usage
from jupyter_chatcore.reply import ReplyOptions

KEY = "sk-4d6oXh29dDlPqZ81"
QUICK = Retry(tries=3, first=0.01, patience=0.5)


def settings(base_url: str, **more: Any) -> ModelSettings:
    """A server called Oracle, whose window is told, so that nothing but questions is sent."""
    known: dict[str, Any] = {"title": "Oracle", "key": KEY, "model": "some-model", "window": 8000}
    return ModelSettings(base_url=base_url, **{**known, "tools": False, "timeout": 10, **more})


@dataclass(frozen=True)
class ModelChat:
    """The chat `CHAT` and the server behind it."""

    chat: ChatCore
    server: ScriptedServer

    async def answer(self, words: str | None = "hello", **more: object) -> Message:
        """Ask, and wait for the answer's end; `more` are the other fields of `Ask`."""
        body = Ask(text=words, **more)  # type: ignore[arg-type]
        return await ended(self.chat, await self.chat.replies.ask(CHAT, body, ADA))

    async def note(self, role: Role, parts: list[Part]) -> None:
        """Store a message that wants no answer."""
        await self.chat.feed.write(lambda store: store.persist_message(CHAT, parts, role=role))

    async def again(self, message: int) -> Message:
        """Another answer in place of one."""
        posted = await self.chat.replies.regenerate(CHAT, message, Regenerate(), ADA)
        return await ended(self.chat, posted)


@asynccontextmanager
async def model_chat(
    folder: Path,
    retry: Retry = QUICK,
    path: str = "/v1",
    options: ReplyOptions | None = None,
    **more: Any,
) -> AsyncIterator[ModelChat]:
    """A chat whose assistant asks a scripted server; `more` are other settings of it."""
    async with scripted_server() as server:
        assistant = ModelAssistant("oracle", settings(server.url + path, **more), retry)
        async with core(folder, assistant, options=options) as chat:
            yield ModelChat(chat, server)


def code(message: Message) -> str | None:
    """Why a message failed, None where it did not."""
    return message.error.code if message.error else None


def notices(message: Message) -> dict[str, str]:
    """The texts of a message's notices, by name."""
    return {part.name: part.text for part in message.parts if isinstance(part, NoticePart)}


def turn(words: str = "hello", *tools: Tool, decision: Decision = no_decision) -> Turn:
    """A turn outside any chat: one question, and what may be called."""
    now = "2026-01-01T00:00:00Z"
    asked: list[Part] = [TextPart(text=words)]
    return Turn(
        session=Session(id=CHAT, birth=1, seq=1, active=1, title="", created=now, updated=now),
        history=(),
        prompt=Message(
            id=2, seq=2, session=CHAT, role="user", status="done", created=now, parts=asked
        ),
        reply=3,
        tools=tools,
        decision=decision,
    )


@dataclass(frozen=True)
class Told:
    """What an assistant yielded, folded as the framework folds it, and how it ended."""

    parts: list[Part]
    items: list[Item]
    sent: Sent | None
    usage: Usage | None
    error: AssistantError | None

    @property
    def tools(self) -> list[ToolPart]:
        """The tool calls."""
        return [part for part in self.parts if isinstance(part, ToolPart)]

    @property
    def text(self) -> str:
        """All that was said."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))


async def tell(assistant: ModelAssistant, turn: Turn) -> Told:
    """The whole answer to a turn."""
    draft, items, failure = Draft(2**24), [], None
    try:
        async with aclosing(assistant.reply(turn)) as answer:
            async for item in answer:
                draft.add(item)
                items.append(item)
    except AssistantError as error:
        failure = error
    return Told(draft.parts(), items, draft.sent, draft.usage, failure)
