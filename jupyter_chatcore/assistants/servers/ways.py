"""The ways to an MCP server: a program of ours with its pipes, or an address."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from mcp.client.stdio import get_default_environment
from mcp.client.streamable_http import streamable_http_client

from ..mcpstreams import Streams, streams
from ..process import OwnProcess
from ..settings import McpSettings
from ..threads import in_thread
from .told import ServerError

_NO_ENTRY = (401, 403)
_TIMES = httpx2.Timeout(30.0, read=300.0)


class Program:
    """A program that speaks MCP over its pipes, started in `folder`."""

    def __init__(self, settings: McpSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._process: OwnProcess | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._process is not None and self._process.status is not None

    async def left(self) -> str:
        """What it left when it ended: its status and its last words, which may hold secrets."""
        if self._process is None:
            return ""
        await self._process.wait(1.0)
        status = self._process.status
        ended = f" It ended with status {status}." if status is not None else ""
        said = self._process.last_words
        return f"{ended} It said: {said}" if said else ended

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Streams]:
        """It runs while this lasts.

        Raises:
            ServerError: it cannot be started.
        """
        env = get_default_environment() | self._settings.env | _values(self._settings.env_from)
        path = await in_thread(
            lambda: shutil.which(self._settings.command, path=env.get("PATH")), "mcp-find"
        )
        if path is None:
            raise ServerError(
                f"the program `{self._settings.command}` is not found."
                " Install it where the Jupyter server runs, or correct `mcp_servers`."
            )
        self._process = await OwnProcess.start([path, *self._settings.args], env, self._folder)
        try:
            async with streams(self._process.reader, self._process.writer) as both:
                yield both
        finally:
            await self._process.end()


class Address:
    """A server that somebody else runs, over HTTP."""

    over = False

    def __init__(self, settings: McpSettings) -> None:
        self._settings = settings
        self._status = 200

    async def left(self) -> str:
        """What it answered last, where it refused."""
        if self._status in _NO_ENTRY:
            return f" It answered with status {self._status}: see to its `headers_env`."
        return f" It answered with status {self._status}." if self._status >= 400 else ""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Streams]:
        """It is connected while this lasts."""
        headers = {
            name: f"Bearer {value}"
            if name.lower() == "authorization" and " " not in value
            else value
            for name, value in _values(self._settings.headers_env).items()
        }
        # certificates are read from the disk
        client = await in_thread(
            lambda: httpx2.AsyncClient(
                headers=headers, timeout=_TIMES, event_hooks={"response": [self._heard]}
            ),
            "mcp-client",
        )
        async with client, streamable_http_client(self._settings.url, http_client=client) as both:
            yield both

    async def _heard(self, response: httpx2.Response) -> None:
        self._status = response.status_code


def way(settings: McpSettings, folder: Path) -> Program | Address:
    """The way that the settings name."""
    return Program(settings, folder) if settings.command else Address(settings)


def _header(name: str, value: str) -> str:
    lone = name.lower() == "authorization" and " " not in value
    return f"Bearer {value}" if lone else value


def _values(named: dict[str, str]) -> dict[str, str]:
    """The values of the variables that are named.

    Raises:
        ServerError: one is not set.
    """
    for variable in named.values():
        if variable not in os.environ:
            raise ServerError(
                f"the variable {variable} is not set. Set it where the Jupyter server is started."
            )
    return {name: os.environ[variable] for name, variable in named.items()}
