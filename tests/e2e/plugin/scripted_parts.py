"""The parts that the scripted assistant yields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec

from jupyter_chatcore.assistants.base import Item
from jupyter_chatcore.parts import (
    Approval,
    ApprovalOption,
    DiffOutput,
    NoticePart,
    PlanEntry,
    PlanPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolPart,
)
from jupyter_chatcore.protocol import Sent, Usage

OPTIONS = [
    ApprovalOption(id="once", label="Allow once", kind="allow_once"),
    ApprovalOption(id="always", label="Always allow", kind="allow_always"),
    ApprovalOption(id="no", label="Deny", kind="reject_once"),
]
PLAN = ["Read the prices", "Find what is missing", "Write a test"]
OLD = "".join(f"{name} = {value}\n" for value, name in enumerate("abcdefghijkl"))
NEW = OLD.replace("d = 3\n", "d = 30\ndd = 33\n").replace("j = 9\n", "")


def asking(call: str, title: str) -> ToolPart:
    """A tool call that asks for permission to change a file."""
    return ToolPart(
        call=call,
        name="edit",
        title=title,
        kind="edit",
        status="awaiting",
        input=json.dumps({"path": "work/prices.py", "reason": "the tax is missing"}),
        output=[DiffOutput(path="work/prices.py", old=OLD, new=NEW)],
        approval=Approval(options=OPTIONS),
    )


def done(tool: ToolPart) -> ToolPart:
    """The call at its end."""
    output = [*tool.output, TextOutput(text="3 lines written")]
    return msgspec.structs.replace(tool, status="done", output=output, approval=None)


def notice(seconds: float) -> NoticePart:
    """A word about a wait."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    return NoticePart(
        name="retry",
        text="The model is busy (429). Trying again in",
        level="warning",
        until=until.isoformat().replace("+00:00", "Z"),
    )


def plan(done: int) -> PlanPart:
    """The plan when so many of its steps are done."""
    states = ["completed"] * done + ["in_progress"] + ["pending"] * len(PLAN)
    return PlanPart(
        entries=[
            PlanEntry(content=content, status=state)  # type: ignore[arg-type]
            for content, state in zip(PLAN, states, strict=False)
        ]
    )


SECTION = """\
## Prices, part {0}

A *price* is a number, and `price({0})` adds the **tax** to it. It has been so since the shop
opened, and nobody has asked why: see [the table](https://shop.example/{0}) for what it was.

1. Read the prices of the day.
2. Add the tax where it is missing.

```python
def price(n: float, tax: float = 0.19) -> float:
    # the price with its tax
    return round(n * (1 + tax), {0})
```

"""


def prose() -> Iterator[str]:
    """The words of a text without end: titles, paragraphs, lists and code."""
    for number in count():
        yield from re.findall(r"\s*\S+|\s+", SECTION.format(number))


def everything() -> Iterator[Item]:
    """A part of every kind, and what the answer took."""
    yield NoticePart(name="omitted", text="3 older messages were left out to fit the model.")
    yield ReasoningPart(text="The prices have **no tax**. I look at `prices.py` first.")
    yield plan(1)
    yield ToolPart(
        call="read", name="read", title="Read prices.py", kind="read", status="done",
        input='{"path": "prices.py"}', output=[TextOutput(text=OLD)],
    )  # fmt: skip
    yield ToolPart(
        call="run", name="bash", title="pytest -q", kind="execute", status="failed",
        input='{"command": "pytest -q\\necho done", "timeout": 60}',
        output=[TextOutput(text="1 failed, 12 passed")], error="The command ended with 1.",
    )  # fmt: skip
    yield TextPart(text="The tax was missing, and `d` was wrong.")
    yield Usage(
        model="scripted-large", input_tokens=12345, output_tokens=678, reasoning_tokens=90,
        cached_tokens=10000, seconds=3.21, cost=0.0123,
    )  # fmt: skip
    yield Sent(
        digest="3fa94c21aa0b" + "0" * 52, model="scripted-large",
        parameters={"temperature": 0.2, "max_tokens": 4096},
        messages=12, omitted=3, shortened=[4], window=128000,
        ext={"scripted": {"secret": "never shown"}},
    )  # fmt: skip
