"""What a file is called and what it is: neither is taken from its sender on trust."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from urllib.parse import quote

MAX_NAME_BYTES = 200
OTHER = "application/octet-stream"
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""The pictures that a page may show and a model may be sent: none of them runs anything."""

DIGEST = "[0-9a-f]{64}"
_FOLDER = "chatcore/files/"
_ADDRESS = re.compile(f"{_FOLDER}({DIGEST})/[^/]+")
_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode's categories of what is no letter: controls, marks that turn the writing, holes."""

_MAGIC = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
MAGIC_BYTES = 16
"""How many bytes of a file's beginning tell its kind."""


def clean_name(given: str) -> str:
    """A file's own name, without a path, and without what cannot be seen or ends a line."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    seen = "".join(c for c in name if unicodedata.category(c) not in _UNSEEN)
    return _short(seen.strip().lstrip(".").strip()) or "file"


def _short(name: str) -> str:
    """The name within its limit; what it ends with tells its kind, so that stays."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, end = name.rpartition(".")
    if not dot or len(end.encode()) > MAX_NAME_BYTES // 4:
        stem, end = name, ""
    room = MAX_NAME_BYTES - len(f"{dot}{end}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').strip()}{dot if end else ''}{end}"


def image_type(start: bytes) -> str | None:
    """Which of `IMAGES` begins with these bytes; None where none does."""
    return next((mime for magic, mime in _MAGIC if magic.match(start)), None)


def mime_type(start: bytes, name: str, said: str) -> str:
    """What a file is: pictures by their first bytes, others by what is said, or by their name."""
    if (image := image_type(start)) is not None:
        return image
    told = said.partition(";")[0].strip().lower()
    guessed = mimetypes.guess_type(name)[0]
    for mime in (told if told != OTHER else "", guessed or ""):
        if _MIME.fullmatch(mime) and mime not in IMAGES:
            return mime
    return OTHER


def address(digest: str, name: str) -> str:
    """Where a file is, below the server's base URL."""
    return f"{_FOLDER}{digest}/{quote(name, safe='')}"


def digest_of(url: str) -> str | None:
    """The digest in the address of a file that is kept here; None for any other address."""
    found = _ADDRESS.fullmatch(url)
    return found[1] if found else None


def digests_in(text: str) -> set[str]:
    """The digests of all files that a text names by their address."""
    return set(re.findall(f"{_FOLDER}({DIGEST})/", text))
