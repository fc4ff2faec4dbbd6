"""Many questions at once: their order, what fails, what is kept, and what stops them."""

from __future__ import annotations

import asyncio
import io

import pytest
from client_chats import chat
from scripted import Gate
from serving import Served

from jupyter_chatcore.assistants.base import AssistantError
from jupyter_chatcore.client.errors import ReplyFailed
from jupyter_chatcore.client.lanes import LANES, patiently
from jupyter_chatcore.client.progress import Progress, State, progress
from jupyter_chatcore.client.structured import AnswerError
from jupyter_chatcore.errors import ChatcoreError, Invalid, TooManyRequests
from jupyter_chatcore.parts import TextPart, VariablePart

NUMBERS = [f"number {number}" for number in range(20)]


def asked(served: Served) -> list[str]:
    """The words of all questions so far, in the order of the alphabet."""
    prompts = [turn.prompt.parts[0] for turn in served.scripted.turns]
    return sorted(part.text for part in prompts if isinstance(part, TextPart))


async def test_each_is_asked_for_itself_and_answered_in_order(served: Served) -> None:
    await chat(served).aask("before")
    answers = await chat(served).amap(NUMBERS, concurrency=8, context={"limit": 3})
    assert [answer.text for answer in answers] == NUMBERS
    assert [answer.prompt for answer in answers.ok] == NUMBERS
    assert not answers.failed
    assert repr(answers) == "<20 answers>"
    turns = served.scripted.turns[1:]
    assert [turn.history for turn in turns] == [()] * 20
    assert all(isinstance(turn.prompt.parts[1], VariablePart) for turn in turns)
    assert len(await chat(served).amessages()) == 2, "the chat itself is left alone"


async def test_its_chats_lie_in_the_archive(served: Served) -> None:
    await chat(served).amap(NUMBERS)
    listed = (await served.ask("GET", "sessions")).json()["sessions"]
    assert [each["id"] for each in listed] == ["values"]
    archive = (await served.ask("GET", "sessions?show=archived")).json()["sessions"]
    assert 1 < len(archive) <= LANES
    for each in archive:
        assert each["id"].startswith("values.map-")
        assert each["title"].startswith("values, map ")


async def test_the_same_again_asks_nothing(served: Served) -> None:
    first = await chat(served).amap([*NUMBERS, "number 1"])
    again = await chat(served).amap(["number 1", *NUMBERS, "one more"], concurrency=1)
    assert asked(served) == sorted([*NUMBERS, "number 1", "one more"])
    assert [again[place].message for place in (0, 1, 2, 3)] == [
        first[place].message for place in (1, 0, 20, 2)
    ], "the second of two of a kind is the second again"


async def test_what_fails_is_told_and_asked_once_more(served: Served) -> None:
    served.scripted.enqueue("half", AssistantError("odd", "It broke."))
    answers = await chat(served).amap(["one"])
    [failed] = answers.failed
    assert isinstance(failed.error, ReplyFailed)
    assert "It broke" in str(failed.error)
    assert failed.text == "half"
    assert repr(answers) == "<1 answers, 1 failed>"
    [answer] = await chat(served).amap(["one"])
    assert answer.text == "one"
    assert asked(served) == ["one", "one"]


async def test_the_others_go_on(served: Served) -> None:
    with pytest.raises(Invalid, match="api_key"):
        await chat(served).amap(["one"], context={"api_key": "x"})
    answers = await chat(served).amap(["one", "two"], assistant="nobody")
    assert [type(answer.error).__name__ for answer in answers] == ["NotFound", "NotFound"]
    assert [answer.message for answer in answers] == [None, None]
    mixed = await chat(served).amap(["one", ("two", {"a": 1})])
    assert [answer.ok for answer in mixed] == [True, True]


async def test_values_are_checked_and_asked_again(served: Served) -> None:
    served.scripted.enqueue("four")
    served.scripted.enqueue("4")
    served.scripted.enqueue("six")
    served.scripted.enqueue("six!")
    answers = await chat(served).amap(["2 + 2", "3 + 3"], type=int, retries=1, concurrency=1)
    [right] = answers.ok
    [wrong] = answers.failed
    assert right.value == 4
    assert isinstance(wrong.error, AnswerError)
    assert wrong.error.text == "six!"
    assert wrong.error.reply is wrong.reply
    served.scripted.enqueue("6")
    again = await chat(served).amap(["2 + 2", "3 + 3"], type=int, retries=1, concurrency=1)
    assert sorted(answer.value for answer in again) == [4, 6]
    assert len(served.scripted.turns) == 5


async def test_no_more_than_so_many_at_once(served: Served) -> None:
    gates = [Gate() for _ in range(20)]
    for gate in gates:
        served.scripted.enqueue(gate, "done")
    running = asyncio.create_task(chat(served).amap(NUMBERS, concurrency=3))
    for place, gate in enumerate(gates):
        await gate.reached.wait()
        assert sum(each.reached.is_set() and not each.is_set() for each in gates) <= 3
        gate.set()
        assert place < 20
    assert [answer.text for answer in await running] == ["done"] * 20
    with pytest.raises(ValueError, match="at least 1"):
        await chat(served).amap(["one"], concurrency=0)


async def test_who_gives_up_stops_all(served: Served) -> None:
    gates = [Gate(), Gate()]
    for gate in gates:
        served.scripted.enqueue(gate, "never")
    running = asyncio.create_task(chat(served).amap(["one", "two", "three"], concurrency=2))
    await asyncio.gather(*(gate.reached.wait() for gate in gates))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with asyncio.timeout(20):
        while served.scripted.stopped < 2:
            await asyncio.sleep(0.05)
    assert len(served.scripted.turns) == 2
    answers = await chat(served).amap(["one", "two", "three"], concurrency=2)
    assert [answer.text for answer in answers] == ["one", "two", "three"]


async def test_without_a_server_nothing_is_asked(served: Served) -> None:
    gone = chat(served, url="http://127.0.0.1:9/")
    with pytest.raises(ChatcoreError):
        await gone.amap(["one", "two"])


async def test_the_same_from_a_thread(served: Served) -> None:
    answers = await asyncio.to_thread(chat(served).map, ["one", "two"], show=False)
    assert [answer.text for answer in answers] == ["one", "two"]


async def test_it_waits_as_long_as_a_server_wants_it_to(served: Served) -> None:
    times = 0

    async def work() -> int:
        nonlocal times
        times += 1
        if times < 9:
            raise TooManyRequests("slowly", retry_after=0.001)
        return times

    assert await patiently(work) == 9


def test_how_far_it_is() -> None:
    shown: list[tuple[str, bool]] = []
    bar = Progress(lambda state, last: shown.append((str(state), last)))
    for done in range(100):
        bar.tell(State(100, done, failed=done // 50))
    bar.tell(State(100, 100, 1))
    bar.close()
    assert shown[0] == ("0 of 100 answered", False)
    assert shown[-1] == ("100 of 100 answered, 1 failed", True)
    assert len(shown) < 50


def test_a_line_in_a_terminal_and_a_bar_in_a_notebook() -> None:
    half = State(4, 2)
    assert half.line() == "[###############...............] 2 of 4 answered"
    assert State(0).line() == "[##############################] 0 of 0 answered"
    assert half.html().startswith('<progress value="2" max="4"')


@pytest.mark.parametrize("looks", [True, False])
def test_where_nobody_looks_nothing_is_shown(looks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    line = io.StringIO()
    monkeypatch.setattr(line, "isatty", lambda: looks, raising=False)
    monkeypatch.setattr("sys.stderr", line)
    bar = progress()
    bar.tell(State(2, 1))
    bar.close()
    assert line.getvalue().endswith("1 of 2 answered\n" if looks else "")
    assert bool(line.getvalue()) is looks
