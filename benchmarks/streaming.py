"""How fast an answer reaches those who read it, and what it costs the server.

Server-sent events and WebSockets beside bare handlers of the same server that keep
nothing: ten streams at 200 tokens a second, a burst, many tabs, and a stalled one.
Latency is from when the assistant gives a token to when the client has it.

    python benchmarks/streaming.py [--quick]
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence

from encoding import encoding
from measure import Report, Row, Spread, begin, percentile, spread, turns
from rounds import Rounds, Run
from servers import folder, serving
from tokens import COALESCE, Order

Runs = dict[bool, list[Run]]
Figure = Callable[[Run], float]


def main() -> None:
    """Print JSON, then a table."""
    report = begin("streaming", __doc__)
    with folder() as home, serving(home) as (server, caller):
        asyncio.run(everything(report, Rounds(server, caller)))
    report.show()


async def everything(report: Report, rounds: Rounds) -> None:
    """All parts, one after another."""
    await rounds.burst(Order(1000), bare=False)
    await rounds.burst(Order(1000), bare=True)
    await paced(report, rounds)
    for tabs in (1, 10, 100):
        await fan(report, rounds, tabs)
    await stalled(report, rounds)
    await bursts(report, rounds)
    # The bursts have left answers of 10 MB in the same table, for good or ill.
    await fan(report, rounds, 1, " beside chats with answers of 10 MB")
    report.add(*await encoding())


async def paced(report: Report, rounds: Rounds) -> None:
    """Ten streams at 200 tokens a second."""
    many, order = 10, Order(400 if report.quick else 600, rate=200)
    runs: Runs = defaultdict(list)
    for bare in turns(3 if report.quick else 5, (False, True)):
        runs[bare].append(await rounds.streams(order, many, bare=bare))
    name = f"SSE, {many} streams at 200 tokens/s"
    limit = (COALESCE + 0.002) * 1e3
    cpu = {b: of(runs[b], lambda r: r.cost.cpu * 1e6 / many / order.tokens) for b in runs}
    report.add(
        row(f"{name}: latency, median", "ms", runs, late(50), target=limit),
        row(f"{name}: latency, p99", "ms", runs, late(99)),
        Row(f"{name}: server CPU a token", "µs", cpu[False], cpu[True], "ratio"),
    )


async def bursts(report: Report, rounds: Rounds) -> None:
    """Answers that come as fast as they can be taken."""
    big, small = Order(200_000, note=False), Order(20_000, note=False)
    number = 5 if report.quick else 11
    large = Order(10_000, size=1000, note=False)
    sse: Runs = defaultdict(list)
    wide: Runs = defaultdict(list)
    tabs: Runs = defaultdict(list)
    flushed: Runs = defaultdict(list)
    polled: Runs = defaultdict(list)
    for bare in turns(number, (False, True)):
        sse[bare].append(await rounds.burst(big, bare=bare))
        wide[bare].append(await rounds.burst(large, bare=bare))
        tabs[bare].append(await rounds.fan(big, 2, bare=bare))
        two = 0 if bare else 2
        flushed[bare].append(await rounds.burst(small, bare=bare, tabs=two, batched=not bare))
        polled[bare].append(await rounds.burst(big, bare=bare, tabs=two, polled=True))
    report.add(
        speed("SSE, a burst of 200,000 tokens (1 MB), same batching", sse, big, 0.8),
        speed("SSE, a burst of 10,000 pieces of 1 kB (10 MB)", wide, large, 0.8),
        speed("WebSocket, 200,000 tokens to two tabs", tabs, big, None),
        speed("SSE and two tabs, stored, against a bare flush each token", flushed, small, 3),
        row("another request's longest wait in a burst", "ms", polled, waits(100), target=10),
        row("another request's wait in a burst, p99", "ms", polled, waits(99)),
    )
    quiet = [wait * 1e3 for wait in await rounds.waits(1)]
    report.notes.append(
        f"another request takes {percentile(quiet, 50):.1f} ms (p99 {percentile(quiet, 99):.1f})"
        " on the idle server"
    )


async def fan(report: Report, rounds: Rounds, tabs: int, where: str = "") -> None:
    """Each of 20 events a second to many tabs; one tab's cost is taken off."""
    order = Order(40 if report.quick else 60, rate=20)
    many: Runs = defaultdict(list)
    single: Runs = defaultdict(list)
    for bare in turns(3 if report.quick else 5, (False, True)):
        many[bare].append(await rounds.fan(order, tabs, bare=bare))
        if tabs > 1:
            single[bare].append(await rounds.fan(order, 1, bare=bare))
    name = f"WebSocket, {tabs} {'tab' if tabs == 1 else 'tabs'}{where}"
    report.add(row(f"{name}: latency, median", "ms", many, late(50)))
    if tabs == 1:
        cpu = {b: of(many[b], lambda r: r.cost.cpu * 1e6 / order.tokens) for b in many}
        report.add(Row(f"{name}: CPU an event", "µs", cpu[False], cpu[True], "ratio"))
        return
    cpu = {b: each(many[b], single[b], order.tokens * (tabs - 1)) for b in many}
    report.add(
        Row(f"{name}: CPU a delivery, framed once", "µs", cpu[False], cpu[True], "share", 0.8,
            at_least=True)
    )  # fmt: skip
    middle, worst = of(many[False], late(50)), of(many[False], late(99))
    limit = 3.0 if tabs == 100 else None
    report.add(Row(f"{name}: latency, p99 against p50", "ms", worst, middle, "ratio", limit))


async def stalled(report: Report, rounds: Rounds) -> None:
    """Ten tabs on an answer of 0.8 MB a second, of which one takes nothing."""
    order = Order(1000, rate=200, size=4000)
    found: dict[tuple[bool, int], list[Run]] = defaultdict(list)
    cases = [(False, 0), (False, 1), (True, 1)]
    for bare, asleep in turns(3 if report.quick else 5, cases):
        found[bare, asleep].append(await rounds.fan(order, 10, bare=bare, stalled=asleep))
    without, with_one, bare_one = (found[case] for case in cases)
    held = of(with_one, lambda r: r.unsent / 1e3), of(bare_one, lambda r: r.unsent / 1e3)
    grew = of(with_one, lambda r: r.grew / 1e3), of(without, lambda r: r.grew / 1e3)
    size = order.tokens * order.size // 10**6
    report.add(
        Row(f"a stalled tab among 10, {size} MB: the others' p99, with and without it", "ms",
            of(with_one, late(99)), of(without, late(99)), "ratio", 1.2),
        Row("held for the stalled tab (floor: nobody waits for a tab)", "kB", *held, target=256),
        Row("the server's memory grew, with and without it", "kB", *grew, note="also its text"),
    )  # fmt: skip


def of(runs: Sequence[Run], figure: Figure) -> Spread:
    """A figure of every round."""
    return spread([figure(run) for run in runs])


def late(percent: float) -> Figure:
    """The latency that so many percent of a round's tokens had at most, in ms."""
    return lambda run: percentile(run.late, percent) * 1e3


def waits(percent: float) -> Figure:
    """The same of other requests."""
    return lambda run: percentile(run.waits, percent) * 1e3


def row(name: str, unit: str, runs: Runs, figure: Figure, target: float | None = None) -> Row:
    """A row whose target is a value."""
    return Row(name, unit, of(runs[False], figure), of(runs[True], figure), target=target)


def speed(name: str, runs: Runs, order: Order, target: float | None) -> Row:
    """How many of the floor's tokens a second are reached, from the time for each."""
    wall = {b: of(runs[b], lambda r: r.cost.wall * 1e6 / order.tokens) for b in runs}
    cpu = {b: of(runs[b], lambda r: r.cost.cpu * 1e6 / order.tokens) for b in runs}
    return Row(
        name, "µs/token", wall[False], wall[True], "share", target, at_least=True,
        cpu=cpu[False], floor_cpu=cpu[True],
    )  # fmt: skip


def each(many: Sequence[Run], single: Sequence[Run], deliveries: int) -> Spread:
    """The CPU that one more delivery takes, in µs."""
    pairs = zip(many, single, strict=True)
    return spread([(m.cost.cpu - s.cost.cpu) * 1e6 / deliveries for m, s in pairs])


if __name__ == "__main__":
    main()
