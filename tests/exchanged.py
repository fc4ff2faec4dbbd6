"""Chats of every kind for exports, and the files of other programs for imports."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec

from jupyter_chatcore.exports.writing import Writing
from jupyter_chatcore.parts import (
    BundleOutput,
    CellPart,
    CustomPart,
    DiffOutput,
    FilePart,
    NoticePart,
    OutputPart,
    Part,
    PlanEntry,
    PlanPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolPart,
    VariablePart,
)
from jupyter_chatcore.protocol import Author, Message, Session

NOW = "2026-01-02T03:04:05.678Z"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n not really").decode()
ADA = Author(username="ada", name="Ada L.", initials="AL")
DIGEST = "0" * 64

EVERY_PART: list[Part] = [
    TextPart(text="Look:\n\n```python\nx = 1\n```\nand\n```r\ny <- 2\n```", ext={"p": {"s": "="}}),
    OutputPart(data={"image/png": PNG, "text/plain": "<Figure>"}, metadata={"w": 1}),
    ReasoningPart(text="let me think\n```\nunclosed"),
    ToolPart(
        call="c",
        name="edit",
        title="Edit *it*",
        status="done",
        input="{}",
        output=[
            TextOutput(text="long"),
            DiffOutput(path="a.py", new="z"),
            BundleOutput(data={"text/html": "<b>1</b>", "application/json": {"a": [1]}}),
        ],
    ),
    PlanPart(entries=[PlanEntry(content="first", status="completed"), PlanEntry(content="2nd")]),
    FilePart(name="a.csv", mime="text/csv", url=f"chatcore/files/{DIGEST}/a.csv", size=3),
    CellPart(
        path="a.ipynb",
        cell_id="i1",
        cell_type="code",
        source="1/0",
        execution_count=3,
        outputs=[
            {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
            {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
            {"output_type": "execute_result", "data": {"text/plain": ["1"]}, "metadata": {}},
            {"nothing": 1},
        ],
    ),
    CellPart(path="a.ipynb", cell_id="i2", cell_type="markdown", source="# Hi"),
    VariablePart(name="df", kernel="k", python_type="DataFrame", preview={"text/plain": "a  b"}),
    NoticePart(name="n", text="a notice"),
    CustomPart(kind="odd", data={"k": [1, None]}),
    TextPart(text="```\nnever closed"),
]


def message(mid: int = 2, parts: list[Part] | None = None, **more: Any) -> Message:
    """A message of Ada's, or of whom is said."""
    known: dict[str, Any] = {"role": "user", "status": "done", "author": ADA, "created": NOW}
    return Message(id=mid, seq=mid, session="s", parts=parts or [], **{**known, **more})


def session(title: str = "A chat", **more: Any) -> Session:
    """The chat that they are in."""
    return Session(id="s", birth=1, seq=1, active=1, title=title, created=NOW, updated=NOW, **more)


def written(writing: Writing, *messages: Message, title: str = "A chat") -> str:
    """The whole file."""
    head = messages[-1].id if messages else None
    begin = writing.begin(session(title, head=head), len(messages), NOW)
    return begin + "".join(map(writing.message, messages)) + writing.end()


def node(
    key: str, parent: str | None, role: str | None = None, text: str = "", **more: Any
) -> dict[str, Any]:
    """A node of a conversation in ChatGPT's export."""
    content = more.pop("content", {"content_type": "text", "parts": [text]})
    said: dict[str, Any] | None = None
    if role is not None:
        said = {"id": key, "author": {"role": role, "name": more.pop("name", None)}}
        said |= {"content": content, "create_time": 1_700_000_000.5, "metadata": {}, **more}
    return {"id": key, "parent": parent, "children": [], "message": said}


def conversation(*nodes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A conversation of these nodes, that ends with the last of them."""
    mapping = {each["id"]: each for each in nodes}
    for each in nodes:
        if each["parent"] in mapping:
            mapping[each["parent"]]["children"].append(each["id"])
    known = {"title": "Plots", "create_time": 1_700_000_000, "conversation_id": "conv-1"}
    return {**known, "mapping": mapping, "current_node": nodes[-1]["id"] if nodes else None, **more}


def branched() -> dict[str, Any]:
    """A question that was answered twice, and gone on with after the first answer."""
    return conversation(
        node("root", None),
        node("sys", "root", "system"),
        node("q", "sys", "user", "How?"),
        node("a1", "q", "assistant", "So."),
        node("a2", "q", "assistant", "Or so."),
        node("q2", "a1", "user", "And then?"),
        node("a3", "q2", "assistant", "Done.", metadata={"model_slug": "gpt-x"}),
    )


def jupyter_chat() -> dict[str, Any]:
    """A `.chat` file: two people and a bot."""
    return {
        "users": {
            "u1": {"username": "u1", "display_name": "Grace", "initials": "GH", "bot": False},
            "b1": {"username": "b1", "name": "Jupyternaut", "bot": True},
        },
        "messages": [
            {"id": "m1", "time": 1_700_000_000.1, "sender": "u1", "body": "Hello", "type": "msg"},
            {"id": "m2", "time": 1_700_000_001, "sender": "b1", "body": "Hi **there**"},
            {"id": "m3", "time": 1_700_000_002, "sender": "u1", "body": "", "deleted": True},
            {"id": "m4", "time": 1_700_000_003, "sender": "u2", "body": "Look",
             "attachments": ["f1"], "mime_model": {"data": {"text/plain": "x"}}},
        ],
        "attachments": {"f1": {"type": "file", "value": "data/a.csv"}},
        "metadata": {"id": "chat-1"},
    }  # fmt: skip


def packed(value: Any) -> bytes:
    """The bytes of a file that holds this as JSON, as JavaScript writes halves of characters."""
    return json.dumps(value).encode()


def lines(*values: Any) -> bytes:
    """The bytes of a file of JSON lines."""
    return b"".join(msgspec.json.encode(value) + b"\n" for value in values)
