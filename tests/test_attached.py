"""What of a file reaches who answers: read, cut, named, and never more than that."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from modelchat import turn

from jupyter_chatcore.assistants.attached import Limits, attached, words_of
from jupyter_chatcore.assistants.base import Turn
from jupyter_chatcore.assistants.telling import Image, Text
from jupyter_chatcore.errors import NotFound
from jupyter_chatcore.parts import FilePart
from jupyter_chatcore.protocol import Message, Role

pytestmark = pytest.mark.asyncio

PNG = b"\x89PNG\r\n\x1a\n not really"


def part(name: str, mime: str, data: bytes) -> FilePart:
    return FilePart(name=name, mime=mime, url=name, size=len(data))


def showing(files: dict[str, bytes], *history: Message) -> Turn:
    """A turn whose prompt shows these files."""

    async def read(file: FilePart) -> bytes:
        if file.url not in files:
            raise NotFound("This file is not kept any more: attach it again.")
        return files[file.url]

    made = turn("see")
    shown = [part(name, "text/plain", data) for name, data in files.items()]
    prompt = msgspec.structs.replace(made.prompt, parts=[*made.prompt.parts, *shown])
    return replace(made, prompt=prompt, history=history, read=read)


def said(role: Role, *parts: FilePart) -> Message:
    return Message(
        id=1,
        seq=1,
        session="chat",
        role=role,
        status="done",
        created="2026-01-01T00:00:00Z",
        parts=list(parts),
    )


async def test_texts_go_whole_and_pictures_as_pictures() -> None:
    files = await attached(showing({"a.csv": b"\xef\xbb\xbf1,2\n", "b.png": PNG}))
    assert files.told["a.csv"] == (Text("[File a.csv, text/plain, 7 bytes]\n```\n1,2\n```"),)
    line = Text(f"[File b.png, text/plain, {len(PNG)} bytes]")
    assert files.told["b.png"] == (line, Image("image/png", PNG))
    assert not files.cut


@pytest.mark.parametrize("data", [b"\xff\xfe\0a", b"PK\x03\x04\0\0", b"\xe9t\xe9"])
async def test_what_is_no_text_is_named(data: bytes) -> None:
    files = await attached(showing({"a": data}))
    assert files.told["a"] == (Text(f"[File a, text/plain, {len(data)} bytes]"),)


async def test_a_long_text_loses_its_middle_and_counts_as_shortened() -> None:
    data = b"begin" + "\u20ac".encode() * 2**20 + b"end"
    shown = showing({"a.txt": data})
    files = await attached(shown)
    (told,) = files.told["a.txt"]
    assert isinstance(told, Text)
    assert "begin" in told.text
    assert "end" in told.text
    assert f"[... {len(data) - 2**20} bytes left out ...]" in told.text
    assert len(told.text.encode()) < 2**20 + 200
    assert files.shortens(shown.prompt)
    assert words_of(b"\0" + data, 2**20) is None
    assert words_of(b"\xff" * 2**21, 2**20) is None


async def test_a_huge_picture_is_named() -> None:
    files = await attached(showing({"a.png": PNG}), Limits(picture=10))
    assert "too large" in str(files.told["a.png"])


async def test_the_newest_files_are_read_first() -> None:
    old = said("user", part("old", "text/plain", b"x" * 8))
    files = await attached(showing({"new": b"12345"}, old), Limits(together=10))
    assert list(files.told) == ["new"]


async def test_only_users_files_are_read() -> None:
    answer = said("assistant", part("a", "text/plain", b"x"))
    gone = said("user", part("gone", "text/plain", b"x"))
    files = await attached(showing({}, answer, gone))
    assert list(files.told) == ["gone"]
    assert "not kept any more" in str(files.told["gone"])
