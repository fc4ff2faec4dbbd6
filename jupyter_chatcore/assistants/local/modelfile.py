"""The model file that the configuration names. It is spoken of by its name, never its path."""

from __future__ import annotations

from pathlib import Path

from ..base import AssistantError

_MAGIC = b"GGUF"


class ModelFile:
    """The file at `path`; `~` is the user's home."""

    def __init__(self, path: str) -> None:
        self.path = Path(path).expanduser()

    @property
    def name(self) -> str:
        """Its name without the folder: what users are told."""
        return self.path.name

    @property
    def model(self) -> str:
        """What the model is called: the name without its ending."""
        return self.path.stem

    def check(self) -> None:
        """Look at the file's beginning. It reads from the disk: call it in a thread.

        Raises:
            AssistantError: `not_configured`, where no model is to be found there.
        """
        try:
            with self.path.open("rb") as file:
                begins = file.read(len(_MAGIC))
        except FileNotFoundError:
            raise self._wrong("there is no such file") from None
        except IsADirectoryError:
            raise self._wrong("it is a folder, not a file") from None
        except OSError as error:
            raise self._wrong(f"it cannot be read ({error.strerror})") from None
        if begins != _MAGIC:
            raise self._wrong("it is not a GGUF file")

    def _wrong(self, why: str) -> AssistantError:
        return AssistantError(
            "not_configured",
            f"{self.name}: {why}. Correct `model` in the server's setting"
            " `ChatcoreApp.local_model`, and start Jupyter again.",
        )
