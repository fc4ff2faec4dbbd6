"""ChatGPT's export: `conversations.json`, or the ZIP file that it comes in.

Each conversation is a tree, `mapping`: nodes by their ids, with `parent`, `children` and
`message` (None at the root). A message has an author's `role`, `content` of some
`content_type`, `create_time` in seconds, `recipient` and `metadata`. `current_node` is
the leaf that is shown. What is hidden from the reader there is left out here, with
nodes that say nothing; what goes on from them goes on from what is above.

Steps of an answer that follow each other (thoughts, a tool's call, its result, the text)
are nodes of their own there, and one message here, unless something branches off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import Invalid
from ..parts import Part
from ..protocol import Role
from .chatgptparts import folded, is_hidden, parts_of
from .foreign import (
    ForeignChat,
    ForeignMessage,
    NotThisFormat,
    author,
    chat_key,
    checked,
    message_key,
    one_line,
    time_of,
    title_line,
)
from .reading import as_dict, as_list, as_text

KIND = "chatgpt"
_NEVER = "1970-01-01T00:00:00.000Z"
_ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "tool": "assistant",
    "system": "system",
}
_NAMES = {"user": "User", "assistant": "ChatGPT", "system": "System"}


@dataclass
class Node:
    """A node that says something. `nodes` are the ids of those that were joined in it."""

    key: str
    parent: str | None
    role: Role
    parts: list[Part]
    created: str | None
    model: str | None
    nodes: list[str] = field(default_factory=list)


def chat(value: Any, name: str, limit: int) -> ForeignChat:
    """One conversation; `limit` is how many bytes a message may have.

    Raises:
        NotThisFormat: the value is none.
        Invalid: its tree runs in a circle.
    """
    conversation = as_dict(value)
    if not isinstance(conversation.get("mapping"), dict):
        raise NotThisFormat
    mapping = {key: as_dict(node) for key, node in conversation["mapping"].items()}
    order = _order(mapping)
    if len(order) < len(mapping):
        title = one_line(conversation.get("title"))
        raise Invalid(f"The conversation {title!r} cannot be read: it runs in a circle.")
    nodes = _joined(mapping, order)
    source = as_text(conversation.get("conversation_id")) or as_text(conversation.get("id"))
    created = time_of(conversation.get("create_time"))
    first = next((node.created for node in nodes if node.created), None)
    return ForeignChat(
        key=chat_key(KIND, source or next(iter(order), "")),
        title=title_line(conversation.get("title")),
        created=created or first or _NEVER,
        head=_head(conversation, mapping, nodes),
        messages=lambda: _messages(nodes, created or first or _NEVER, limit),
        archived=conversation.get("is_archived") is True,
    )


def _order(mapping: dict[str, dict[str, Any]]) -> list[str]:
    """The ids of the nodes that a root leads to, parents first, children as they are listed."""
    below: dict[str | None, list[str]] = {}
    for key, node in mapping.items():
        parent = node.get("parent")
        known = parent if isinstance(parent, str) and parent in mapping else None
        below.setdefault(known, []).append(key)
    found: list[str] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        key = waiting.pop()
        found.append(key)
        waiting += _listed(mapping[key], below.get(key, []))[::-1]
    return found


def _listed(node: dict[str, Any], children: list[str]) -> list[str]:
    """The children in the order in which their parent names them."""
    places = {
        key: place
        for place, key in enumerate(as_list(node.get("children")))
        if isinstance(key, str)
    }
    return sorted(children, key=lambda key: places.get(key, len(places)))


def _joined(mapping: dict[str, dict[str, Any]], order: list[str]) -> list[Node]:
    """What is said, parents first; steps of one answer are one."""
    said = {key: _said(key, mapping[key]) for key in order}
    above: dict[str, str | None] = {}
    kept = [key for key in order if said[key] is not None]
    for key in order:
        parent = mapping[key].get("parent")
        known = parent if isinstance(parent, str) and parent in mapping else None
        above[key] = known if known is None or said[known] is not None else above[known]
    children: dict[str | None, int] = {}
    for key in kept:
        children[above[key]] = children.get(above[key], 0) + 1
    home: dict[str, Node] = {}
    made: list[Node] = []
    for key in kept:
        node, over = said[key], home.get(above[key] or "")
        assert node is not None
        if over and node.role == over.role == "assistant" and children[above[key]] == 1:
            over.parts = folded(over.parts, node.parts)
            over.nodes.append(key)
            over.model = node.model or over.model
            home[key] = over
            continue
        node.parent = over.key if over else None
        home[key] = node
        made.append(node)
    return made


def _said(key: str, node: dict[str, Any]) -> Node | None:
    """What a node says; None where there is nothing to show."""
    message = as_dict(node.get("message"))
    role = _ROLES.get(as_text(as_dict(message.get("author")).get("role")))
    parts = [] if role is None or is_hidden(message) else parts_of(message, key)
    if role is None or not parts:
        return None
    return Node(
        key=message_key(key),
        parent=None,
        role=role,
        parts=parts,
        created=time_of(message.get("create_time")),
        model=one_line(as_dict(message.get("metadata")).get("model_slug")) or None,
        nodes=[key],
    )


def _head(
    conversation: dict[str, Any], mapping: dict[str, dict[str, Any]], nodes: list[Node]
) -> str:
    """The message that is shown last: that of `current_node`, or of the nearest above it."""
    home = {key: node.key for node in nodes for key in node.nodes}
    at: Any = conversation.get("current_node")
    for _ in range(len(mapping)):
        if not isinstance(at, str) or at not in mapping:
            break
        if at in home:
            return home[at]
        at = mapping[at].get("parent")
    return nodes[-1].key if nodes else ""


def _messages(nodes: list[Node], created: str, limit: int) -> Iterator[ForeignMessage]:
    times: dict[str | None, str] = {None: created}
    for node in nodes:
        times[node.key] = time = node.created or times[node.parent]
        found = ForeignMessage(
            key=node.key,
            parent=node.parent,
            role=node.role,
            parts=node.parts,
            created=time,
            author=author(f"chatgpt-{node.role}", _NAMES[node.role]),
            model=node.model if node.role == "assistant" else None,
        )
        yield checked(found, limit)
