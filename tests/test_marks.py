"""Marks: the same on both sides of the wire, and on every cell that is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from core_running import ask, core, ended, message
from scripted import Scripted

from jupyter_chatcore.marks import mark_of
from jupyter_chatcore.parts import CellPart

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "wire" / "marks.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mark_is_the_same_here_and_in_the_page(case: dict[str, Any]) -> None:
    assert mark_of(case["text"] * case.get("repeat", 1)) == case["mark"]


@pytest.mark.asyncio
async def test_a_cell_is_stored_with_its_mark(tmp_path: Path) -> None:
    cell = CellPart(path="a.ipynb", cell_id="1", cell_type="code", source="1 + 1")
    part_of_one = CellPart(
        path="a.ipynb", cell_id="2", cell_type="code", source="+ 1", mark=mark_of("1 + 1")
    )
    async with core(tmp_path, Scripted()) as chat:
        posted = await ask(chat, None, parts=[cell, part_of_one])
        await ended(chat, posted)
        stored = (await message(chat, posted.message)).parts
    assert [part.mark for part in stored if isinstance(part, CellPart)] == [mark_of("1 + 1")] * 2
