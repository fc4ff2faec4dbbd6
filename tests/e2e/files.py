"""Files as a person brings them into a chat: pasted, dropped and chosen."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from lab import ChatView
from playwright.sync_api import Locator

CHIP = "[data-attached]"
_FILES = """({files}) => {
  const data = new DataTransfer();
  for (const {name, mime, base64} of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], name, {type: mime}));
  }
  return data;
}"""
_PASTE = """(element, data) => element.dispatchEvent(new ClipboardEvent("paste", {
  clipboardData: data, bubbles: true, cancelable: true,
}))"""
_DRAG = """(element, {data, kind}) => element.dispatchEvent(new DragEvent(kind, {
  dataTransfer: data, bubbles: true, cancelable: true,
}))"""


def png(width: int = 320, height: int = 200, colour: bytes = b"\x2a\x7a\xc8") -> bytes:
    """A picture in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack("!I", len(data)) + whole + struct.pack("!I", zlib.crc32(whole))

    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + colour * width) * height)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chips(chat: ChatView) -> Locator:
    """The files of the message that is being written."""
    return chat.root.locator(CHIP)


def choose(chat: ChatView, name: str, mime: str, data: bytes) -> None:
    """Choose a file in the browser's dialog."""
    field = chat.root.locator("input[type=file]")
    field.set_input_files({"name": name, "mimeType": mime, "buffer": data})


def paste(chat: ChatView, name: str, mime: str, data: bytes) -> None:
    """Paste a file from the clipboard."""
    chat.input.evaluate_handle(_PASTE, _transfer(chat, (name, mime, data)))


def drag(chat: ChatView, kind: str, name: str, mime: str, data: bytes) -> None:
    """One step of dragging a file over the messages: dragenter, dragover, dragleave or drop."""
    transfer = _transfer(chat, (name, mime, data))
    chat.log.evaluate_handle(_DRAG, {"data": transfer, "kind": kind})


def _transfer(chat: ChatView, *files: tuple[str, str, bytes]) -> Any:
    given = [
        {"name": name, "mime": mime, "base64": base64.b64encode(data).decode()}
        for name, mime, data in files
    ]
    return chat.root.page.evaluate_handle(_FILES, {"files": given})
