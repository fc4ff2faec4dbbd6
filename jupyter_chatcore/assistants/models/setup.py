"""All that a turn is answered with, settled before anything is asked."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings import ModelSettings
from .options import Options
from .retry import Retry


@dataclass(frozen=True)
class Setup:
    """The server called `name`, the model there, and its window in tokens."""

    name: str
    settings: ModelSettings
    options: Options
    model: str
    window: int
    retry: Retry
