"""The feed: what is committed is rung, and every watcher gets all of it."""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import pytest
from core_fixtures import CHAT, feeding, more, said, seqs, text, unfinished

from jupyter_chatcore.errors import CursorAhead, Invalid, NotFound, StoreError, StoreFull
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.parts import TextPart
from jupyter_chatcore.protocol import Event, Gap, Message, MessagePut, PartPut, apply
from jupyter_chatcore.room import Batch

pytestmark = pytest.mark.asyncio


class Reader:
    """A client: takes events as they come, and knows when it has missed one."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.events: list[Event] = []

    def take(self, batch: Batch) -> None:
        for stored in batch.events:
            self.events.append(stored.event)
            change = stored.event.change
            if isinstance(change, MessagePut):
                self.messages[change.message.id] = change.message
            elif hasattr(change, "message"):
                known = self.messages[change.message]
                self.messages[known.id] = apply(known, stored.event)

    async def follow(self, feed: Feed, after: int, until: int) -> None:
        async with aclosing(feed.watch(CHAT, after)) as batches:
            async for batch in batches:
                self.take(batch)
                if batch.events[-1].seq >= until:
                    return


async def say(feed: Feed, words: str) -> Message:
    message, _ = await feed.write(lambda store: store.persist_message(CHAT, text(words)))
    return message


async def _append(feed: Feed, reply: Message, base: int, piece: str) -> int:
    return await feed.write(
        lambda store: store.append_deltas(CHAT, reply.id, base, [more(piece)]), durable=False
    )


async def grow(feed: Feed, reply: Message, pieces: list[str]) -> int:
    first = PartPut(message=0, base=0, index=0, part=TextPart(text=""))
    seq = await feed.write(
        lambda store: store.append_deltas(CHAT, reply.id, reply.seq, [first]), durable=False
    )
    for piece in pieces:
        seq = await _append(feed, reply, seq, piece)
    return seq


async def test_a_watcher_sees_what_was_there_and_what_comes(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed, aclosing(feed.watch(CHAT, 0)) as batches:
        first = await say(feed, "before")
        batch = await anext(batches)
        assert batch.events[-1].seq == first.seq
        second = await say(feed, "after")
        assert seqs([s.event for s in (await anext(batches)).events]) == [second.seq]


async def test_an_empty_batch_is_a_sign_of_life(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        clock = await feed.read(lambda store: store.clock())
        async with aclosing(feed.watch(CHAT, clock, ping=0.01)) as batches:
            assert not await anext(batches)
            assert not await anext(batches)
            said_now = await say(feed, "news")
            while not (batch := await anext(batches)):
                pass
            assert batch.events[0].seq == said_now.seq


async def test_watching_what_is_not_there(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        with pytest.raises(NotFound):
            await anext(feed.watch("nowhere", 0))
        with pytest.raises(CursorAhead):
            await anext(feed.watch(CHAT, 10**9))


async def test_a_watch_ends_with_its_chat(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        clock = await feed.read(lambda store: store.clock())
        batches = feed.watch(CHAT, clock)
        ending = asyncio.create_task(anext(batches))
        await feed.write(lambda store: store.delete_session(CHAT))
        assert await ending
        with pytest.raises(StopAsyncIteration):
            await anext(batches)


async def test_a_caller_that_leaves_undoes_nothing_and_hides_nothing(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        clock = await feed.read(lambda store: store.clock())
        for turn in range(20):
            leaving = asyncio.create_task(say(feed, f"lost? {turn}"))
            await asyncio.sleep(0)
            leaving.cancel()
        last = await say(feed, "next")
        reader = Reader()
        await reader.follow(feed, clock, last.seq)
        stored = await feed.read(lambda store: store.get_messages(CHAT))
        assert [said(m) for m in reader.messages.values()] == [said(m) for m in stored.messages]
        assert len(stored.messages) == 21


async def test_a_live_watcher_misses_nothing_of_callers_that_leave(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        reader = Reader()
        following = asyncio.create_task(reader.follow(feed, 0, until=10**9))
        for turn in range(20):
            leaving = asyncio.create_task(say(feed, f"lost? {turn}"))
            await asyncio.sleep(0)
            leaving.cancel()
        last = await say(feed, "next")
        while last.id not in reader.messages:
            await asyncio.sleep(0)
        following.cancel()
        assert len(reader.messages) == 21


async def test_one_job_that_fails_spares_the_others_of_its_group(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        jobs = [say(feed, "a"), feed.write(lambda s: s.persist_message(CHAT, [], parent=99))]
        good, bad, also = await asyncio.gather(*jobs, say(feed, "b"), return_exceptions=True)
        assert isinstance(bad, Invalid)
        assert isinstance(good, Message) and isinstance(also, Message)
        assert await feed.read(lambda store: store.get_message_count(CHAT)) == 2


async def test_a_stalled_watcher_holds_one_batch_and_delays_nobody(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        reply = await feed.write(unfinished)
        stalled = feed.watch(CHAT, 0)
        first = await anext(stalled)
        reader = Reader()
        pieces = [f"{n} " for n in range(2000)]
        following = asyncio.create_task(reader.follow(feed, 0, until=reply.seq + 2001))
        last = await grow(feed, reply, pieces)
        await following
        assert said(reader.messages[reply.id]) == "".join(pieces)
        late = Reader()
        late.take(first)
        batches = 0
        while late.events[-1].seq < last:
            late.take(await anext(stalled))
            batches += 1
        await stalled.aclose()
        assert said(late.messages[reply.id]) == "".join(pieces)
        assert batches <= 2 and len(late.events) < 10


async def test_the_ring_is_bounded(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        stalled = feed.watch(CHAT, 0)
        await say(feed, "first")
        seen = Reader()
        seen.take(await anext(stalled))
        for _ in range(20):
            last = await say(feed, "x" * 100_000)
        (room,) = feed._rooms.values()
        assert room.size < 400_000
        while seen.events[-1].seq < last.seq:
            seen.take(await anext(stalled))
        await stalled.aclose()
        assert len(seen.messages) == 21
        assert not feed._rooms


async def test_watchers_in_step_share_one_frame(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed, AsyncExitStack() as stack:
        clock = await feed.read(lambda store: store.clock())
        watches = [
            await stack.enter_async_context(aclosing(feed.watch(CHAT, clock))) for _ in range(5)
        ]
        waiting = [asyncio.create_task(anext(watch)) for watch in watches]
        await feed.read(lambda store: store.clock())
        await say(feed, "to all")
        batches = await asyncio.gather(*waiting)
        assert {batch.frame for batch in batches} == {batches[0].frame}


async def test_two_servers_on_one_file_stay_in_step(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    async with feeding(path) as one, feeding(path) as two:
        readers = [Reader(), Reader()]
        clock = await one.read(lambda store: store.clock())

        async def speak(feed: Feed, name: str) -> None:
            for n in range(50):
                await say(feed, f"{name} {n}")

        follows = [
            asyncio.create_task(reader.follow(feed, clock, until=clock + 100))
            for reader, feed in zip(readers, (one, two), strict=True)
        ]
        await asyncio.gather(speak(one, "one"), speak(two, "two"))
        await asyncio.gather(*follows)
        stored = await one.read(lambda store: store.get_messages(CHAT, limit=200))
        for reader in readers:
            assert sorted(reader.messages) == [m.id for m in stored.messages]
            assert seqs(reader.events) == sorted(seqs(reader.events))


async def test_a_foreign_reply_is_followed_live(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    async with feeding(path) as here, feeding(path) as there:
        reply = await there.write(unfinished)
        reader = Reader()
        pieces = [f"{n} " for n in range(300)]
        following = asyncio.create_task(reader.follow(here, 0, until=reply.seq + 301))
        await grow(there, reply, pieces)
        await following
        assert said(reader.messages[reply.id]) == "".join(pieces)


async def test_a_failing_store_is_told_to_those_who_watch(tmp_path: Path) -> None:
    async with feeding(tmp_path / "c.sqlite") as feed:
        clock = await feed.read(lambda store: store.clock())
        waiting = asyncio.create_task(anext(feed.watch(CHAT, clock)))
        while not feed._rooms:
            await asyncio.sleep(0)
        feed.fail(CHAT, StoreFull("The disk is full."))
        with pytest.raises(StoreFull):
            await waiting
        message = await say(feed, "there is room again")
        async with aclosing(feed.watch(CHAT, clock)) as batches:
            assert (await anext(batches)).events[-1].seq == message.seq


async def test_a_change_that_was_missed_is_noticed() -> None:
    start = Message(id=1, seq=1, session=CHAT, role="user", status="done", created="", parts=[])
    delta = PartPut(message=1, base=2, index=0, part=TextPart(text="x"))
    with pytest.raises(Gap):
        apply(start, Event(seq=3, session=CHAT, change=delta))


async def test_a_database_that_cannot_be_opened_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(b"This is no database at all, only a text of some length." * 100)
    with pytest.raises(StoreError, match="damaged"):
        async with feeding(path):
            pass
    assert path.read_bytes().startswith(b"This is no database")
    gc.collect()
