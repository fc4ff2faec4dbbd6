"""The cell that asks: when it is interrupted, what it asked for is stopped.

An interrupt that comes while the cell waits for an answer is noticed there. One that
comes between two pieces, in the user's own code, is only known when the cell ends.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reply import Reply

_asked: list[Reply] = []
_watched: list[Any] = []


def asked(reply: Reply) -> None:
    """A reply was begun; outside of cells nothing is remembered of it."""
    shell = current_shell()
    if shell is None or threading.current_thread() is not threading.main_thread():
        return
    if shell not in _watched:
        shell.events.register("post_run_cell", _ended)
        _watched.append(shell)
    _asked.append(reply)


def _ended(result: Any) -> None:
    if isinstance(result.error_in_exec, KeyboardInterrupt):
        for reply in _asked:
            reply.take_back()
    _asked.clear()


def current_shell() -> Any:
    """IPython's, None outside of it."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
