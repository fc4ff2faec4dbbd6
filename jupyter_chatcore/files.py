"""The bytes of the chats' files, in a folder beside the database.

A file is called by the SHA-256 of its bytes: what is sent twice is kept once, and what
an address shows never changes. A message keeps the name and the address. Everything
here waits for the disk, so it is called in threads.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import NotFound, StoreError, StoreFull, StoreReadOnly
from .filetypes import DIGEST, MAGIC_BYTES, address, clean_name, mime_type
from .parts import FilePart

KEPT_SECONDS = 7 * 24 * 3600.0
"""How long a file that no message shows is kept: it may be in a draft."""

_EVERY_SECONDS = 24 * 3600.0
_NAME = re.compile(DIGEST)
_TIDIED = ".tidied"
_NEW, _ASIDE = ".new-", ".old"
_HINTS: dict[int, tuple[type[StoreError], str]] = {
    errno.ENOSPC: (StoreFull, "the disk is full: free some space and try again"),
    errno.EDQUOT: (StoreFull, "your quota on the disk is used up: free some space and try again"),
    errno.EFBIG: (StoreFull, "the disk takes no file as large as this"),
    errno.EACCES: (StoreReadOnly, "it cannot be written: check its permissions"),
    errno.EPERM: (StoreReadOnly, "it cannot be written: check its permissions"),
    errno.EROFS: (StoreReadOnly, "its disk cannot be written"),
}


class Files:
    """The files in `folder`, which is made with the first of them."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def take(self, data: bytes, name: str, mime: str) -> FilePart:
        """Keep a file under what its sender calls it; what a message shows of it.

        Raises:
            StoreFull, StoreReadOnly, StoreError: the disk refuses.
        """
        clean = clean_name(name)
        return FilePart(
            name=clean,
            mime=mime_type(data[:MAGIC_BYTES], clean, mime),
            url=address(self.keep(data), clean),
            size=len(data),
        )

    def keep(self, data: bytes) -> str:
        """Keep a file; its digest. It is whole on the disk, or not there at all.

        Raises:
            StoreFull, StoreReadOnly, StoreError: the disk refuses.
        """
        digest = hashlib.sha256(data).hexdigest()
        with self._translated():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # also where it is there: whoever tidies up sees by its age that it is wanted
            self._write(data, self.path(digest))
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of a file.

        Raises:
            NotFound: it is not kept here.
            StoreError: it cannot be read.
        """
        with self._translated():
            try:
                return self.path(digest).read_bytes()
            except FileNotFoundError:
                raise NotFound("This file is not kept any more: attach it again.") from None

    def path(self, digest: str) -> Path:
        """Where a file is, or would be."""
        if not _NAME.fullmatch(digest):
            raise ValueError(f"{digest!r} is no digest")
        return self._folder / digest

    def stale(self) -> list[str]:
        """The files that are old enough to be removed if no message shows them.

        Empty where they were looked through within a day.

        Raises:
            StoreError: the folder cannot be read.
        """
        now = self._clock()
        with self._translated():
            if not self._folder.is_dir() or _age(self._folder / _TIDIED, now) < _EVERY_SECONDS:
                return []
            kept = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
            return [path.name for path in kept if _age(path, now) > KEPT_SECONDS]

    def remove(self, stale: list[str], used: Set[str]) -> int:
        """Remove those of the stale files that are not used; how many they were.

        Raises:
            StoreError: the disk refuses.
        """
        with self._translated():
            removed = sum(self._remove(digest) for digest in stale if digest not in used)
            for path in (*self._folder.glob(f"{_NEW}*"), *self._folder.glob(f"*{_ASIDE}")):
                # left by a server that died in the middle of it
                if _age(path, self._clock()) > KEPT_SECONDS:
                    path.unlink(missing_ok=True)
            (self._folder / _TIDIED).touch(mode=0o600)
        return removed

    def _remove(self, digest: str) -> bool:
        """Take it aside first: one that was sent again at this moment is young, and stays."""
        path, aside = self.path(digest), self._folder / f"{digest}{_ASIDE}"
        with suppress(FileNotFoundError):
            path.rename(aside)
            if _age(aside, self._clock()) > KEPT_SECONDS:
                aside.unlink()
                return True
            aside.rename(path)
        return False

    def _write(self, data: bytes, path: Path) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=_NEW)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turns the disk's errors into ours, which name the folder and say what to do."""
        try:
            yield
        except OSError as error:
            kind, hint = _HINTS.get(error.errno or 0, (StoreError, f"{error.strerror}"))
            text = f"The chats' files in {self._folder} could not be used; {hint}."
            raise kind(text) from error


def _age(path: Path, now: float) -> float:
    """Seconds since a file was written; endless where there is none."""
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
