"""What the tools of a chat have in common: a workspace, and the chat's own notebook."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..errors import NotFound
from .workspace import Workspace

Path = Annotated[str, Meta(description="The notebook's path, as list_notebooks tells it")]


class Bound:
    """Tools over a workspace, in a chat that belongs to `notebook` or to none."""

    def __init__(self, workspace: Workspace, notebook: str | None) -> None:
        self._workspace = workspace
        self._notebook = notebook

    def _path(self, given: str | None) -> str:
        """The notebook that is meant.

        Raises:
            NotFound: none is.
        """
        path = given or self._notebook
        if path is None:
            raise NotFound("This chat belongs to no notebook: give the path of one.")
        return path.strip("/")
