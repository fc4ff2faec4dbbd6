"""Where to watch from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import CursorAhead

if TYPE_CHECKING:
    from .store import Store


def starting_point(store: Store, session: str, after: int | None) -> int:
    """Where to watch a chat from; None is now.

    Raises:
        NotFound: there is no such chat.
        CursorAhead: the cursor comes from another database.
    """
    store.get_session(session)
    return check_cursor(store, after)


def check_cursor(store: Store, after: int | None) -> int:
    """Where to watch from; None is now.

    Raises:
        CursorAhead: the cursor comes from another database.
    """
    clock = store.clock()
    if after is not None and after > clock:
        raise CursorAhead(
            f"The cursor {after} is newer than the database ({clock}): take a fresh page."
        )
    return clock if after is None else after
