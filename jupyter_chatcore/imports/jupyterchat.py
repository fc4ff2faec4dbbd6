"""The `.chat` files of jupyterlab-chat and of Jupyter AI.

An object with `messages` (a list, each with `id`, `time` in seconds, `sender`, `body`
and maybe `attachments`, `mime_model`, `deleted`), `users` by their usernames,
`attachments` by their ids, and `metadata`, whose `id` is the chat's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from ..assistants.telling import fenced
from ..parts import OutputPart, Part, TextPart
from ..wellformed import well_formed, well_formed_value
from .foreign import (
    ForeignChat,
    ForeignMessage,
    NotThisFormat,
    author,
    chat_key,
    checked,
    message_key,
    time_of,
    title_line,
)
from .reading import as_dict, as_list, as_text

KIND = "jupyter-chat"
_BOTS = ("jupyter-ai-personas::", "jupyter-ai::")
_NEVER = "1970-01-01T00:00:00.000Z"


def chat(value: Any, name: str, limit: int) -> ForeignChat:
    """The chat of a file called `name`; `limit` is how many bytes a message may have.

    Raises:
        NotThisFormat: the value is nothing of the kind.
    """
    document = as_dict(value)
    if not isinstance(document.get("messages"), list) or "users" not in document:
        raise NotThisFormat
    messages = [m for m in document["messages"] if isinstance(m, dict) and not m.get("deleted")]
    source = as_text(as_dict(document.get("metadata")).get("id")) or _digest(messages[:1])
    keys = _keys(messages)
    return ForeignChat(
        key=chat_key(KIND, source),
        title=title_line(PurePath(name).stem),
        created=next((t for m in messages if (t := time_of(m.get("time")))), _NEVER),
        head=keys[-1] if keys else "",
        messages=lambda: _messages(document, messages, keys, limit),
    )


def _keys(messages: list[dict[str, Any]]) -> list[str]:
    """A key for each message: its id, if no other has it."""
    keys: dict[str, None] = {}
    for message in messages:
        identity = as_text(message.get("id"))
        key = message_key(identity or _digest(message))
        while key in keys:
            key = message_key(_digest([key, message]))
        keys[key] = None
    return list(keys)


def _messages(
    document: dict[str, Any], messages: list[dict[str, Any]], keys: list[str], limit: int
) -> Iterator[ForeignMessage]:
    users, files = as_dict(document.get("users")), as_dict(document.get("attachments"))
    above, time = None, _NEVER
    for message, key in zip(messages, keys, strict=True):
        sender = as_text(message.get("sender"))
        user = as_dict(users.get(sender))
        time = time_of(message.get("time")) or time
        found = ForeignMessage(
            key=key,
            parent=above,
            role="assistant" if user.get("bot") is True or sender.startswith(_BOTS) else "user",
            parts=list(_parts(message, files)),
            created=time,
            author=author(
                sender, user.get("display_name") or user.get("name"), user.get("initials")
            ),
        )
        yield checked(found, limit)
        above = key


def _parts(message: dict[str, Any], files: dict[str, Any]) -> Iterator[Part]:
    if text := well_formed(as_text(message.get("body"))):
        yield TextPart(text=text)
    data = as_dict(as_dict(message.get("mime_model")).get("data"))
    if data:
        yield OutputPart(data=well_formed_value(data))
    attached = [as_dict(files.get(as_text(each))) for each in as_list(message.get("attachments"))]
    if told := [line for file in attached if (line := _attachment(file))]:
        yield TextPart(text="\n\n".join(told))


def _attachment(file: dict[str, Any]) -> str:
    """An attachment is a path on the server that the chat was on: told, and no link."""
    path = title_line(file.get("value"))
    selected = as_text(as_dict(file.get("selection")).get("content"))
    line = f"Attached: `{path.replace('`', ' ')}`" if path else ""
    return f"{line}\n\n{fenced(well_formed(selected))}" if line and selected else line


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "backslashreplace")).hexdigest()
