"""Finds the Jupyter server whose chats are meant.

In this order: what the caller names; `CHATCORE_SERVER_URL` and `CHATCORE_SERVER_TOKEN`;
the server that started this kernel, by the file that it keeps in Jupyter's runtime
folder; the single-user server of a JupyterHub; a running server whose folder this one
lies in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .errors import NoServer
from .secret import Secret

NO_TOKEN = Secret("")
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}


@dataclass(frozen=True)
class Address:
    """Where a server is: its URL ends with a slash and holds no token.

    `socket` is the path of its unix socket, "" where it listens on a port. `how` says how it
    was found.
    """

    url: str
    token: Secret = field(default=NO_TOKEN)
    socket: str = ""
    how: str = field(default="as you name it", compare=False)

    @property
    def host(self) -> str:
        """The name or number of its machine."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_here(self) -> bool:
        """Whether nothing that goes there leaves this machine."""
        if self.socket or self.host == "localhost":
            return True
        with suppress(ValueError):
            return ip_address(self.host).is_loopback
        return False

    def __str__(self) -> str:
        return f"{self.url} (unix socket {self.socket})" if self.socket else self.url


def address(url: str, token: Secret | None = None) -> Address:
    """A URL as a user gives it: a token in its query is taken from it.

    Raises:
        ValueError: it is no address of a server.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https", "http+unix") or not parts.netloc:
        raise ValueError("give the server's address as `jupyter server list` shows it: http://...")
    found = token or Secret(parse_qs(parts.query).get("token", [""])[0])
    path = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    if parts.scheme == "http+unix":
        return Address(f"http://localhost{path}", found, unquote(parts.netloc))
    return Address(f"{parts.scheme}://{_netloc(parts.netloc)}{path}", found)


def _netloc(netloc: str) -> str:
    """The host and the port, without a user's name, and a host that can be reached."""
    host, colon, port = netloc.rpartition("@")[2].rpartition(":")
    if not colon or port.endswith("]"):
        host, colon, port = f"{host}{colon}{port}", "", ""
    return f"{_ANY_HOST.get(host.strip('[]'), host)}{colon}{port}"


def find(token: Secret | None = None) -> Address:
    """The server; `token` is used in place of its own.

    Raises:
        NoServer: there is none; the text lists what was tried.
    """
    tried: list[str] = []
    if (found := next(_candidates(tried), None)) is not None:
        return found if token is None else replace(found, token=token)
    raise NoServer(
        "There is no Jupyter server to be found. Tried: "
        + "; ".join(tried)
        + ". Start one in this folder or above it (`jupyter lab`), or name it:"
        ' Chat(url="http://...", token="...").'
    )


def _candidates(tried: list[str]) -> Iterator[Address]:
    """Each that is meant, the likeliest first; `tried` tells of those that are not."""
    env = os.environ
    if env.get("CHATCORE_SERVER_URL"):
        named = address(env["CHATCORE_SERVER_URL"], Secret(env.get("CHATCORE_SERVER_TOKEN", "")))
        yield replace(named, how="as CHATCORE_SERVER_URL names it")
    tried.append("CHATCORE_SERVER_URL is not set")
    if parent := env.get("JPY_PARENT_PID"):
        info = _read(runtime_folder() / f"jpserver-{parent}.json")
        if info is not None:
            yield replace(_of(info), how="which started this kernel")
        tried.append("the process that started this kernel is no Jupyter server")
    else:
        tried.append("this is no kernel of a server (JPY_PARENT_PID is not set)")
    if env.get("JUPYTERHUB_API_TOKEN") and (service := _hub_url(env)):
        hub = address(service, Secret(env["JUPYTERHUB_API_TOKEN"]))
        yield replace(hub, how="which is JupyterHub's for this user")
    tried.append("there is no JupyterHub (JUPYTERHUB_SERVICE_URL is not set)")
    yield from _around(tried)


def _hub_url(env: Mapping[str, str]) -> str:
    """Where a JupyterHub has this user's server listen."""
    url, prefix = env.get("JUPYTERHUB_SERVICE_URL", ""), env.get("JUPYTERHUB_SERVICE_PREFIX", "")
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{prefix or parts.path}" if parts.netloc else ""


def _around(tried: list[str]) -> Iterator[Address]:
    """The running servers whose folder this one lies in, the nearest first."""
    here, infos = Path.cwd().resolve(), running()
    roots = [(Path(info.get("root_dir") or "/").resolve(), info) for info in infos]
    for root, info in sorted(roots, key=lambda each: len(each[0].parts), reverse=True):
        if here.is_relative_to(root):
            yield replace(_of(info), how=f"which runs in {root}")
    others = ", ".join(str(root) for root, _ in roots) or "none"
    tried.append(f"no running server has {here} in its folder (those that run: {others})")


def running() -> list[dict[str, Any]]:
    """What the servers that run tell of themselves in Jupyter's runtime folder, newest first."""
    files = sorted(
        runtime_folder().glob("jpserver-*.json"), key=lambda file: file.name, reverse=True
    )
    infos = [info for file in files if (info := _read(file)) is not None]
    return [info for info in infos if _lives(info.get("pid"))]


def runtime_folder() -> Path:
    """Where Jupyter's servers leave their files."""
    from jupyter_core.paths import jupyter_runtime_dir  # noqa: PLC0415

    return Path(jupyter_runtime_dir())


def _read(file: Path) -> dict[str, Any] | None:
    """What a server tells; None where there is no such file, or a half-written one."""
    try:
        info = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return info if isinstance(info, dict) and info.get("url") else None


def _lives(pid: Any) -> bool:
    """Whether there is such a process; where that cannot be asked, it is believed."""
    if not isinstance(pid, int) or os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _of(info: Mapping[str, Any]) -> Address:
    """The address that a server tells; a Hub's single-user server has the Hub's token."""
    token = info.get("token") or os.environ.get("JUPYTERHUB_API_TOKEN", "")
    found = address(info["url"], Secret(token))
    if info.get("sock"):
        return Address(f"http://localhost{info['base_url']}", found.token, info["sock"])
    return found
