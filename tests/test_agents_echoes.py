"""Which of an agent's calls are taken for calls of the chat's own tools, and are allowed."""

from __future__ import annotations

import pytest
from acp.schema import ToolCallProgress

from jupyter_chatcore.assistants.agents.echoes import Echoes

NAMES = ("run_cell", "small__add")


def told(**fields: object) -> ToolCallProgress:
    """An update of a call."""
    known = {"sessionUpdate": "tool_call_update", "toolCallId": "c1"}
    return ToolCallProgress.model_validate({**known, **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "jupyter_chat_run_cell"},
        {"title": "jupyter_chat_run_cell", "kind": "other"},
        {"title": "jupyter_chat_small__add"},
        {"title": "mcp__jupyter_chat__run_cell"},
        {"title": "run_cell (jupyter_chat MCP Server)"},
        {"title": "Tool: jupyter_chat/run_cell"},
        {"title": '{"cell": "a"}', "toolCallId": "mcp_jupyter_chat_run_cell-1764060000000"},
        {"title": "Run", "_meta": {"claudeCode": {"toolName": "mcp__jupyter_chat__run_cell"}}},
        {"title": "Run", "_meta": {"toolName": "mcp__jupyter_chat__run_cell"}},
    ],
)
def test_ours(fields: dict[str, object]) -> None:
    assert Echoes(NAMES).hides(told(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "run_cell"},
        {"title": "other_run_cell"},
        {"title": "jupyter_chat_delete_everything"},
        {"title": "rm -rf jupyter_chat_run_cell"},
        {"title": "jupyter_chat_run_cell; rm -rf ."},
        {"title": "jupyter_chat_run_cell", "kind": "execute"},
        {"title": "jupyter_chat_run_cell", "kind": "edit"},
        {"title": "jupyter_chat_run_cell", "kind": "fetch"},
        {"kind": "other"},
    ],
)
def test_not_ours(fields: dict[str, object]) -> None:
    assert not Echoes(NAMES).hides(told(**fields))
