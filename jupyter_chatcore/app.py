"""The server extension: its settings, and the core's life within the server's."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bunch, Dict, Enum, Float, Int, List, TraitError, Unicode, default, validate

from .assistants.presets import read_settings
from .errors import StoreError
from .handlers.service import Service, Told
from .handlers.table import tornado_handlers
from .limits import RateLimiter
from .places import default_database

if TYPE_CHECKING:
    from .core import ChatCore, CoreConfig
    from .workspace.jupyter import JupyterWorkspace

CONTENTS_EVENTS = "https://events.jupyter.org/jupyter_server/contents_service/v1"


class ChatcoreApp(ExtensionApp):
    """A durable, live and scriptable chat with AI assistants."""

    name = "jupyter_chatcore"
    extension_url = "/lab"

    db_path = Unicode(
        config=True,
        help="The file that keeps the chats, by default chatcore/chats.sqlite in Jupyter's"
        " data folder. It is made when the first chat is; `~` is your home.",
    )
    journal_mode = Enum(
        ("wal", "delete", "truncate", "persist"),
        default_value="wal",
        config=True,
        help="SQLite's journal. `wal` is the fastest, but unsafe where the file is on a"
        " network file system such as NFS: choose `delete` there.",
    )
    busy_seconds = Float(
        5.0, config=True, help="Seconds to wait while another process holds the database."
    )
    default_assistant = Unicode(
        None,
        allow_none=True,
        config=True,
        help="The name of the assistant that answers where a chat names none. By default the"
        " built-in one, which needs no key and no account.",
    )
    models = Dict(
        config=True,
        help="Servers of language models by the names of their assistants: for each, any of"
        " kind ('openai' for every OpenAI-compatible server, 'anthropic', 'google'), title,"
        " base_url, key_env (the environment variable that has its key), key, model, window,"
        " parameters, timeout, tools, system. A name that is known, such as 'ollama' or"
        " 'openai', changes only what is given.",
    )
    agents = Dict(
        config=True,
        help="Coding agents that speak ACP by the names of their assistants: for each, command"
        " (a list), and any of title, env, install, idle (seconds).",
    )
    local_model = Dict(
        config=True,
        help="A model that the server runs by itself: model (a GGUF file), and any of window,"
        " threads, idle (seconds).",
    )
    mcp_servers = Dict(
        config=True,
        help="MCP servers whose tools assistants may use, by names: for each, command with args,"
        " env and env_from (variables by the names of the server's that have their values), or"
        " url with headers_env (headers, likewise); and any of start, timeout, idle (seconds).",
    )
    approval_seconds = Float(
        600.0,
        config=True,
        help="Seconds that an assistant's request for permission stands open.",
    )
    headline_seconds = Float(
        20.0,
        config=True,
        help="Seconds that an assistant may take, after the first answer of a chat, to find a"
        " title for it. 0 asks none: chats are then called by their first question.",
    )
    replay = Enum(
        ("off", "on", "only"),
        default_value="off",
        config=True,
        help="Whether questions are answered with the earlier answer to the same question, where"
        " they do not say themselves: 'on' asks the assistant where there is none, 'only' never"
        " does, for runs that must cost nothing.",
    )
    max_message_bytes = Int(
        10 * 2**20, config=True, help="The largest request that is accepted, in bytes."
    )
    max_file_bytes = Int(
        50 * 2**20,
        config=True,
        help="The largest file that can be attached to a message, in bytes. Jupyter's own"
        " ServerApp.max_body_size is the end of it.",
    )
    max_parts = Int(200, config=True, help="The most parts that a message may be sent with.")
    max_import_bytes = Int(
        200 * 2**20,
        config=True,
        help="The largest file of chats that can be imported, in bytes; also of what comes out"
        " of a ZIP file. Jupyter's own max_body_size must not be less.",
    )
    max_posts_per_minute = Int(
        120,
        config=True,
        help="How many requests that store something each user may send in a minute."
        " 0 switches the limit off. Stopping and reading are never limited.",
    )
    max_reply_bytes = Int(
        16 * 2**20, config=True, help="The size in bytes at which an assistant's answer is ended."
    )
    ping_seconds = Float(
        15.0,
        config=True,
        help="Seconds without news after which watchers are sent a sign of life. Browsers"
        " reconnect after 40 s without any.",
    )

    tool_rules = Dict(
        value_trait=Enum(("ask", "always", "never")),
        config=True,
        help="Which tools assistants may use: by a tool's name, 'ask', 'always' or 'never'. What"
        " is set here stands above what users choose in a chat. Without a rule, tools that only"
        " read are free, and those that change, run or send something ask.",
    )
    hidden_variables = List(
        Unicode(),
        config=True,
        help="Patterns of names of variables (as in 'client_*') that assistants are never shown,"
        " beside those that look like secrets.",
    )

    _core: ChatCore | None = None
    _workspace: JupyterWorkspace | None = None

    @default("db_path")
    def _default_db_path(self) -> str:
        return str(default_database())

    @validate("db_path")
    def _whole_path(self, proposal: Bunch) -> str:
        if not proposal.value:
            raise TraitError("db_path must name a file")
        return str(Path(proposal.value).expanduser().absolute())

    @validate("models", "agents", "local_model", "mcp_servers")
    def _readable(self, proposal: Bunch) -> Any:
        try:
            read_settings(
                **{"models": {}, "agents": {}, "local": {}}
                | {proposal.trait.name.removesuffix("_model"): proposal.value}
            )
        except ValueError as error:
            raise TraitError(f"{proposal.trait.name} cannot be used: {error}") from None
        return proposal.value

    @validate(
        "max_message_bytes",
        "max_file_bytes",
        "max_import_bytes",
        "max_parts",
        "max_reply_bytes",
        "ping_seconds",
        "approval_seconds",
    )
    def _above_zero(self, proposal: Bunch) -> Any:
        if proposal.value <= 0:
            raise TraitError(f"{proposal.trait.name} must be above zero, not {proposal.value}")
        return proposal.value

    @validate("max_posts_per_minute", "busy_seconds", "headline_seconds")
    def _not_below_zero(self, proposal: Bunch) -> Any:
        if proposal.value < 0:
            raise TraitError(f"{proposal.trait.name} must not be below zero: {proposal.value}")
        return proposal.value

    def initialize_settings(self) -> None:
        """Called by the server: nothing is opened yet, so that it starts as fast as without."""
        self.service = Service(
            core=self.core,
            workspace=self.workspace,
            limiter=RateLimiter(self.max_posts_per_minute),
            max_message_bytes=self.max_message_bytes,
            max_parts=self.max_parts,
            max_file_bytes=self.max_file_bytes,
            max_import_bytes=self.max_import_bytes,
            ping_seconds=self.ping_seconds,
            told=Told(self.db_path, self.journal_mode, self.replay),
        )
        self.settings["chatcore"] = self.service
        if self.serverapp is not None and self.serverapp.event_logger is not None:
            self.serverapp.event_logger.add_listener(
                schema_id=CONTENTS_EVENTS, listener=self._on_contents_event
            )

    def initialize_handlers(self) -> None:
        """Called by the server for the routes."""
        self.handlers.extend(tornado_handlers())

    def current_activity(self) -> int:
        """Asked by the server before it stops for idleness: an answer is no idleness."""
        return self._core.busy if self._core is not None else 0

    async def core(self) -> ChatCore:
        """The core, with its database open.

        Raises:
            StoreError: it cannot be opened; the next call tries again.
        """
        core = await self.unopened_core()
        await core.start()
        return core

    async def unopened_core(self) -> ChatCore:
        """The core, whether or not its database is open or can be."""
        if self._core is not None:
            return self._core
        # Imported when first needed, and off the loop: SQLite's tools take a while.
        module = await asyncio.to_thread(import_module, "jupyter_chatcore.core")
        if self._core is None:
            self._core = module.ChatCore(self._core_config(), self.log, self.workspace())
        return self._core

    def workspace(self) -> JupyterWorkspace:
        """The notebooks and kernels of this server."""
        if self._workspace is None:
            module = import_module("jupyter_chatcore.workspace.jupyter")
            made = module.JupyterWorkspace(
                self.serverapp, self.service.workbench, self.hidden_variables
            )
            self._workspace = made
        return self._workspace

    async def stop_extension(self) -> None:
        """Called by the server when it stops."""
        self.service.dismiss_all()
        if self._core is not None:
            await self._core.close()

    def _core_config(self) -> CoreConfig:
        core, reply = (
            import_module("jupyter_chatcore.core"),
            import_module("jupyter_chatcore.reply"),
        )
        config: CoreConfig = core.CoreConfig(
            db_path=Path(self.db_path),
            journal_mode=self.journal_mode,
            busy_seconds=self.busy_seconds,
            root=Path(self.serverapp.root_dir if self.serverapp is not None else "."),
            default_assistant=self.default_assistant,
            tool_rules=self.tool_rules,
            assistants=read_settings(self.models, self.agents, self.local_model, self.mcp_servers),
            replies=reply.ReplyOptions(
                max_reply_bytes=self.max_reply_bytes,
                approval_seconds=self.approval_seconds,
                headline_seconds=self.headline_seconds,
                replay=self.replay,
            ),
        )
        return config

    async def _on_contents_event(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """A file or folder was renamed: the chats of its notebooks follow."""
        if data.get("action") != "rename":
            return
        if not await asyncio.to_thread(Path(self.db_path).exists):
            return
        old, new = data["source_path"].strip("/"), data["path"].strip("/")
        try:
            core = await self.core()
            await core.feed.write(lambda store: store.move_notebook(old, new))
        except StoreError as error:
            self.log.warning("The chats of %r do not follow its new name: %s", old, error)
