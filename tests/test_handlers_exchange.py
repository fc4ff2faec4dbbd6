"""Exports and imports over HTTP."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from typing import Any

import httpx
import nbformat
import pytest
from core_fixtures import text
from exchanged import branched, jupyter_chat, packed
from serving import Served

RAW = {"Content-Type": "application/octet-stream"}


async def filled(served: Served, count: int = 1) -> None:
    """A chat with a title that needs care, and so many messages."""
    await served.chat()
    await served.ask("PATCH", "sessions/chat", {"title": 'Für "alle"/ü'})
    core = await served.app.core()
    await core.feed.write(
        lambda store: [store.persist_message("chat", text(f"m{n}")) for n in range(count)]
    )


async def put_in(served: Served, data: bytes, name: str = "a.chat") -> httpx.Response:
    """The answer to an import."""
    return await served.ask("POST", f"import?name={name}", data, headers=RAW)


@pytest.mark.parametrize(
    ("kind", "mime", "suffix"),
    [
        ("markdown", "text/markdown", "md"),
        ("notebook", "application/x-ipynb+json", "ipynb"),
        ("jsonl", "application/jsonl", "jsonl"),
    ],
)
async def test_a_chat_is_downloaded(served: Served, kind: str, mime: str, suffix: str) -> None:
    await filled(served, 3)
    answer = await served.ask("GET", f"chat/chat/export?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == mime
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="F_r alle _.{suffix}";'
        f" filename*=UTF-8''F%C3%BCr%20alle%20%C3%BC.{suffix}"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(f"m{n}" in answer.text for n in range(3))
    if kind == "notebook":
        nbformat.validate(nbformat.reads(answer.text, 4))  # type: ignore[no-untyped-call]


async def test_what_cannot_be_exported_says_so(served: Served) -> None:
    await served.chat()
    for path, status in (
        ("chat/none/export?format=jsonl", 404),
        ("chat/chat/export?format=pdf", 400),
        ("chat/chat/export", 400),
    ):
        assert (await served.ask("GET", path)).status_code == status


async def test_a_download_that_breaks_does_not_look_whole(served: Served) -> None:
    await served.chat()
    core, large = await served.app.core(), text("x" * 300_000)
    await core.feed.write(lambda s: [s.persist_message("chat", large) for _ in range(100)])
    async with served.client() as client:
        url = f"{served.url}chat/chat/export?format=jsonl"
        async with client.stream("GET", url, headers=served.auth) as answer:
            chunks = answer.aiter_raw(100)
            await anext(chunks)
            await core.feed.write(lambda store: store.delete_session("chat"))
            with pytest.raises(httpx.RemoteProtocolError):
                async for _ in chunks:
                    continue


async def test_others_are_served_during_a_large_export(served: Served) -> None:
    await filled(served, 5000)
    download = asyncio.create_task(served.ask("GET", "chat/chat/export?format=notebook"))
    meanwhile = 0
    while not download.done():
        assert (await served.ask("GET", "sessions")).status_code == 200
        meanwhile += 1
    assert (await download).status_code == 200
    assert meanwhile > 1


async def test_files_of_other_programs_come_in_once(served: Served) -> None:
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as archive:
        archive.writestr("conversations.json", packed([branched()]))
    for data, messages in ((packed(jupyter_chat()), 3), (pack.getvalue(), 5)):
        first, second = [(await put_in(served, data)).json() for _ in range(2)]
        assert (first["made"], first["known"], first["messages"]) == (1, 0, messages)
        assert (second["made"], second["known"], second["messages"]) == (0, 1, 0)
        session = first["sessions"][0]["id"]
        page = (await served.ask("GET", f"chat/{session}/messages")).json()
        assert page["messages"][0]["author"]["username"].startswith("imported:")
    listed = (await served.ask("GET", "sessions")).json()["sessions"]
    assert len(listed) == 2


async def test_what_went_out_comes_in(served: Served) -> None:
    await filled(served, 30)
    file = await served.ask("GET", "chat/chat/export?format=jsonl")
    result = (await put_in(served, file.content)).json()
    assert result["messages"] == 30
    assert result["sessions"][0]["title"] == 'Für "alle"/ü'


@pytest.mark.settings(max_import_bytes=500)
async def test_files_that_cannot_be_imported_say_why(served: Served) -> None:
    before = served.dump()
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b" " * 501)
    bad: list[tuple[bytes, int, str]] = [
        (b"", 422, "empty"),
        (b"hello", 422, "no valid JSON"),
        (b'{"a": 1}', 422, "Files that can be imported"),
        (b"x" * 501, 413, "max_import_bytes"),
        (pack.getvalue(), 413, "max_import_bytes"),
    ]
    for data, status, why in bad:
        answer = await put_in(served, data)
        assert (answer.status_code, why in answer.json()["message"]) == (status, True), answer.text
    assert (await served.ask("POST", "import", b"x", headers=RAW)).status_code == 400
    assert [line for line in served.dump() if 'INSERT INTO "messages"' in line] == before


@pytest.mark.settings(max_posts_per_minute=2)
async def test_imports_are_counted(served: Served) -> None:
    answers = [(await put_in(served, b"x")).status_code for _ in range(3)]
    assert answers == [422, 422, 429]


async def test_the_title_comes_with_the_question(served: Served) -> None:
    await served.chat()
    posted = await served.posted("chat", "How do **plots** work?")
    await served.ended("chat", posted["reply"])
    session: dict[str, Any] = json.loads((await served.ask("GET", "sessions/chat")).content)
    assert (session["title"], session.get("named", False)) == ("How do plots work?", False)
