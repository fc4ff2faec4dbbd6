"""The chat core as one object: the database, its feed, and the replies.

It needs an event loop and nothing of Jupyter.
"""

from __future__ import annotations

import asyncio
import logging
import os
from functools import partial
from pathlib import Path

import msgspec

from .abandoned import Abandoned
from .api import Content
from .assistants.functions import Functions
from .assistants.presets import makers
from .assistants.registry import Registry
from .assistants.secrets import known_secrets
from .assistants.servers.all import Servers
from .assistants.settings import AssistantSettings
from .connection import DatabaseConfig, JournalMode, translated
from .context.rules import Rule
from .context.workspace import Workspace
from .errors import StoreError
from .feed import Feed
from .files import Files
from .forking import Forks
from .importing import Importer
from .owners import Owner
from .parts import Part
from .redaction import Redaction, shown_parts
from .references import shown_files, spans
from .replies import Replies
from .reply import ReplyOptions
from .store import Store
from .toolset import Toolset
from .turns import Turns
from .undo import Undo
from .writing import Writing

_SWEEP_SECONDS = 5.0


class CoreConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What a chat core is made with; see `DatabaseConfig` and `ReplyOptions`.

    `root` is the folder that notebooks' paths are below, `tool_rules` stand above the
    rules of the chats.
    """

    db_path: Path
    root: Path = Path()
    journal_mode: JournalMode = "wal"
    busy_seconds: float = 5.0
    poll_seconds: float = 0.2
    default_assistant: str | None = None
    assistants: AssistantSettings = AssistantSettings()
    replies: ReplyOptions = ReplyOptions()
    tool_rules: dict[str, Rule] = {}


class ChatCore:
    """Opens the database when it is first needed, and whenever that failed, again.

    `feed`, `replies`, `forks` and `importer` are there once `start` has returned, `files`,
    `assistants` and `functions` always.
    """

    feed: Feed
    importer: Importer
    replies: Replies
    undo: Undo
    forks: Forks

    def __init__(
        self, config: CoreConfig, log: logging.Logger, workspace: Workspace | None = None
    ) -> None:
        self.assistants = Registry(config.default_assistant)
        for name, make in makers(config.assistants).items():
            self.assistants.offer(name, make)
        self.functions = Functions(self.assistants)
        self._servers = Servers(config.assistants.mcp_servers, config.root)
        self._config = config
        self._log = log
        self._workspace = workspace
        self._starting = asyncio.Lock()
        self._started = False
        self._owner = Owner(config.db_path)
        self._tasks: list[asyncio.Task[None]] = []
        self.files = Files(config.db_path.with_name(f"{config.db_path.name}.files"))

    @property
    def root(self) -> Path:
        """The folder that notebooks' paths are below."""
        return self._config.root

    @property
    def busy(self) -> int:
        """How many replies this server is writing."""
        return len(self._writing) if self._started else 0

    def shown(self, content: Content) -> list[Part]:
        """What somebody says, as it may be stored: without the server's secrets."""
        return shown_parts(content.as_parts(), Redaction(self._secrets()))

    async def start(self) -> None:
        """Open the database, and take what a dead server left unfinished; once.

        Raises:
            StoreError: it cannot be opened; the next call tries again.
        """
        if self._started:
            return
        async with self._starting:
            if not self._started:
                await self._open()
                self._started = True

    async def close(self) -> None:
        """Interrupt the replies, or leave them; store what they had, let go of the database."""
        if self._started:
            self._started = False
            await self._end_tasks()
            await self._abandoned.close()
            await self._writing.close()
            await self.forks.close()
            await self.feed.close()
            await asyncio.to_thread(self._owner.release)
        await self.assistants.close()
        await self._servers.close()

    async def _open(self) -> None:
        config = self._config
        self.feed = Feed(
            DatabaseConfig(
                path=config.db_path,
                journal_mode=config.journal_mode,
                busy_seconds=config.busy_seconds,
            ),
            poll_seconds=config.poll_seconds,
        )
        try:
            await self.feed.start()
            await asyncio.to_thread(self._acquire)
            self._build()
            await self._recover()
        except BaseException:
            await self.feed.close()
            raise
        self._tasks = [asyncio.create_task(self._sweep()), asyncio.create_task(self.tidy())]

    def _build(self) -> None:
        config, feed, owner = self._config, self.feed, self._owner.name
        toolset = Toolset(feed, self._workspace, self._servers, config.tool_rules, self._secrets)
        limit = config.replies.history_messages
        turns = Turns(feed, self.files, toolset, config.root, limit)
        writing = Writing(feed, turns, owner, self._secrets, config.replies, self._log)
        self._writing = writing
        self._abandoned = Abandoned(feed, self.assistants, writing, self._log)
        self.importer = Importer(feed)
        self.undo = Undo(feed, self._workspace)
        self.replies = Replies(feed, self.assistants, writing)
        self.forks = Forks(feed, owner)

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    def _secrets(self) -> tuple[str, ...]:
        """Those of the environment as it is now, and of the configuration."""
        return known_secrets(os.environ, self._config.assistants.secrets())

    def _acquire(self) -> None:
        with translated(self._config.db_path):
            self._owner.acquire()

    async def _recover(self) -> None:
        """Take what servers that are gone have left: some goes on, the rest has ended."""
        names, heir = await self.feed.read(Store.owners), self._owner.name
        if gone := await asyncio.to_thread(self._owner.gone, names):
            left = await self.feed.write(lambda store: store.recover(gone, heir))
            self._log.info("Found %d replies of a server that is gone", len(left))
        await self._abandoned.take_up()

    async def tidy(self) -> None:
        """Remove old files that were never sent, or whose messages were deleted; once a day."""
        try:
            stale = await asyncio.to_thread(self.files.stale)
            used: set[str] = set()
            for span in await self.feed.read(spans) if stale else ():
                used |= await self.feed.read(partial(shown_files, span=span))
            removed = await asyncio.to_thread(self.files.remove, stale, used) if stale else 0
        except StoreError as error:
            self._log.warning("The chats' files could not be tidied up: %s", error)
        else:
            self._log.debug("Removed %d files that no message shows", removed)

    async def _sweep(self) -> None:
        """Look after the replies of other servers on this database, while somebody watches."""
        while True:
            await self.feed.attended()
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self._recover()
            except StoreError as error:
                self._log.warning("The chats could not be swept: %s", error)
