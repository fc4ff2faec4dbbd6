"""Pictures are sent no larger than models see them, and a hostile one does no harm."""

from __future__ import annotations

import struct
import zlib

import PIL.Image
import pytest
from bitmaps import noise, opened, plot, saved

from jupyter_chatcore.assistants.pictures import BYTES, SIDE, Pictures, reduced
from jupyter_chatcore.assistants.telling import Image, Text


def small(mime: str, data: bytes) -> Image:
    """The picture as it is sent."""
    made = reduced(Image(mime, data))
    assert isinstance(made, Image)
    return made


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_small_one_goes_as_it_is(kind: str) -> None:
    whole = Image(f"image/{kind.lower()}", saved(plot(SIDE, 10), kind))
    assert reduced(whole) is whole


@pytest.mark.parametrize(
    ("kind", "sent"), [("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "png"), ("WEBP", "png")]
)
def test_a_large_one_is_scaled_in_its_shape(kind: str, sent: str) -> None:
    made = small(f"image/{kind.lower()}", saved(plot(3000, 1001), kind))
    assert made.mime == f"image/{sent}"
    assert opened(made.data).size == (SIDE, 523)


def test_a_thin_one_stays_a_picture() -> None:
    assert opened(small("image/png", saved(plot(5000, 1), "PNG")).data).size == (SIDE, 1)


def test_what_is_transparent_stays_so() -> None:
    clear = PIL.Image.new("RGBA", (2000, 2000), (255, 0, 0, 0))
    made = opened(small("image/png", saved(clear, "PNG")).data)
    assert made.mode == "RGBA"
    pixel = made.getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0


def test_too_many_bytes_become_a_photo_on_white() -> None:
    grain = noise(1400, 1400).convert("RGBA")
    grain.putpixel((0, 0), (0, 0, 0, 0))
    for x in range(64):
        for y in range(64):
            grain.putpixel((x, y), (0, 0, 0, 0))
    whole = saved(grain, "PNG")
    assert len(whole) > BYTES
    made = small("image/png", whole)
    picture = opened(made.data)
    assert (made.mime, picture.size) == ("image/jpeg", (1400, 1400))
    assert len(made.data) <= BYTES
    pixel = picture.getpixel((20, 20))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 240


def test_a_photo_is_turned_as_its_camera_held_it() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    made = small("image/jpeg", saved(plot(2000, 1000), "JPEG", exif=exif))
    assert opened(made.data).size == (784, SIDE)


def test_of_one_that_moves_goes_the_first_frame() -> None:
    frames = [PIL.Image.new("RGB", (2000, 100), colour) for colour in ("red", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert opened(small("image/gif", moving).data).convert("RGB").getpixel((9, 9)) == (255, 0, 0)


def test_a_bomb_is_not_opened() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 8000, 8000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    named = reduced(Image("image/png", b"\x89PNG\r\n\x1a\n" + body))
    assert named == Text("[Picture of 8000 x 8000 pixels, which is too large to be shown]")


def test_what_cannot_be_read_goes_where_it_is_small() -> None:
    broken = Image("image/png", b"\x89PNG\r\n\x1a\n not really")
    assert reduced(broken) is broken
    cut = Image("image/png", saved(plot(2000, 2000), "PNG")[:-5000])
    assert reduced(cut) is cut
    large = b"\x89PNG\r\n\x1a\n" + bytes(BYTES)
    named = Text(f"[Picture of {len(large)} bytes, which is too large to be shown]")
    assert reduced(Image("image/png", large)) == named


def test_each_is_made_once() -> None:
    pictures, data = Pictures(), saved(plot(2000, 10), "PNG")
    assert pictures.small(Image("image/png", data)) is pictures.small(Image("image/png", data))
