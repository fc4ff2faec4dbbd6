"""What an answer changed in notebooks is taken back, and nothing that others changed since."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import CHAT
from core_running import ask, core, ended
from fakepage import FakePage, code
from httpx import Response
from scripted import Gate, Scripted
from serving import Served

from jupyter_chatcore.context.workspace import WorkspaceError
from jupyter_chatcore.parts import DiffOutput, TextPart, ToolPart, ToolStatus
from jupyter_chatcore.protocol import Message

EDITED = DiffOutput(path="n.ipynb", old="a = 1", new="a = 10", cell="one", cell_type="code")
INSERTED = DiffOutput(path="n.ipynb", new="c = 3", cell="new", cell_type="code", after="one")
DELETED = DiffOutput(path="n.ipynb", old="b = 2", cell="two", cell_type="code", after="new")


def call(*changes: DiffOutput, name: str = "c", status: ToolStatus = "done") -> ToolPart:
    """A tool call that made these changes."""
    return ToolPart(call=name, name="edit_cell", status=status, output=list(changes))


class Answered:
    """An answer that changed the notebook that a page has open."""

    def __init__(self, served: Served, page: FakePage) -> None:
        self.served = served
        self.page = page
        self.reply = 0

    async def say(self, *parts: ToolPart | TextPart | asyncio.Event) -> None:
        """The assistant answers with these parts."""
        session = await self.served.chat()
        self.served.scripted.enqueue(*parts)
        self.reply = (await self.served.posted(session, "change it"))["reply"]

    async def ended(self) -> Message:
        """The answer as it is stored."""
        return await self.served.ended("chat", self.reply)

    async def undo(self) -> Response:
        """Ask to take it back."""
        return await self.served.ask("POST", f"chat/chat/messages/{self.reply}/undo", {})

    async def undone(self) -> dict[str, Any]:
        """Take it back."""
        await self.ended()
        answer = await self.undo()
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def marks(self) -> list[bool]:
        """Which changes are marked as undone."""
        parts = (await self.ended()).parts
        tools = [part for part in parts if isinstance(part, ToolPart)]
        return [
            output.undone
            for part in tools
            for output in part.output
            if isinstance(output, DiffOutput)
        ]


@pytest.fixture
def answer(served: Served, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Iterator[Answered]:
    page = FakePage("n.ipynb", code("one", "a = 10"), code("new", "c = 3"), code("two", "b = 2"))
    with page.open_on(jp_asyncio_loop, served):
        yield Answered(served, page)


async def test_all_is_taken_back_the_last_change_first(answer: Answered) -> None:
    del answer.page.cells[2]
    await answer.say(call(EDITED), TextPart(text="and"), call(INSERTED, DELETED, name="d"))
    before = await answer.ended()
    assert await answer.undone() == {"undone": 3}
    assert answer.page.sources == ["a = 1", "b = 2"]
    assert await answer.marks() == [True] * 3
    after = await answer.ended()
    assert (after.status, after.usage, after.parts[1]) == ("done", before.usage, before.parts[1])


async def test_a_cell_that_comes_back_is_known_to_older_changes(answer: Answered) -> None:
    gone = DiffOutput(path="n.ipynb", old="a = 10", cell="one", cell_type="code")
    del answer.page.cells[0]
    await answer.say(call(EDITED, gone))
    assert await answer.undone() == {"undone": 2}
    assert answer.page.sources == ["a = 1", "c = 3", "b = 2"]


async def test_what_was_changed_since_stays_and_is_told(answer: Answered) -> None:
    answer.page.cells[0] = code("one", "my own")
    answer.page.cells[2] = code("two", "beside it")
    await answer.say(call(EDITED, INSERTED))
    told = await answer.undone()
    assert told["undone"] == 1
    [why] = told["conflicts"]
    assert why == "The cell “a = 10” of n.ipynb was changed since, so it stays as it is."
    assert answer.page.sources == ["my own", "beside it"]
    assert await answer.marks() == [False, True]
    answer.page.cells[0] = code("one", "a = 10")
    assert await answer.undone() == {"undone": 1}
    assert answer.page.sources[0] == "a = 1"


async def test_a_cell_that_is_gone_is_told(answer: Answered) -> None:
    answer.page.cells.pop(0)
    await answer.say(call(EDITED))
    told = await answer.undone()
    assert (told["undone"], "cannot be put back" in told["conflicts"][0]) == (0, True)


async def test_a_cell_that_had_a_secret_is_not_put_back_without_it(answer: Answered) -> None:
    hidden = DiffOutput(path="n.ipynb", old="k = '[hidden]'", new="a = 10", cell="one")
    await answer.say(call(hidden))
    told = await answer.undone()
    assert told["undone"] == 0
    assert "had a secret of the server's in it" in told["conflicts"][0]
    assert answer.page.sources[0] == "a = 10"


async def test_it_is_taken_back_once(answer: Answered) -> None:
    await answer.say(call(EDITED))
    await answer.ended()
    first, second = await asyncio.gather(answer.undo(), answer.undo())
    assert sorted([first.status_code, second.status_code]) == [200, 409]
    assert await answer.marks() == [True]
    third = await answer.undo()
    assert (third.status_code, "nothing to take back" in third.text) == (409, True)


@pytest.mark.parametrize("status", ["awaiting", "denied", "failed", "cancelled"])
async def test_what_was_only_shown_is_no_change(answer: Answered, status: ToolStatus) -> None:
    await answer.say(call(EDITED, status=status))
    await answer.ended()
    assert (await answer.undo()).status_code == 409
    assert answer.page.sources[0] == "a = 10"


async def test_an_answer_that_is_being_written_has_to_be_stopped_first(answer: Answered) -> None:
    gate = Gate()
    await answer.say(call(EDITED), gate)
    await gate.reached.wait()
    refused = await answer.undo()
    assert (refused.status_code, "stop it first" in refused.text) == (409, True)
    gate.set()
    assert await answer.undone() == {"undone": 1}


async def test_other_answers_have_nothing_to_take_back(answer: Answered) -> None:
    await answer.say(call(DiffOutput(path="a.txt", old="x", new="y")))
    await answer.ended()
    assert (await answer.undo()).status_code == 409
    missing = await answer.served.ask("POST", "chat/chat/messages/9999/undo", {})
    assert missing.status_code == 404


@pytest.mark.asyncio
async def test_without_a_server_it_says_what_it_needs(tmp_path: Path) -> None:
    assistant = Scripted()
    assistant.enqueue(call(EDITED))
    async with core(tmp_path, assistant) as chat:
        reply = await ended(chat, await ask(chat))
        with pytest.raises(WorkspaceError, match="needs a Jupyter server"):
            await chat.undo.undo(CHAT, reply.id)
