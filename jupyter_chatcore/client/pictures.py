"""Figures and images as pictures that a model can look at.

The libraries are not imported: whoever has a figure has done so. A picture has at most
`PIXELS` on its longer side, which is as much as models look at.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

from ..errors import TooLarge
from ..kernels.harmless import derived, type_of
from ..parts import OutputPart
from .statistics import clipped

PIXELS = 1568
BYTES = 4_000_000
_DPI = 100.0
_AXES = 20


def picture(value: Any) -> OutputPart | None:
    """The value as a picture; None where it is none.

    Raises:
        TooLarge: the picture has more than `BYTES` bytes.
    """
    figure = _figure(value)
    if figure is not None:
        return _output(_drawn(figure), _described(figure))
    if derived(value, "PIL.Image", "Image"):
        return _output(_shrunk(value), f"{value.mode} image, {value.width} x {value.height}")
    if derived(value, "plotly.basedatatypes", "BaseFigure"):
        return _plotly(value)
    return _self_drawn(value)


def _output(png: bytes, text: str, mime: str = "image/png") -> OutputPart:
    if len(png) > BYTES:
        raise TooLarge(
            f"The picture has {len(png) / 1e6:.1f} MB, at most {BYTES / 1e6:.0f} MB can be sent:"
            " make it smaller."
        )
    return OutputPart(data={mime: base64.b64encode(png).decode("ascii"), "text/plain": text})


def _figure(value: Any) -> Any:
    """The figure of matplotlib that it is, or is on: axes, a grid of seaborn's, an array."""
    if derived(value, "numpy", "ndarray") and value.dtype == object and value.size:
        first = value.flat[0]
        return _figure(first) if derived(first, "matplotlib.axes", "Axes") else None
    if derived(value, "seaborn.axisgrid", "Grid"):
        return value.figure
    if derived(value, "matplotlib.figure", "Figure"):
        return value
    if derived(value, "matplotlib.artist", "Artist"):
        return getattr(value.figure, "figure", None)  # of a figure in a figure the outer one
    return None


def _drawn(figure: Any) -> bytes:
    longest = max(map(float, figure.get_size_inches()))
    file = io.BytesIO()
    dpi = min(_DPI, PIXELS / max(longest, 0.01))
    figure.savefig(file, format="png", dpi=dpi, facecolor="white")
    return file.getvalue()


def _described(figure: Any) -> str:
    """What stands on the figure, for who cannot look at it."""
    axes = figure.axes
    lines = [f"Figure with {len(axes)} axes" if len(axes) != 1 else "Figure"]
    lines += [f"  {line}" for each in axes[:_AXES] if (line := "; ".join(_words(each)))]
    return "\n".join(lines)


def _words(axes: Any) -> Iterator[str]:
    told = (("title", "get_title"), ("x", "get_xlabel"), ("y", "get_ylabel"))
    for word, name in told:
        ask = getattr(axes, name, None)
        text = ask() if ask is not None else ""
        if text:
            yield f"{word}: {clipped(text, 100)}"
    _, labels = axes.get_legend_handles_labels()
    if labels:
        yield f"legend: {clipped(', '.join(labels), 300)}"


def _shrunk(image: Any) -> bytes:
    file, small = io.BytesIO(), image
    if max(image.size) > PIXELS:
        small = image.copy()
        small.thumbnail((PIXELS, PIXELS))
    if small.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        small = small.convert("RGB")
    small.save(file, format="PNG")
    return file.getvalue()


def _plotly(figure: Any) -> OutputPart | None:
    """A figure of plotly's, where what draws it (kaleido) is installed."""
    try:
        png = figure.to_image(format="png", width=1000, height=700)
    except Exception:
        return None  # its data is told instead
    return _output(png, clipped(f"Plotly figure {figure.layout.title.text or ''}", 200))


def _self_drawn(value: Any) -> OutputPart | None:
    """What tells notebooks how it looks: by `_repr_png_`, `_repr_jpeg_` or a mime bundle."""
    if isinstance(value, type):
        return None
    for mime, drawn in _offered(value):
        data = drawn[0] if isinstance(drawn, tuple) else drawn
        if isinstance(data, str):
            data = base64.b64decode(data)
        if isinstance(data, bytes) and data:
            return _output(data, type_of(value), mime)
    return None


def _offered(value: Any) -> Iterator[tuple[str, Any]]:
    for mime, name in (("image/png", "_repr_png_"), ("image/jpeg", "_repr_jpeg_")):
        draw = getattr(type(value), name, None)
        if callable(draw):
            yield mime, draw(value)
    bundle = getattr(type(value), "_repr_mimebundle_", None)
    if callable(bundle):
        made = bundle(value, include=None, exclude=None)
        data = made[0] if isinstance(made, tuple) else made
        yield from (
            (mime, data[mime]) for mime in ("image/png", "image/jpeg") if mime in data or {}
        )
