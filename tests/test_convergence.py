"""Any number of readers, joining whenever and however badly served, end with what is stored."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from core_fixtures import CHAT, feeding, more, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_chatcore.api import NewSession, SessionPatch
from jupyter_chatcore.errors import ChatcoreError
from jupyter_chatcore.feed import Feed
from jupyter_chatcore.parts import TextPart, ToolPart
from jupyter_chatcore.protocol import (
    Event,
    Gap,
    Message,
    MessagePut,
    PartPut,
    Session,
    SessionPut,
    apply,
)
from jupyter_chatcore.store import Store


@dataclass
class Tab:
    """A reader as a browser's tab is one: a page, then events, and a fresh page on a gap."""

    feed: Feed
    other: Feed
    cursor: int = 0
    session: Session | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    seen: list[Event] = field(default_factory=list)

    async def page(self) -> None:
        def read(store: Store) -> tuple[Session, list[Message], int]:
            page = store.get_messages(CHAT, limit=200)
            return store.get_session(CHAT), page.messages, page.cursor

        self.session, messages, self.cursor = await self.feed.read(read)
        self.messages = {message.id: message for message in messages}

    async def watch(self, batches: int) -> None:
        """Take so many batches, then lose the connection; the next one is to either server."""
        async with aclosing(self.feed.watch(CHAT, self.cursor, ping=0.01)) as news:
            async for batch in news:
                for stored in batch.events:
                    await self.take(stored.event)
                batches -= 1
                if not batches:
                    break
        self.feed, self.other = self.other, self.feed

    async def stay(self, end: asyncio.Future[int], slowness: int) -> None:
        """Keep one connection, taking batches as slowly as told, up to the last event."""
        async with aclosing(self.feed.watch(CHAT, self.cursor, ping=0.01)) as news:
            async for batch in news:
                for stored in batch.events:
                    await self.take(stored.event)
                if end.done() and self.cursor >= end.result():
                    return
                for _ in range(slowness):
                    await asyncio.sleep(0.001)

    async def take(self, event: Event) -> None:
        self.seen.append(event)
        if event.seq <= self.cursor:
            return
        try:
            self.apply(event)
        except Gap:
            await self.page()
        self.cursor = max(self.cursor, event.seq)

    def apply(self, event: Event) -> None:
        match event.change:
            case SessionPut(session=session):
                self.put_session(event, session)
            case MessagePut(message=message):
                known = self.messages.get(message.id)
                if known is None or known.seq < event.seq:
                    self.messages[message.id] = message
            case change:
                known = self.messages.get(change.message)
                if known is None:
                    raise Gap("a message that was never seen")
                self.messages[known.id] = apply(known, event)

    def put_session(self, event: Event, session: Session) -> None:
        if self.session and event.seq <= self.session.seq:
            return
        if self.session and self.session.birth != session.birth:
            raise Gap("the chat was deleted and made again")
        self.session = session

    async def agrees(self) -> None:
        """After the last event, everything seen is what is stored."""

        def read(store: Store) -> tuple[Session, dict[int, Message]]:
            return store.get_session(CHAT), {m: store.get_message(CHAT, m) for m in self.messages}

        session, stored = await self.feed.read(read)
        assert self.messages == stored
        page = await self.feed.read(lambda store: store.get_messages(CHAT, limit=200))
        assert {m.id for m in page.messages} <= set(self.messages)
        assert self.session is not None
        assert (self.session.seq, self.session.title) == (session.seq, session.title)


Op = tuple[str, int]
OPS = [
    "say",
    "branch",
    "reply",
    "grow",
    "tool",
    "keep",
    "end",
    "drop",
    "rename",
    "again",
    "recover",
]
programs = st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 10**6)), min_size=5, max_size=40)


@dataclass
class Writer:
    """Whoever writes, through either of two servers on the file."""

    feeds: tuple[Feed, Feed]
    live: dict[int, int] = field(default_factory=dict)

    async def run(self, op: Op) -> None:
        name, number = op
        feed = self.feeds[number % 2]
        try:
            await feed.write(lambda store: getattr(self, name)(store, number))
        except ChatcoreError:
            self.live.clear()  # the chat was made again, or the reply has ended

    def say(self, store: Store, number: int) -> None:
        store.persist_message(CHAT, text(f"words {number}"), key=f"k{number % 7}")

    def branch(self, store: Store, number: int) -> None:
        messages = store.get_messages(CHAT, limit=200).messages
        if messages:
            above = messages[number % len(messages)].parent
            store.persist_message(CHAT, text("instead"), parent=above)

    def reply(self, store: Store, number: int) -> None:
        owner = f"owner{number % 2}"
        born, _ = store.persist_message(CHAT, [], role="assistant", status="streaming", owner=owner)
        first = PartPut(message=0, base=0, index=0, part=TextPart(text="{"))
        self.live[born.id] = store.append_deltas(CHAT, born.id, born.seq, [first])

    def grow(self, store: Store, number: int) -> None:
        if self.live:
            mid = list(self.live)[number % len(self.live)]
            pieces = [more(f" {n}") for n in range(number % 20)]
            self.live[mid] = store.append_deltas(CHAT, mid, self.live[mid], pieces)

    def tool(self, store: Store, number: int) -> None:
        if self.live:
            mid = list(self.live)[number % len(self.live)]
            part = ToolPart(call="c", name="f", input=str(number))
            put = PartPut(message=0, base=0, index=1, part=part)
            self.live[mid] = store.append_deltas(CHAT, mid, self.live[mid], [put, more("!", 1)])

    def keep(self, store: Store, number: int) -> None:
        """Store a live reply as a whole, as is done where it asks for permission."""
        if self.live:
            mid = list(self.live)[number % len(self.live)]
            parts = store.get_message(CHAT, mid).parts
            kept = store.update_message_parts(CHAT, mid, parts, status="streaming")
            self.live[mid] = kept.seq

    def end(self, store: Store, number: int) -> None:
        if self.live:
            mid, _ = self.live.popitem()
            parts = store.get_message(CHAT, mid).parts
            store.update_message_parts(CHAT, mid, parts, status="done")

    def drop(self, store: Store, number: int) -> None:
        messages = store.get_messages(CHAT, limit=200).messages
        if messages:
            store.delete_message(CHAT, messages[number % len(messages)].id)

    def rename(self, store: Store, number: int) -> None:
        store.patch_session(CHAT, SessionPatch(title=f"title {number}"))

    def again(self, store: Store, number: int) -> None:
        if number % 5 == 0:
            store.delete_session(CHAT)
            store.create_session(NewSession(), CHAT)

    def recover(self, store: Store, number: int) -> None:
        store.recover({f"owner{number % 2}"}, "heir")


@dataclass(frozen=True)
class Joiner:
    """A reader to come: when, how patient or slow it is, and on which server."""

    at: int
    patience: int
    first: bool
    stays: bool

    async def join(self, one: Feed, two: Feed, end: asyncio.Future[int]) -> Visit:
        tab = Tab(one, two) if self.first else Tab(two, one)
        await tab.page()
        return Visit(self, tab, self._live(tab, end) if self.stays else None)

    def _live(self, tab: Tab, end: asyncio.Future[int]) -> asyncio.Task[None]:
        return asyncio.create_task(tab.stay(end, self.patience))


@dataclass(frozen=True)
class Visit:
    """A reader that has joined."""

    joiner: Joiner
    tab: Tab
    live: asyncio.Task[None] | None


async def _run(program: list[Op], joiners: list[Joiner], folder: Path) -> None:
    path, visits = folder / "chats.sqlite", list[Visit]()
    end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with feeding(path, 0.005) as one, feeding(path, 0.005) as two:
        writer = Writer((one, two))
        for step, op in enumerate([*program, ("rename", 0)]):
            visits += [await j.join(one, two, end) for j in joiners if j.at == step]
            await writer.run(op)
            comers = [v for v in visits if not v.live and v.joiner.first]
            await asyncio.gather(*(v.tab.watch(v.joiner.patience) for v in comers))
        end.set_result(await one.read(Store.clock))
        await _all_agree(visits, end.result())
        live = await one.read(Store.owners)
        await one.write(lambda store: store.recover(live, "heir"))


async def _all_agree(visits: list[Visit], last: int) -> None:
    """Every reader has caught up, also with what it is told again, and is right."""
    for visit in visits:
        tab = visit.tab
        if visit.live:
            await asyncio.wait_for(visit.live, 10)
        while tab.cursor < last and not visit.live:
            await tab.watch(1)
        assert tab.cursor == last
        for event in list(tab.seen)[::2]:
            await tab.take(event)
        await tab.agrees()


tabs = st.lists(
    st.builds(Joiner, st.integers(0, 20), st.integers(1, 4), st.booleans(), st.booleans()),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs, tabs)
def test_all_readers_converge_to_what_is_stored(program: list[Op], joiners: list[Joiner]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(program, joiners, Path(folder)))


def test_an_event_seen_twice_changes_nothing() -> None:
    start = Message(id=1, seq=1, session=CHAT, role="user", status="done", created="", parts=[])
    delta = PartPut(message=1, base=1, index=0, part=TextPart(text="x"))
    event = Event(seq=2, session=CHAT, change=delta)
    once = apply(start, event)
    assert apply(once, event) is once
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
