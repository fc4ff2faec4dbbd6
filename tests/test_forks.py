"""A fork is a chat of its own with a branch of another one, and is never half there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from core_fixtures import CHAT, feeding, more, opened, said, text, unfinished

from jupyter_chatcore.api import Fork, NewSession, SessionPatch
from jupyter_chatcore.connection import DatabaseConfig
from jupyter_chatcore.errors import Conflict, Invalid, NotFound
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.forking import Forks
from jupyter_chatcore.forks import Copying
from jupyter_chatcore.parts import Approval, TextPart, ToolPart
from jupyter_chatcore.protocol import Message, Sent, Session, Usage
from jupyter_chatcore.store import Store

OWNER = "this-server"


def fork_in(store: Store, message: int, key: str | None = None) -> Session:
    """The fork, made in one go; the chat must have more than one message to copy."""
    copying = store.begin_fork(CHAT, Fork(message=message, key=key), OWNER)
    assert isinstance(copying, Copying)
    left = copying
    while left.depth:
        left = store.copy_some(left)
    return store.finish_fork(copying)


def branch(store: Store, session: str) -> list[Message]:
    return store.get_messages(session, limit=200).messages


def fill(store: Store, count: int) -> list[Message]:
    return [store.persist_message(CHAT, text(f"message {n}"))[0] for n in range(count)]


def test_a_fork_has_the_branch_up_to_the_message(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        first, second, _ = fill(store, 3)
        edited, _ = store.persist_message(CHAT, text("edited"), parent=first.id)
        left = branch(store, CHAT)
        made = fork_in(store, second.id)
        copies = branch(store, made.id)
        assert [said(copy) for copy in copies] == ["message 0", "message 1"]
        assert [copy.parent for copy in copies] == [None, copies[0].id]
        assert (made.head, made.count) == (copies[1].id, 2)
        assert [copy.created for copy in copies] == [first.created, second.created]
        assert branch(store, CHAT) == left and left[-1] == edited


def test_it_is_set_as_the_chat_is_but_belongs_to_no_notebook(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        change = SessionPatch(
            title="Prices", assistant="echo", notebook="a.ipynb", settings={"model": "x"}
        )
        store.patch_session(CHAT, change)
        made = fork_in(store, fill(store, 1)[0].id)
        assert (made.title, made.assistant, made.notebook) == ("Prices (fork)", "echo", None)
        assert made.settings == {"model": "x"}


@pytest.mark.parametrize(
    ("title", "forked"),
    [
        ("Prices (fork)", "Prices (fork 2)"),
        ("Prices (fork 9)", "Prices (fork 10)"),
        ("t" * 300, "t" * 293 + " (fork)"),
    ],
)
def test_a_fork_of_a_fork_is_numbered(tmp_path: Path, title: str, forked: str) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        store.patch_session(CHAT, SessionPatch(title=title))
        assert fork_in(store, fill(store, 1)[0].id).title == forked


def test_what_is_being_written_is_copied_as_far_as_it_is_and_ends(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        fill(store, 1)
        reply = unfinished(store)
        asking = ToolPart(call="c", name="run", status="awaiting", approval=Approval(options=[]))
        store.update_message_parts(CHAT, reply.id, [TextPart(text="so "), asking])
        now = store.get_message(CHAT, reply.id)
        store.append_deltas(CHAT, reply.id, now.seq, [more("far")])
        [_, copy] = branch(store, fork_in(store, reply.id).id)
        assert (copy.status, said(copy), copy.error) == ("cancelled", "so far", None)
        assert isinstance(copy.parts[1], ToolPart) and copy.parts[1].status == "cancelled"
        assert store.get_message(CHAT, reply.id).status == "streaming"


def test_what_is_known_of_an_answer_is_kept_with_the_copies_ids(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        [asked] = fill(store, 1)
        reply = unfinished(store)
        usage = Usage(model="m", input_tokens=5)
        sent = Sent(digest="d", shortened=[asked.id])
        store.update_message_parts(CHAT, reply.id, text("x"), status="done", usage=usage, sent=sent)
        [question, answer] = branch(store, fork_in(store, reply.id).id)
        assert (answer.usage, answer.model) == (usage, "m")
        assert answer.sent == msgspec.structs.replace(sent, shortened=[question.id])


def test_a_fork_is_found_in_by_search_and_goes_on_by_itself(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        [asked] = fill(store, 1)
        made = fork_in(store, asked.id)
        assert {hit.session for hit in store.search("message").hits} == {CHAT, made.id}
        store.persist_message(made.id, text("and on"))
        assert store.get_message_count(CHAT) == 1
        store.delete_session(CHAT)
        assert [said(one) for one in branch(store, made.id)] == ["message 0", "and on"]


def test_a_long_chat_is_copied_in_pieces_that_nobody_sees(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store:
        with store.transaction():
            last = fill(store, 950)[-1]
        with store.transaction():
            copying = store.begin_fork(CHAT, Fork(message=last.id), OWNER)
        assert isinstance(copying, Copying)
        left, pieces = copying, 0
        while left.depth:
            with store.transaction():
                left = store.copy_some(left)
                pieces += 1
            assert [chat.id for chat in store.sessions().sessions] == [CHAT]
            assert {hit.session for hit in store.search("message", limit=999).hits} == {CHAT}
            assert store.find_session(copying.session) is None
            assert store.verify() == []
        with store.transaction():
            made = store.finish_fork(copying)
        assert (pieces, made.count) == (5, 950)
        assert [said(one) for one in branch(store, made.id)] == [
            f"message {n}" for n in range(750, 950)
        ]


def test_what_a_server_that_is_gone_has_left_is_taken_away(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        last = fill(store, 450)[-1]
        copying = store.begin_fork(CHAT, Fork(message=last.id, key="k"), OWNER)
        assert isinstance(copying, Copying)
        store.copy_some(copying)
        assert store.owners() == {OWNER}
        with pytest.raises(Conflict):
            store.begin_fork(CHAT, Fork(message=last.id, key="k"), "another-server")
        store.recover({OWNER}, "heir")
        assert store.owners() == set()
        assert fork_in(store, last.id, "k").count == 450


def test_nothing_is_copied_of_what_is_not_there(tmp_path: Path) -> None:
    with opened(tmp_path / "chats.sqlite") as store, store.transaction():
        store.create_session(NewSession(), "other")
        with pytest.raises(Invalid):
            store.begin_fork("other", Fork(message=fill(store, 1)[0].id), OWNER)
        with pytest.raises(NotFound):
            store.begin_fork("nowhere", Fork(message=1), OWNER)
        assert store.owners() == set()


async def filled(feed: Feed, count: int) -> int:
    """The last one of so many messages."""
    messages = await feed.write(lambda store: fill(store, count))
    return messages[-1].id


@pytest.mark.asyncio
class TestMaking:
    async def test_a_key_makes_one_fork_also_at_once(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "chats.sqlite") as feed:
            forks, fork = Forks(feed, OWNER), Fork(message=await filled(feed, 450), key="k")
            results = await asyncio.gather(*(forks.fork(CHAT, fork) for _ in range(3)))
            again = await forks.fork(CHAT, fork)
            assert {made.id for made, _ in [*results, again]} == {results[0][0].id}
            assert sorted(new for _, new in [*results, again]) == [False, False, False, True]

    async def test_others_write_between_its_pieces(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "chats.sqlite") as feed:
            forks, last = Forks(feed, OWNER), await filled(feed, 2_000)
            making = asyncio.ensure_future(forks.fork(CHAT, Fork(message=last)))
            written = 0
            while not making.done():
                await feed.write(lambda store: store.persist_message(CHAT, text("in between")))
                written += 1
            made, _ = await making
            assert written > 5
            assert made.count == 2_000

    async def test_it_is_made_though_nobody_waits(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "chats.sqlite") as feed:
            forks, fork = Forks(feed, OWNER), Fork(message=await filled(feed, 450), key="k")
            making = asyncio.ensure_future(forks.fork(CHAT, fork))
            await asyncio.sleep(0)
            making.cancel()
            made, new = await forks.fork(CHAT, fork)
            assert (made.count, new) == (450, False)

    async def test_one_whose_chat_is_deleted_meanwhile_leaves_nothing(self, tmp_path: Path) -> None:
        async with feeding(tmp_path / "chats.sqlite") as feed:
            forks, last = Forks(feed, OWNER), await filled(feed, 2_000)
            making = asyncio.ensure_future(forks.fork(CHAT, Fork(message=last)))
            while not await feed.read(Store.owners):
                await asyncio.sleep(0)
            await feed.write(lambda store: store.delete_session(CHAT))
            with pytest.raises(NotFound):
                await making
            assert await feed.read(Store.owners) == set()
            assert (await feed.read(Store.sessions)).sessions == []

    async def test_one_that_a_stop_cuts_is_made_at_the_next_try(self, tmp_path: Path) -> None:
        path = tmp_path / "chats.sqlite"
        async with feeding(path) as feed:
            forks, fork = Forks(feed, OWNER), Fork(message=await filled(feed, 2_000), key="k")
            making = asyncio.ensure_future(forks.fork(CHAT, fork))
            while not await feed.read(Store.owners):
                await asyncio.sleep(0)
            await forks.close()
            with pytest.raises(asyncio.CancelledError):
                await making
        feed = Feed(DatabaseConfig(path=path))
        await feed.start()
        await feed.write(lambda store: store.recover({OWNER}, "heir"))
        made, new = await Forks(feed, "the-next").fork(CHAT, fork)
        assert (made.count, new) == (2_000, True)
        assert await feed.read(Store.verify) == []
        await feed.close()
