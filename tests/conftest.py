"""What tests share: a Jupyter server with the extension, token and XSRF check on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jupyter_server.serverapp import ServerApp
from scripted import Endless, Scripted
from serving import Served
from tornado.httpserver import HTTPServer
from traitlets.config import Config

pytest_plugins = ["pytest_jupyter.jupyter_server", "client_running", "disks", "guide_asking"]


# A machine under load is no reason to fail: time is measured in benchmarks.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    config.addinivalue_line("markers", "settings(**traits): settings of ChatcoreApp for one test")
    config.addinivalue_line("markers", "server(**traits): settings of ServerApp for one test")


@pytest.fixture
def jp_server_config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """The server's configuration: a database of the test's own, and what it is marked with."""
    chatcore: dict[str, Any] = {"db_path": str(tmp_path / "chats" / "chats.sqlite")}
    server: dict[str, Any] = {"jpserver_extensions": {"jupyter_chatcore": True}}
    for mark in request.node.iter_markers("settings"):
        chatcore.update(mark.kwargs)
    for mark in request.node.iter_markers("server"):
        server.update(mark.kwargs)
    return Config({"ChatcoreApp": chatcore, "ServerApp": server})


@pytest.fixture(autouse=True)
def jp_server_cleanup(request: pytest.FixtureRequest) -> Iterator[None]:
    """In place of pytest-jupyter's, which makes a server for every test to clean it up."""
    if "jp_serverapp" not in request.fixturenames:
        yield
        return
    loop: asyncio.AbstractEventLoop = request.getfixturevalue("jp_asyncio_loop")
    yield
    app = ServerApp.instance()
    loop.run_until_complete(app._cleanup())
    app.kernel_manager.context.destroy()
    ServerApp.clear_instance()


@pytest.fixture
def served(
    jp_serverapp: ServerApp,
    http_server: HTTPServer,
    jp_http_port: int,
    jp_base_url: str,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Served]:
    """The extension in a server that listens, with the scripted assistants."""
    app = jp_serverapp.extension_manager.extension_points["jupyter_chatcore"].app
    token = jp_serverapp.identity_provider.token
    served = Served(
        app, f"http://127.0.0.1:{jp_http_port}{jp_base_url}chatcore/", token, Scripted()
    )
    core = jp_asyncio_loop.run_until_complete(app.unopened_core())
    core.assistants.add(served.scripted)
    core.assistants.add(Endless())
    yield served
    for tab in served.sockets:
        tab.close()
