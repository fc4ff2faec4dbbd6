"""Pictures as models and agents are sent them: no larger than they can see. The rule:

- A picture of which the long side has at most `SIDE` pixels and which has at most `BYTES`
  bytes goes as it is.
- Any other is turned as its camera held it, scaled by Lanczos's filter to a long side of
  `SIDE` where it is larger, and sent as PNG where it is a PNG, GIF or WebP; that, where it
  is a JPEG or too many bytes still, as JPEG of quality 85 on white. Of one that moves it
  is the first frame.
- One with more than `PIXELS` pixels is not opened, and only named; so is one that has too
  many bytes and cannot be read. What cannot be read but is small goes as it is.

What is stored stays whole. Call it in a thread: it imports Pillow, and works a while.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from .telling import Image, Text

if TYPE_CHECKING:
    from PIL.Image import Image as Bitmap

SIDE = 1568
"""Pixels of the long side; models scale what is larger down themselves."""
BYTES = 3 * 2**20
"""As base64 it is 4 MiB, and the least that a provider takes is 5 MB."""
PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_TOO_LARGE = "[Picture of {width} x {height} pixels, which is too large to be shown]"
_TOO_MANY_BYTES = "[Picture of {size} bytes, which is too large to be shown]"


class Pictures:
    """Makes pictures smaller, each once."""

    def __init__(self) -> None:
        self._made: dict[Image, Image | Text] = {}

    def small(self, picture: Image) -> Image | Text:
        """The picture as it is sent: the same object where it is small enough."""
        if picture not in self._made:
            self._made[picture] = reduced(picture)
        return self._made[picture]


def reduced(picture: Image) -> Image | Text:
    """The picture by the rule, or the words that name it."""
    import PIL.Image  # noqa: PLC0415  (slow, and only there with the extras)

    many = len(picture.data) > BYTES
    try:
        with PIL.Image.open(io.BytesIO(picture.data), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > PIXELS:
                return Text(_TOO_LARGE.format(width=width, height=height))
            if not many and max(opened.size) <= SIDE:
                return picture
            return _encoded(_upright(opened), opened.format == "JPEG")
    except Exception:  # decoders raise whatever they like at a file that is broken or hostile
        return Text(_TOO_MANY_BYTES.format(size=len(picture.data))) if many else picture


def _upright(opened: Bitmap) -> Bitmap:
    """Its first frame, turned and scaled, in colours that can be scaled."""
    import PIL.Image  # noqa: PLC0415
    from PIL.ImageOps import exif_transpose  # noqa: PLC0415

    bitmap = exif_transpose(opened).convert("RGBA" if opened.has_transparency_data else "RGB")
    scale = SIDE / max(bitmap.size)
    if scale >= 1:
        return bitmap
    width, height = (max(1, round(length * scale)) for length in bitmap.size)
    return bitmap.resize((width, height), PIL.Image.Resampling.LANCZOS)


def _encoded(bitmap: Bitmap, photo: bool) -> Image | Text:
    if not photo and len(data := _saved(bitmap, "PNG")) <= BYTES:
        return Image("image/png", data)
    data = _saved(_on_white(bitmap), "JPEG")
    many = len(data) > BYTES
    return Text(_TOO_MANY_BYTES.format(size=len(data))) if many else Image("image/jpeg", data)


def _on_white(bitmap: Bitmap) -> Bitmap:
    import PIL.Image  # noqa: PLC0415

    if bitmap.mode != "RGBA":
        return bitmap
    white = PIL.Image.new("RGBA", bitmap.size, "white")
    return PIL.Image.alpha_composite(white, bitmap).convert("RGB")


def _saved(bitmap: Bitmap, kind: str) -> bytes:
    file = io.BytesIO()
    bitmap.save(file, kind, **({"quality": 85} if kind == "JPEG" else {}))
    return file.getvalue()
