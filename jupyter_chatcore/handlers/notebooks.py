"""What is asked about kernels and notebooks."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from ..api import VariableList
from .base import ChatHandler, checked
from .query import NamesQuery


class VariablesHandler(ChatHandler):
    """`kernels/{kernel}/variables`"""

    @authenticated
    @authorized
    @checked
    async def get(self, kernel: str) -> None:
        """The variables that may be shown; those that are named come with previews."""
        names, variables = self.query(NamesQuery).list, self.service.workspace().kernel_variables
        found = await (
            variables.names(kernel) if names is None else variables.described(kernel, names)
        )
        self.respond(VariableList(variables=found))


class UndoHandler(ChatHandler):
    """`chat/{session}/messages/{mid}/undo`"""

    @authenticated
    @authorized
    @checked
    async def post(self, session: str, mid: int) -> None:
        """Take back what an answer changed in notebooks, and nothing that others changed since."""
        core = await self.core()
        self.respond(await core.undo.undo(session, mid))
