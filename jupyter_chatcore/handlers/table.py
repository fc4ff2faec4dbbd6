"""Every route, once: what is served, what is checked and what is documented."""

from __future__ import annotations

from typing import Any

from ..api import (
    Approve,
    Ask,
    AssistantList,
    ChatUsage,
    Edit,
    Fork,
    NewSession,
    Note,
    Posted,
    Regenerate,
    SearchResult,
    Seen,
    SessionPage,
    SessionPatch,
)
from ..health import Health
from ..protocol import Message, Page, Session
from .base import UnknownHandler
from .filetable import FILE_ROUTES
from .health import HealthHandler
from .lists import AssistantsHandler, OpenApiHandler, SearchHandler
from .messages import (
    ApprovalHandler,
    MessageHandler,
    MessagesHandler,
    SeenHandler,
    StopHandler,
)
from .notebooktable import NOTEBOOK_ROUTES
from .present import TypingHandler
from .query import AfterQuery, HealthQuery, PageQuery, SearchQuery, SessionsQuery
from .route import Operation, Route
from .serve import ServeSocket
from .sessions import ForkHandler, SessionHandler, SessionsHandler, UsageHandler
from .socket import EventsSocket, ListSocket
from .stream import AskHandler, EventsHandler, RegenerateHandler

_BODY = (413, 415, 422, 429)

ROUTES = (
    Route(
        "sessions",
        SessionsHandler,
        {
            "GET": Operation(
                "Chats, the most recently used first", {200: SessionPage}, query=SessionsQuery
            ),
            "POST": Operation(
                "Make a chat, or find it by its key",
                {201: Session, 200: Session},
                body=NewSession,
                errors=_BODY,
            ),
        },
    ),
    Route(
        "sessions/{session}",
        SessionHandler,
        {
            "GET": Operation("One chat", {200: Session}, errors=(404,)),
            "PUT": Operation(
                "Make a chat with this id, if there is none",
                {201: Session, 200: Session},
                body=NewSession,
                errors=(409, *_BODY),
            ),
            "PATCH": Operation(
                "Rename a chat, change its settings, show another branch",
                {200: Session},
                body=SessionPatch,
                errors=(404, *_BODY),
            ),
            "DELETE": Operation("Delete a chat and its messages", {204: None}, errors=(404,)),
        },
    ),
    Route(
        "chat/{session}",
        AskHandler,
        {
            "POST": Operation(
                "Store a user's message and stream its reply",
                {202: Posted},
                body=Ask,
                streams=True,
                errors=(404, 409, *_BODY),
            ),
        },
    ),
    Route(
        "chat/{session}/messages",
        MessagesHandler,
        {
            "GET": Operation(
                "A page of the branch shown, newest last",
                {200: Page},
                query=PageQuery,
                errors=(404,),
            ),
            "POST": Operation(
                "Store a message that wants no reply",
                {201: Message, 200: Message},
                body=Note,
                errors=(404, *_BODY),
            ),
        },
    ),
    Route(
        "chat/{session}/messages/{mid}",
        MessageHandler,
        {
            "GET": Operation("One message", {200: Message}, errors=(404,)),
            "PATCH": Operation(
                "Another version of a message, beside it",
                {200: Posted},
                body=Edit,
                errors=(404, 409, *_BODY),
            ),
            "DELETE": Operation(
                "Delete what a message says; its place stays", {200: Message}, errors=(404,)
            ),
        },
    ),
    Route(
        "chat/{session}/messages/{mid}/regenerate",
        RegenerateHandler,
        {
            "POST": Operation(
                "Have another answer, beside the first",
                {202: Posted},
                body=Regenerate,
                streams=True,
                errors=(404, 409, *_BODY),
            ),
        },
    ),
    Route(
        "chat/{session}/messages/{mid}/stop",
        StopHandler,
        {
            "POST": Operation(
                "Stop a reply, or the replies to a message", {200: Message}, errors=(404,)
            ),
        },
    ),
    Route(
        "chat/{session}/messages/{mid}/parts/{part}/approval",
        ApprovalHandler,
        {
            "POST": Operation(
                "Answer a tool call's request for permission",
                {200: Message},
                body=Approve,
                errors=(404, 409, *_BODY),
            ),
        },
    ),
    Route(
        "chat/{session}/fork",
        ForkHandler,
        {
            "POST": Operation(
                "Make a chat of the messages up to one, or find it by its key",
                {201: Session, 200: Session},
                body=Fork,
                errors=(404, 409, *_BODY),
            ),
        },
    ),
    Route(
        "chat/{session}/usage",
        UsageHandler,
        {
            "GET": Operation(
                "What the answers of a chat took, on every branch", {200: ChatUsage}, errors=(404,)
            ),
        },
    ),
    *FILE_ROUTES,
    *NOTEBOOK_ROUTES,
    Route(
        "chat/{session}/seen",
        SeenHandler,
        {
            "POST": Operation(
                "The user has read up to a message",
                {204: None},
                body=Seen,
                errors=(404, *_BODY),
            ),
        },
    ),
    Route(
        "chat/{session}/typing",
        TypingHandler,
        {"POST": Operation("Tell the others that the user writes", {204: None})},
    ),
    Route(
        "chat/{session}/events",
        EventsHandler,
        {
            "GET": Operation(
                "Everything that happens in a chat, live",
                {},
                query=AfterQuery,
                streams=True,
                errors=(404, 409),
            ),
        },
    ),
    Route(
        "chat/{session}/ws",
        EventsSocket,
        {
            "GET": Operation(
                "The same events over a WebSocket, in batches", {101: None}, query=AfterQuery
            ),
        },
    ),
    Route(
        "ws",
        ListSocket,
        {
            "GET": Operation(
                "What happens to all chats, over a WebSocket, in batches",
                {101: None},
                query=AfterQuery,
            ),
        },
    ),
    Route(
        "serve",
        ServeSocket,
        {"GET": Operation("For kernels whose functions answer chats: a WebSocket", {101: None})},
    ),
    Route(
        "assistants",
        AssistantsHandler,
        {"GET": Operation("Who can answer, and whether they can now", {200: AssistantList})},
    ),
    Route(
        "search",
        SearchHandler,
        {
            "GET": Operation(
                "Messages that have these words", {200: SearchResult}, query=SearchQuery
            )
        },
    ),
    Route(
        "health",
        HealthHandler,
        {"GET": Operation("How the server is", {200: Health}, query=HealthQuery)},
    ),
    Route(
        "openapi.json",
        OpenApiHandler,
        {"GET": Operation("This description", {200: dict[str, Any]})},
    ),
)


def tornado_handlers() -> list[tuple[Any, ...]]:
    """The routes as Tornado takes them, below the server's base URL."""
    served = [(route.pattern, route.handler, {"route": route}) for route in ROUTES]
    return [*served, (r"chatcore(?:/.*)?", UnknownHandler)]
