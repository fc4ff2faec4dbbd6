"""What a request may be."""

from __future__ import annotations

from tornado.web import HTTPError


def check_content_type(value: str) -> None:
    """Only JSON is read, and it must be said, as any page's form can post other types.

    Raises:
        HTTPError: 415.
    """
    if value.partition(";")[0].strip().lower() != "application/json":
        raise HTTPError(
            415, "send JSON, with the header `Content-Type: application/json` (curl --json)"
        )
