"""The folder of the files: whole or not there, once each, and tidied up with care."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from core_fixtures import CHAT, text
from core_running import core
from disks import full, guarded
from scripted import Scripted

from jupyter_chatcore.errors import NotFound, StoreFull, StoreReadOnly
from jupyter_chatcore.files import KEPT_SECONDS, Files
from jupyter_chatcore.filetypes import address
from jupyter_chatcore.parts import FilePart
from jupyter_chatcore.store import Store

OLD = KEPT_SECONDS + 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "chats.sqlite.files"


@pytest.fixture
def files(folder: Path) -> Files:
    return Files(folder)


def modes(folder: Path) -> Iterator[int]:
    for path in (folder, *folder.iterdir()):
        yield stat.S_IMODE(path.stat().st_mode)


def aged(folder: Path, name: str, seconds: float = OLD) -> None:
    then = time.time() - seconds
    os.utime(folder / name, (then, then))


def test_a_file_is_called_by_its_hash_and_private(files: Files, folder: Path) -> None:
    digest = files.keep(b"hello")
    assert digest == hashlib.sha256(b"hello").hexdigest()
    assert files.read(digest) == b"hello"
    assert list(modes(folder)) == [0o700, 0o600]
    assert files.path(digest) == folder / digest


def test_the_same_bytes_are_kept_once(files: Files, folder: Path) -> None:
    with ThreadPoolExecutor(8) as many:
        digests = set(many.map(lambda n: files.keep(b"x" * (n % 2 + 1) * 100_000), range(24)))
    assert sorted(path.name for path in folder.iterdir()) == sorted(digests)
    assert len(digests) == 2


def test_what_is_not_kept_is_not_found(files: Files) -> None:
    with pytest.raises(NotFound, match="attach it again"):
        files.read("0" * 64)
    for name in ("../chats.sqlite", "", "0" * 63, "0" * 64 + "/..", "A" * 64):
        with pytest.raises(ValueError, match="no digest"):
            files.path(name)


def test_a_full_disk_leaves_nothing_behind(files: Files, folder: Path) -> None:
    with full(1000), pytest.raises(StoreFull) as refused:
        files.keep(b"x" * 5000)
    assert (refused.value.status, refused.value.code) == (507, "store_full")
    assert list(folder.iterdir()) == []
    assert files.read(files.keep(b"x" * 5000))


def test_a_folder_that_cannot_be_written(open_folder: Path) -> None:
    files = Files(open_folder / "files")
    with guarded(open_folder), pytest.raises(StoreReadOnly, match="permissions"):
        files.keep(b"x")
    shutil.rmtree(open_folder / "files", ignore_errors=True)
    assert files.keep(b"x")


def test_only_what_is_old_and_not_shown_is_removed(files: Files, folder: Path) -> None:
    shown, left, young = (files.keep(data) for data in (b"shown", b"left", b"young"))
    for name in (shown, left):
        aged(folder, name)
    (folder / ".new-dead").write_bytes(b"half")
    aged(folder, ".new-dead")
    stale = files.stale()
    assert sorted(stale) == sorted([shown, left])
    assert files.remove(stale, {shown}) == 1
    assert {path.name for path in folder.iterdir()} == {shown, young, ".tidied"}


def test_it_is_looked_through_once_a_day(files: Files, folder: Path) -> None:
    digest = files.keep(b"x")
    aged(folder, digest)
    files.remove([], set())
    assert files.stale() == []
    aged(folder, ".tidied", 25 * 3600)
    assert files.stale() == [digest]
    assert Files(folder / "none").stale() == []


def test_what_is_sent_again_meanwhile_stays(files: Files, folder: Path) -> None:
    digest = files.keep(b"x")
    aged(folder, digest)
    stale = files.stale()
    files.keep(b"x")
    assert files.remove(stale, set()) == 0
    assert files.read(digest) == b"x"


@pytest.mark.asyncio
async def test_a_start_removes_what_no_message_shows(tmp_path: Path, folder: Path) -> None:
    def file(digest: str) -> FilePart:
        return FilePart(name="a", mime="text/plain", url=address(digest, "a"), size=1)

    async with core(tmp_path, Scripted()) as chat:
        shown, deleted, never = (chat.files.keep(bytes([n])) for n in range(3))
        for digest in (shown, deleted):
            parts = [*text("see"), file(digest)]
            say = partial(Store.persist_message, session=CHAT, parts=parts)
            message, _ = await chat.feed.write(say)
        await chat.feed.write(lambda store: store.delete_message(CHAT, message.id))
    for digest in (shown, deleted, never):
        aged(folder, digest)
    async with core(tmp_path, Scripted()) as chat:
        await chat.tidy()
        assert chat.files.read(shown) == b"\0"
        for digest in (deleted, never):
            with pytest.raises(NotFound):
                chat.files.read(digest)
