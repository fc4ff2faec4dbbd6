"""Who can answer: the plug-ins that are installed, each loaded when first needed.

A plug-in is an entry point of the group `jupyter_chatcore.assistants` whose name is
its class's `name`. Plug-ins are somebody else's code: every call into one is bounded
in time, and whatever goes wrong is told as that plug-in's reason and nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..api import AssistantInfo
from ..errors import NotFound
from .base import Assistant, Availability
from .secrets import describe
from .threads import in_thread

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "jupyter_chatcore.assistants"
BUILTIN = "builtin"
PATIENCE = 5.0
"""Seconds that a plug-in may take to load, to say whether it is available, or to close."""

_log = logging.getLogger(__name__)


class Broken(Exception):
    """Why a plug-in cannot be used; the text is for people."""


class Plugin:
    """One registered assistant: not yet loaded, loading, ready or broken."""

    def __init__(self, name: str, make: Callable[[], Assistant]) -> None:
        self.name = name
        self._make = make
        self._loading: asyncio.Future[Assistant] | None = None
        self._late = False

    @property
    def loaded(self) -> Assistant | None:
        """The assistant, where it has been made."""
        done = self._loading is not None and self._loading.done()
        good = done and self._loading is not None and self._loading.exception() is None
        return self._loading.result() if good and self._loading is not None else None

    async def load(self, patience: float) -> Assistant:
        """The assistant, made at the first call.

        A plug-in that was late once is not waited for again, but is used when it is
        there after all.

        Raises:
            Broken: it cannot be made, or not in time.
        """
        if self._loading is None:
            self._loading = in_thread(self._make, f"assistant-{self.name}")
        done, _ = await asyncio.wait({self._loading}, timeout=0 if self._late else patience)
        if not done:
            self._late = True
            raise Broken(f"it took longer than {patience:g} s to load")
        error = self._loading.exception()
        if error is not None:
            raise Broken(str(error) if isinstance(error, Broken) else describe(error))
        return self._loading.result()

    async def attempt(self, patience: float) -> None:
        """Load it, or learn that it is broken; `info` tells which."""
        with contextlib.suppress(Broken):
            await self.load(patience)

    async def info(self, patience: float, default: bool) -> AssistantInfo:
        """What there is to tell about it; never raises."""
        try:
            assistant = await self.load(patience)
            found = await _available(assistant, patience)
        except Broken as error:
            return AssistantInfo(
                name=self.name, title=self.name, state="broken", reason=str(error), default=default
            )
        return AssistantInfo(
            name=self.name,
            title=assistant.title or self.name,
            description=assistant.description,
            state=found.state,
            reason=found.reason,
            default=default,
            choices=list(found.choices),
        )


class Found(NamedTuple):
    """What a scan of the installed packages gave."""

    name: str
    make: Callable[[], Assistant]


class Registry:
    """The assistants of this server.

    `default` names the one that answers where none is asked for: the built-in one
    unless said otherwise. `patience` bounds every call into a plug-in, in seconds.
    """

    def __init__(self, default: str | None = None, patience: float = PATIENCE) -> None:
        self.default = default or BUILTIN
        self._patience = patience
        self._plugins: dict[str, Plugin] = {}
        self._scan: asyncio.Future[list[Found]] | None = None

    def offer(self, name: str, make: Callable[[], Assistant]) -> None:
        """Register one that is made when it is first needed; an installed one goes after it."""
        self._plugins.setdefault(name, Plugin(name, make))

    def add(self, assistant: Assistant) -> None:
        """Register one that is already made; it goes before an installed one of its name."""

        def make() -> Assistant:
            return assistant

        self._plugins[assistant.name] = Plugin(assistant.name, make)

    def withdraw(self, name: str) -> None:
        """Forget one that was added; an installed one of its name is there again."""
        self._plugins.pop(name, None)

    async def knows(self, name: str) -> bool:
        """Whether there is one of that name, available or not."""
        return any(plugin.name == name for plugin in await self._all())

    async def list(self) -> list[AssistantInfo]:
        """All assistants, the default first, then by name; a broken one with its reason."""
        plugins = await self._all()
        for plugin in plugins:
            # one after another: imports that run side by side can wait for each other
            await plugin.attempt(self._patience)
        infos = await asyncio.gather(
            *(plugin.info(self._patience, plugin.name == self.default) for plugin in plugins)
        )
        return sorted(infos, key=lambda info: (not info.default, info.name))

    async def get(self, name: str | None) -> Assistant:
        """The assistant of that name, None for the default.

        Raises:
            NotFound: there is none, or it is broken; the text names what exists.
        """
        wanted = name or self.default
        plugins = await self._all()
        for plugin in plugins:
            if plugin.name == wanted:
                return await self._load(plugin)
        raise NotFound(
            f"there is no assistant {wanted!r}; there are: {_names(plugins)}."
            " If a notebook's function is meant, run the cell that defines it."
        )

    async def close(self) -> None:
        """Close every assistant that was made; errors are logged, none is raised."""
        loaded = [plugin.loaded for plugin in self._plugins.values()]
        await asyncio.gather(*(self._close(one) for one in loaded if one is not None))

    async def _load(self, plugin: Plugin) -> Assistant:
        try:
            return await plugin.load(self._patience)
        except Broken as error:
            raise NotFound(f"the assistant {plugin.name!r} cannot be used: {error}") from None

    async def _all(self) -> tuple[Plugin, ...]:
        if self._scan is None:
            self._scan = in_thread(_installed, "assistants-scan")
        for found in await asyncio.shield(self._scan):
            if found.name not in self._plugins:
                self._plugins[found.name] = Plugin(found.name, found.make)
        return tuple(self._plugins.values())

    async def _close(self, assistant: Assistant) -> None:
        try:
            await asyncio.wait_for(assistant.close(), self._patience)
        except Exception as error:
            _log.warning("the assistant %r did not close: %s", assistant.name, describe(error))


async def _available(assistant: Assistant, patience: float) -> Availability:
    try:
        found = await asyncio.wait_for(assistant.availability(), patience)
    except TimeoutError:
        raise Broken(f"it took longer than {patience:g} s to say whether it is available") from None
    except Exception as error:
        raise Broken(describe(error)) from None
    if not isinstance(found, Availability):
        raise Broken(f"availability() gave a {type(found).__name__}, not an Availability")
    return found


def _installed() -> list[Found]:
    """The plug-ins of all installed packages, ours first; loads none of them."""
    from importlib.metadata import entry_points  # noqa: PLC0415  (slow: it reads the disk)

    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=GROUP), key=_ours_first):
        first = found.setdefault(entry.name, entry)
        if first.value != entry.value:
            _log.warning(
                "two assistants %r: %s is used, %s not", entry.name, first.value, entry.value
            )
    return [Found(name, _maker(entry)) for name, entry in found.items()]


def _ours_first(entry: EntryPoint) -> tuple[bool, str, str]:
    return not entry.value.startswith(f"{__package__}."), entry.name, entry.value


def _maker(entry: EntryPoint) -> Callable[[], Assistant]:
    def make() -> Assistant:
        return _checked(entry.load(), entry.name)

    return make


def _checked(cls: object, name: str) -> Assistant:
    if not (isinstance(cls, type) and issubclass(cls, Assistant)):
        raise Broken(f"{cls!r} is no subclass of jupyter_chatcore.assistants.base.Assistant")
    if inspect.isabstract(cls):
        raise Broken(f"{cls.__name__} has no reply()")
    if getattr(cls, "name", None) != name:
        raise Broken(f"registered as {name!r}, but its name is {getattr(cls, 'name', None)!r}")
    return cls()


def _names(plugins: Iterable[Plugin]) -> str:
    return ", ".join(sorted(plugin.name for plugin in plugins)) or "none at all"
