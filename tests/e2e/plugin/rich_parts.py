"""An answer with all that can be said and shown, as the scripted assistant gives it."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator

from jupyter_chatcore.assistants.base import Item
from jupyter_chatcore.parts import (
    BundleOutput,
    OutputPart,
    ReasoningPart,
    TextOutput,
    TextPart,
    ToolPart,
)

MARKDOWN = """\
## What the data says

The tax is **19 %** on all of it, see `prices.py` and [the rules](https://example.org/tax).[^1]
With $n$ items, the total is

$$
T = (1 + r)\\sum_{i=1}^{n} p_i
$$

| item | price | with tax |
|:-----|------:|---------:|
| apple<br>(red) | 1.00 | 1.19 |
| pear | 2.50 | 2.98 |

```python
def total(prices: list[float], rate: float = 0.19) -> float:
    # one pass, and no rounding in between
    return sum(prices) * (1 + rate)
```

Next steps:

- [x] read the prices
- [ ] write a test:

  ```python
  assert round(total([1.0, 2.5]), 2) == 4.17
  ```

> [!WARNING]
> Two prices are missing.

> A quotation, with H<sub>2</sub>O and ~~nothing~~ else.

![a chart elsewhere](https://example.org/chart.png)

[^1]: As of this year.
"""


def png(width: int, height: int) -> str:
    """A picture of slanted stripes, as base64."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in colour(x, y, height))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(chunks)).decode()


def colour(x: int, y: int, height: int) -> tuple[int, int, int]:
    """Blue below a slanted line, white above it."""
    return (54, 116, 181) if height - y < x % 80 + 20 else (250, 250, 250)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A piece of a PNG file."""
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def rich() -> Iterator[Item]:
    """Thoughts, a tool with a picture, text with everything, a picture, and a table in HTML."""
    yield ReasoningPart(text="I look at the **prices** first, then at the tax.")
    plot: dict[str, object] = {"image/png": png(480, 240), "text/plain": "A plot of the prices"}
    frame = {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "   a\n0  1"}
    yield ToolPart(
        call="plot", name="python", title="Plot the prices", kind="execute", status="done",
        input='{"code": "prices.plot()"}',
        output=[TextOutput(text="<Axes: >"), BundleOutput(data=plot)],
    )  # fmt: skip
    yield ToolPart(
        call="run", name="bash", title="pytest -q", kind="execute", status="failed",
        input='{"command": "pytest -q"}', error="The command ended with 1. Run `pip install -e .`",
    )  # fmt: skip
    yield TextPart(text=MARKDOWN)
    yield OutputPart(data=plot)
    yield OutputPart(data=frame)
