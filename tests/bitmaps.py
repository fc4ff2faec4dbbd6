"""Pictures that tests draw."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image


def plot(width: int, height: int) -> Image.Image:
    """A picture in which each place has another colour."""
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    bands = [across * 255 // width + 0 * down, down * 255 // height + 0 * across, across ^ down]
    return Image.fromarray(np.stack([band.astype(np.uint8) for band in bands], axis=-1))


def noise(width: int, height: int) -> Image.Image:
    """A picture that cannot be compressed."""
    random = np.random.default_rng(0)
    return Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8))


def saved(picture: Image.Image, kind: str, **more: Any) -> bytes:
    """The picture's file."""
    file = io.BytesIO()
    picture.save(file, kind, **more)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    """The picture in a file."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture
