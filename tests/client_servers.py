"""Real servers as they are set up elsewhere: a prefix, HTTPS, a unix socket, a Hub's user."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from client_running import ALONE
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jupyterprocess import JupyterProcess

PREFIX = "/some/where/"
USER = "ada"
NO_PAGE = {"Cookie": "_xsrf=abc", "X-XSRFToken": "abc"}
"""What a server without a token takes as a sign that no foreign page asks."""


@contextmanager
def started(server: JupyterProcess) -> Iterator[JupyterProcess]:
    """A server that runs, and is gone afterwards."""
    try:
        server.start()
        yield server
    finally:
        server.close()


def without_token(command: list[str]) -> list[str]:
    """A server's command that says nothing of the token."""
    return [each for each in command if not each.startswith("--IdentityProvider.token")]


def moved(server: JupyterProcess, url: str, **transport: Any) -> JupyterProcess:
    """A server that is asked at another address than its port's."""
    server.http.close()
    server.url = url
    server.http = httpx.Client(
        base_url=url,
        headers={"Authorization": f"token {server.token}"} if server.token else NO_PAGE,
        timeout=30,
        transport=httpx.HTTPTransport(verify=False, **transport),
    )
    return server


def behind_https(home: Path) -> JupyterProcess:
    """With a certificate that it has signed by itself, below a prefix."""
    certificate, key = _self_signed(home)
    server = JupyterProcess(
        home,
        "server",
        ALONE,
        f"--ServerApp.certfile={certificate}",
        f"--ServerApp.keyfile={key}",
        f"--ServerApp.base_url={PREFIX}",
    )
    return moved(server, f"https://127.0.0.1:{server.port}{PREFIX}")


class OnSocket(JupyterProcess):
    """On a unix socket and no port, below a prefix, with no token at all."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "server", ALONE, f"--ServerApp.base_url={PREFIX}")
        self.socket = home / "s"
        self.command = [
            *(each for each in without_token(self.command) if "ServerApp.port" not in each),
            f"--ServerApp.sock={self.socket}",
            "--IdentityProvider.token=",
        ]
        self.token = ""
        moved(self, f"http://localhost{PREFIX}", uds=str(self.socket))

    def _answers(self) -> bool:
        # httpx leaves a socket open where there is nothing yet that it could connect to
        waits = self.process is not None and self.process.poll() is None
        return super()._answers() if self.socket.exists() or not waits else False


def address_of(server: JupyterProcess) -> str:
    """A server's address, as Jupyter writes it."""
    if isinstance(server, OnSocket):
        return f"http+unix://{quote(str(server.socket), safe='')}{PREFIX}"
    return server.url


def _self_signed(home: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    files = home / "server.pem", home / "server.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class HubUser(JupyterProcess):
    """A JupyterHub's single-user server, which asks the Hub who comes with a token."""

    def __init__(self, home: Path, hub: str) -> None:
        super().__init__(home, "server", ALONE)
        self.prefix = f"/user/{USER}/"
        self._hub = hub
        options = without_token(self.command[3:])
        self.command = [sys.executable, "-m", "jupyterhub.singleuser", *options]
        moved(self, f"http://127.0.0.1:{self.port}{self.prefix}")

    def environment(self) -> dict[str, str]:
        """What a Hub's spawner sets."""
        kept = {k: v for k, v in super().environment().items() if not k.startswith("JUPYTERHUB_")}
        return kept | {
            "JUPYTERHUB_SINGLEUSER_APP": "jupyter_server.serverapp.ServerApp",
            "JUPYTERHUB_API_TOKEN": self.token,
            "JUPYTERHUB_API_URL": f"{self._hub}hub/api",
            "JUPYTERHUB_ACTIVITY_URL": f"{self._hub}hub/api/users/{USER}/activity",
            "JUPYTERHUB_BASE_URL": "/",
            "JUPYTERHUB_CLIENT_ID": f"jupyterhub-user-{USER}",
            "JUPYTERHUB_HOST": "",
            "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps([f"access:servers!server={USER}/"]),
            "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{self.prefix}oauth_callback",
            "JUPYTERHUB_OAUTH_SCOPES": json.dumps([f"access:servers!server={USER}/"]),
            "JUPYTERHUB_SERVER_NAME": "",
            "JUPYTERHUB_SERVICE_PREFIX": self.prefix,
            "JUPYTERHUB_SERVICE_URL": self.url,
            "JUPYTERHUB_USER": USER,
        }


@contextmanager
def hub_user(home: Path) -> Iterator[HubUser]:
    """A single-user server, and as much of a Hub as it asks for."""
    hub = ThreadingHTTPServer(("127.0.0.1", 0), HubApi)
    thread = threading.Thread(target=hub.serve_forever, daemon=True)
    thread.start()
    server = HubUser(home, f"http://127.0.0.1:{hub.server_port}/")
    HubApi.token = server.token
    try:
        with started(server):
            yield server
    finally:
        hub.shutdown()
        hub.server_close()
        thread.join()


class HubApi(BaseHTTPRequestHandler):
    """The Hub's API: which version it is, whose a token is, and what was done when."""

    token = ""

    def do_GET(self) -> None:
        """The version, and the owner of a token."""
        if not self.path.endswith("/user"):
            return self._answer(200, {"version": version("jupyterhub")})
        if self.headers.get("Authorization") != f"token {self.token}":
            return self._answer(403, {"message": "whose is that?"})
        scopes = [f"access:servers!server={USER}/", f"read:users:name!user={USER}"]
        user = {"kind": "user", "name": USER, "admin": False, "groups": [], "scopes": scopes}
        return self._answer(200, user)

    def do_POST(self) -> None:
        """Activity that is told."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(200, {})

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """What is asked of it is nobody's business."""
