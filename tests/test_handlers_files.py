"""Files over HTTP: taken as they are, given back so that nothing in them runs."""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import quote

import httpx
import pytest
from disks import full
from serving import Served

PNG = b"\x89PNG\r\n\x1a\n not really"
HTML = b"<html><script>alert(1)</script></html>"


async def sent(
    served: Served, data: bytes, name: str = "a.bin", mime: str = "application/octet-stream"
) -> httpx.Response:
    """A file is sent to the chat."""
    path = f"chat/chat/files?name={quote(name)}"
    return await served.ask("POST", path, data, headers={"Content-Type": mime})


async def kept(served: Served, data: bytes, **more: str) -> dict[str, object]:
    """The part of a file that was taken."""
    answer = await sent(served, data, **more)
    assert answer.status_code == 201, answer.text
    part: dict[str, object] = answer.json()
    return part


async def got(served: Served, url: object, **options: object) -> httpx.Response:
    """The file at an address as the part gives it."""
    return await served.ask("GET", str(url).removeprefix("chatcore/"), **options)


async def test_a_file_comes_back_exactly(served: Served) -> None:
    await served.chat()
    data = bytes(range(256)) * 5000
    part = await kept(served, data, name="\u00fc b/c%.bin")
    digest = hashlib.sha256(data).hexdigest()
    url = f"chatcore/files/{digest}/c%25.bin"
    mime = "application/octet-stream"
    assert part == {"type": "file", "name": "c%.bin", "mime": mime, "url": url, "size": len(data)}
    answer = await got(served, part["url"])
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["Content-Length"] == str(len(data))


@pytest.mark.parametrize(
    ("name", "mime", "data"),
    [
        ("a.html", "text/html", HTML),
        ("a.png", "image/png", HTML),
        ("a.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>"),
        ("a.js", "text/javascript", b"alert(1)"),
        ("a.pdf", "application/pdf", b"%PDF-1.7"),
    ],
)
async def test_nothing_runs(served: Served, name: str, mime: str, data: bytes) -> None:
    await served.chat()
    part = await kept(served, data, name=name, mime=mime)
    headers = (await got(served, part["url"])).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_pictures_are_shown_in_place(served: Served) -> None:
    await served.chat()
    part = await kept(served, PNG, name="a plot\r\n.png", mime="text/html")
    assert (part["mime"], part["name"]) == ("image/png", "a plot.png")
    headers = (await got(served, part["url"])).headers
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"] == "inline; filename*=UTF-8''a%20plot.png"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


async def test_a_browser_keeps_what_it_has(served: Served) -> None:
    await served.chat()
    part = await kept(served, PNG)
    answer = await got(served, part["url"])
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    again = await got(served, part["url"], headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_same_file_is_kept_once(served: Served) -> None:
    await served.chat()
    answers = await asyncio.gather(*(sent(served, PNG, f"{n}.png") for n in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["url"].split("/")[2] for answer in answers}) == 1
    folder = served.database.with_name("chats.sqlite.files")
    assert len(list(folder.iterdir())) == 1


@pytest.mark.settings(max_file_bytes=1000)
async def test_a_file_may_be_so_large(served: Served) -> None:
    await served.chat()
    assert (await sent(served, b"x" * 1000)).status_code == 201
    answer = await sent(served, b"x" * 1001)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "max_file_bytes" in answer.json()["message"]


async def test_what_cannot_be_kept_is_refused(served: Served) -> None:
    assert (await sent(served, b"x")).status_code == 404
    await served.chat()
    assert (await sent(served, b"")).status_code == 422
    for query in ("", "?name=", "?name=a&x=1", f"?name={'x' * 1001}"):
        answer = await served.ask("POST", f"chat/chat/files{query}", b"x")
        assert answer.status_code == 400, query


@pytest.mark.parametrize(
    "path",
    [
        "files/..%2F..%2Fchats.sqlite/a",
        "files/chats.sqlite/a",
        f"files/{'A' * 64}/a",
        f"files/{'0' * 64}/a",
        f"files/{'0' * 64}/..%2F..%2Fchats.sqlite",
    ],
)
async def test_no_address_leads_anywhere_else(served: Served, path: str) -> None:
    await served.chat()
    answer = await served.ask("GET", path)
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("bad_request", "not_found")


async def test_a_full_disk_is_told(served: Served) -> None:
    await served.chat()
    with full(200_000):
        answer = await sent(served, b"x" * 400_000)
    assert (answer.status_code, answer.json()["code"]) == (507, "store_full")
    assert (await sent(served, b"x" * 400_000)).status_code == 201


@pytest.mark.settings(max_posts_per_minute=2)
async def test_files_count_as_posts(served: Served) -> None:
    await served.chat()
    assert [(await sent(served, bytes([n]))).status_code for n in range(2)] == [201, 429]
