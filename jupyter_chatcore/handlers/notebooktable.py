"""The routes of notebooks and kernels."""

from __future__ import annotations

from ..api import Undone, VariableList
from .notebooks import UndoHandler, VariablesHandler
from .query import NamesQuery
from .route import Operation, Route
from .workbench import WorkbenchSocket

NOTEBOOK_ROUTES = (
    Route(
        "chat/{session}/messages/{mid}/undo",
        UndoHandler,
        {
            "POST": Operation(
                "Take back what an answer changed in notebooks",
                {200: Undone},
                errors=(404, 409),
            ),
        },
    ),
    Route(
        "kernels/{kernel}/variables",
        VariablesHandler,
        {
            "GET": Operation(
                "The variables of a running kernel; those that are named come with previews",
                {200: VariableList},
                query=NamesQuery,
                errors=(404, 409),
            ),
        },
    ),
    Route(
        "workbench",
        WorkbenchSocket,
        {"GET": Operation("For pages that have notebooks open: a WebSocket", {101: None})},
    ),
)
