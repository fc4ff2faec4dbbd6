"""A server that tells which modules it imports."""

from __future__ import annotations

import re
from pathlib import Path

from servers import Server


class Traced(Server):
    """A server that logs each module that it imports."""

    def environment(self) -> dict[str, str]:
        """With what makes Python tell."""
        return super().environment() | {"PYTHONPROFILEIMPORTTIME": "1"}

    def imported(self) -> set[str]:
        """The modules so far."""
        return set(re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", self.log(), re.MULTILINE))


def traced(home: Path, python: Path, *enabled: str) -> Traced:
    """One that is run by another Python."""
    server = Traced(home, *enabled)
    server.command[0] = str(python)
    return server


def loaded(home: Path, python: Path) -> tuple[set[str], set[str]]:
    """The modules of a server that answers, and those once it has listed the assistants."""
    server = traced(home, python, "jupyter_chatcore")
    server.start()
    begun = server.imported()
    server.call("GET", "chatcore/assistants")
    found = begun, server.imported()
    server.close()
    return found
