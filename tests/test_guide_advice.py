"""Errors that are pasted or shown get advice that helps."""

from __future__ import annotations

import pytest
from guide_asking import Ask, said, turn

from jupyter_chatcore.assistants.builtin import BuiltinAssistant
from jupyter_chatcore.parts import CellPart, TextPart

pytestmark = pytest.mark.asyncio


async def test_a_cell_that_failed_is_understood(assistant: BuiltinAssistant) -> None:
    output = {"output_type": "error", "ename": "NameError", "evalue": "name 'np' is not defined"}
    cell = CellPart(path="a.ipynb", cell_id="1", cell_type="code", source="np", outputs=[output])
    answer = await said(assistant, turn(TextPart(text="what is wrong here?"), cell))
    assert "import numpy as np" in answer


@pytest.mark.parametrize(
    ("prompt", "advice"),
    [
        ("ModuleNotFoundError: No module named 'sklearn'", "%pip install scikit-learn"),
        ("No module named cv2", "%pip install opencv-python"),
        ("ModuleNotFoundError: No module named 'fruitbok'", "Did you mean `fruitbox`?"),
        ("ModuleNotFoundError: No module named 'json.nothing'", "has no module `json.nothing`"),
        ("AttributeError: module 'fruitbox' has no attribute 'pell'", "Did you mean `peel`?"),
        ("AttributeError: 'Box' object has no attribute 'wieght'", "Did you mean `weight`?"),
        ("AttributeError: 'NoneType' object has no attribute 'x'", "is `None`"),
        ("NameError: name 'pd' is not defined", "import pandas as pd"),
        ("NameError: name 'prnt' is not defined", "Did you mean `print`?"),
        ("total = price * 2\nNameError: name 'prise' is not defined", "Did you mean `price`?"),
        ("TypeError: peel() got an unexpected keyword argument 'thikness'", "`thickness`"),
        ("ImportError: cannot import name 'pell' from 'fruitbox' (x.py)", "Did you mean `peel`?"),
        ("ValueError: could not convert string to float: 'a'", "pd.to_numeric"),
        ("I get KeyError: 'price' all the time", "no such key"),
        ("fruitbox.Melon.NoError: x\nKeyError: 1", "no such key"),
    ],
)
async def test_errors_get_advice(ask: Ask, prompt: str, advice: str) -> None:
    assert advice in await ask(prompt)


async def test_a_traceback_is_read_to_its_cause(ask: Ask) -> None:
    answer = await ask(
        "\x1b[31m---------------------------------------------------------------------------\x1b[0m\n"
        "ZeroDivisionError                         Traceback (most recent call last)\n"
        "Cell In[3], line 2\n      1 x = 0\n----> 2 print(1 / x)\n\n"
        "ZeroDivisionError: division by zero"
    )
    assert answer.startswith("### ZeroDivisionError")
    assert "```python\nprint(1 / x)\n```" in answer
    assert "test the divisor first" in answer
    assert "docs.python.org" in answer


async def test_an_unknown_error_is_said_to_be_unknown(ask: Ask) -> None:
    assert "I know nothing about this error" in await ask("WeirdVendorError: code 77")
