"""What a file is called and what it is: whatever its sender says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_chatcore.filetypes import (
    MAX_NAME_BYTES,
    address,
    clean_name,
    digest_of,
    digests_in,
    image_type,
    mime_type,
)

DIGEST = "0123456789abcdef" * 4
PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("plot.png", "plot.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\a.csv", "a.csv"),
        ("..", "file"),
        (".bashrc", "bashrc"),
        ("/", "file"),
        ("  ", "file"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie: b"),
        ("nul\0name", "nulname"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\u00fcmlaut \U0001f600.txt", "\u00fcmlaut \U0001f600.txt"),
        ("u\u0308.txt", "\u00fc.txt"),
        ('a"b;c.txt', 'a"b;c.txt'),
    ],
)
def test_names_are_made_safe(given: str, name: str) -> None:
    assert clean_name(given) == name


def test_a_long_name_keeps_its_end() -> None:
    assert clean_name("\u00e4" * 300 + ".csv").endswith("\u00e4.csv")
    assert clean_name("a." + "b" * 300).startswith("a.bbb")


@given(st.text())
def test_any_name_is_short_and_its_own_clean_name(given: str) -> None:
    name = clean_name(given)
    assert 0 < len(name.encode()) <= MAX_NAME_BYTES
    assert not set(name) & set("/\\\r\n\0")
    assert clean_name(name) == name
    assert digest_of(address(DIGEST, name)) == DIGEST


@pytest.mark.parametrize(
    ("start", "name", "said", "mime"),
    [
        (PNG, "a.txt", "text/plain", "image/png"),
        (JPEG, "a", "", "image/jpeg"),
        (GIF, "a", "", "image/gif"),
        (WEBP, "a", "image/png", "image/webp"),
        (b"RIFF\x10\0\0\0WAVE", "a.wav", "audio/wav", "audio/wav"),
        (b"<svg", "a.svg", "image/svg+xml", "image/svg+xml"),
        (b"<html>", "a.png", "image/png", "application/octet-stream"),
        (b"1,2", "a.csv", "text/csv; charset=utf-8", "text/csv"),
        (b"1,2", "a.csv", "", "text/csv"),
        (b"1,2", "a.csv", "application/octet-stream", "text/csv"),
        (b"?", "a", "text/<script>", "application/octet-stream"),
        (b"?", "a", "x" * 500 + "/y", "application/octet-stream"),
        (b"?", "a.unheardof", "", "application/octet-stream"),
    ],
)
def test_kinds_are_not_taken_on_trust(start: bytes, name: str, said: str, mime: str) -> None:
    assert mime_type(start, name, said) == mime


def test_what_is_no_picture_is_none() -> None:
    assert [image_type(start) for start in (b"", b"\x89PN", b"<svg/>", b"BM")] == [None] * 4


@pytest.mark.parametrize(
    "url",
    [
        "",
        f"https://evil.example/chatcore/files/{DIGEST}/a",
        f"chatcore/files/{DIGEST.upper()}/a",
        f"chatcore/files/{DIGEST}/a/../../b",
        f"chatcore/files/../{DIGEST}/a",
        f"chatcore/files/{DIGEST}",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_no_files_of_ours(url: str) -> None:
    assert digest_of(url) is None


def test_addresses_are_found_in_any_text() -> None:
    assert digests_in(f'{{"url":"{address(DIGEST, "a b")}"}}') == {DIGEST}
    assert digests_in("chatcore/files/abc/x") == set()
