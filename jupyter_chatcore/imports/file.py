"""What an imported file is: found out by what is in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from ..errors import Invalid, TooLarge
from . import chatgpt, jsonl, jupyterchat
from .foreign import ForeignChat, NotThisFormat
from .reading import values

MESSAGE_BYTES = 16 * 2**20
"""The most that one message may have, as an answer by default."""
_FORMATS = (
    "Files that can be imported: a JSONL export of this chat, a `.chat` file of jupyterlab-chat,"
    " and ChatGPT's export (`conversations.json`, or the ZIP file that it is in)."
)
_ZIP = b"PK\x03\x04"


def chats(data: bytes, name: str, limit: int) -> Iterator[ForeignChat]:
    """The chats in a file called `name`, as they are read; those without messages are left out.

    `limit` is how many bytes may come out of a ZIP file. Ask for the messages of a chat
    before the next chat.

    Raises:
        Invalid: it is no file of chats, or broken; the text says what is wrong.
        TooLarge: a ZIP file holds more than the limit.
    """
    if data.startswith(_ZIP):
        for inner in _unzipped(data, limit):
            yield from _found(inner, name)
        return
    yield from _found(data, name)


def _found(data: bytes, name: str) -> Iterator[ForeignChat]:
    try:
        found = jsonl.chats(data, name, MESSAGE_BYTES)
        yield from (chat for chat in found if chat.head)
    except NotThisFormat:
        chats = (_chat(value, name) for value in values(data))
        yield from (chat for chat in chats if chat.head)


def _chat(value: Any, name: str) -> ForeignChat:
    for read in (chatgpt.chat, jupyterchat.chat):
        try:
            return read(value, name, MESSAGE_BYTES)
        except NotThisFormat:
            continue
    raise Invalid(f"The file holds something that is no chat. {_FORMATS}")


def _unzipped(data: bytes, limit: int) -> Iterator[bytes]:
    """The files of conversations in a ZIP file, at most `limit` bytes of each."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [each for each in archive.namelist() if _is_conversations(each)]
            if not names:
                raise Invalid(f"The ZIP file has no `conversations.json`. {_FORMATS}")
            for name in sorted(names):
                with archive.open(name) as file:
                    inner = file.read(limit + 1)
                if len(inner) > limit:
                    raise TooLarge(
                        f"`conversations.json` has more than {limit} bytes: raise the server's"
                        " setting ChatcoreApp.max_import_bytes."
                    )
                yield inner
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Invalid(f"The ZIP file cannot be read: {error}.") from None


def _is_conversations(name: str) -> bool:
    """Large exports come in numbered pieces."""
    path = PurePosixPath(name)
    return path.suffix == ".json" and path.stem.split("-")[0] == "conversations"
