"""An assistant for pictures: it answers as one would who knows the data."""

from __future__ import annotations

from collections.abc import AsyncIterator

from jupyter_chatcore.assistants.base import Assistant, Item, Turn
from jupyter_chatcore.parts import ReasoningPart, TextOutput, ToolPart
from jupyter_chatcore.protocol import Usage

ANSWER = """\
**Bergen** is the cheapest town, **Oslo** the dearest: a flat there costs 1.6 times as much.

| town | median price | flats |
|:--|--:|--:|
| Bergen | 3.1 M | 412 |
| Trondheim | 3.4 M | 295 |
| Oslo | 4.9 M | 1,038 |

Prices are skewed, so compare medians, or means of $\\log p$:

```python
import numpy as np

(
    flats.assign(log_price=np.log(flats["price"]))
    .groupby("town")["log_price"]
    .mean()
    .sort_values()
)
```
"""


class PictureAssistant(Assistant):
    """Says the same whatever it is asked."""

    name = "statistician"
    title = "Analyst"
    description = "Answers about flats, for pictures."

    async def reply(self, turn: Turn) -> AsyncIterator[Item]:
        """One look at the data, and what it shows."""
        yield ReasoningPart(text="Group by town; the price is skewed, so take the median.")
        yield ToolPart(
            call="look",
            name="read_file",
            title="Read flats.csv",
            kind="read",
            status="done",
            input='{"file": "flats.csv"}',
            output=[TextOutput(text="town,price,rooms\nOslo,4900000,3\n…")],
        )
        yield ANSWER
        yield Usage(model="analyst-1", input_tokens=1240, output_tokens=210)
