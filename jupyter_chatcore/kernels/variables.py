"""A kernel's variables, as they are told to a person and to an assistant."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from ..parts import MimeBundle, VariablePart
from . import fingerprints, harmless, indepth, inkernel
from .link import KernelUnavailable, asking

SECONDS = 5.0
# In a namespace of its own, and on the user's as it is where the expression stands.
_EXPRESSION = (
    "(lambda space, user: ([exec(source, space) for source in {sources!r}],"
    " space['Shown'](space['look']("
    "user, getattr(__import__('IPython').get_ipython(), 'user_ns_hidden', ()),"
    " {deny!r}, {names!r})))[1])({{'__name__': 'chatcore_look'}}, globals())"
)
# What IPython prints as it is, in place of a string's repr that it may shorten.
_SHOWN = """
class Shown:
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text
"""


UNSUPPORTED = (
    "This is a {language} kernel: only the variables of Python kernels can be looked at."
    " Cells can be read, changed and run as in any other."
)


def _alone(module: ModuleType) -> str:
    """A module's source without what it imports of ours: all stand in one namespace there."""
    return re.sub(r"(?m)^from \.\w+ import (\([^)]*\)|.*)$", "", inspect.getsource(module))


_SOURCES = (*map(_alone, (harmless, indepth, fingerprints, inkernel)), _SHOWN)


class Variables:
    """Reads kernels of a server; `manager` finds the manager of a kernel by its id.

    `deny` are patterns of names that are never read; what looks like a secret never is.
    """

    def __init__(
        self,
        manager: Callable[[str], Any],
        language: Callable[[str], str],
        deny: Sequence[str] = (),
        seconds: float = SECONDS,
    ) -> None:
        self._manager = manager
        self._language = language
        self._deny = list(deny)
        self._seconds = seconds

    async def names(self, kernel: str) -> list[VariablePart]:
        """All variables, without previews.

        Raises:
            NotFound: there is no such kernel.
            KernelUnavailable: it is busy, dead, or speaks another language.
        """
        return await self._look(kernel, None)

    async def described(self, kernel: str, names: Sequence[str]) -> list[VariablePart]:
        """The variables of these names that are there, with previews.

        Raises:
            NotFound, KernelUnavailable: as `names`.
        """
        return await self._look(kernel, list(names))

    async def _look(self, kernel: str, names: list[str] | None) -> list[VariablePart]:
        expression = _EXPRESSION.format(sources=_SOURCES, deny=self._deny, names=names)
        data = await self.value(kernel, expression, self._seconds)
        return [_part(kernel, told) for told in json.loads(data["text/plain"])]

    async def value(self, kernel: str, expression: str, seconds: float) -> MimeBundle:
        """The value of a Python expression.

        Raises:
            NotFound, KernelUnavailable: as `names`; also where the expression fails.
        """
        manager, language = self._manager(kernel), self._language(kernel)
        if language.lower() not in ("python", ""):
            raise KernelUnavailable("unsupported", UNSUPPORTED.format(language=language))
        async with asking(manager) as link:
            return await link.value(expression, seconds)


def _part(kernel: str, told: dict[str, Any]) -> VariablePart:
    return VariablePart(
        name=told["name"],
        kernel=kernel,
        python_type=told["python_type"],
        shape=told["shape"],
        preview={"text/plain": told["preview"]} if "preview" in told else {},
        truncated=told.get("truncated", False),
        fingerprint=told.get("fingerprint"),
    )
