"""How requests are sent again, and what refusals become, against a server that follows a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from jupyter_chatcore import errors
from jupyter_chatcore.client.errors import NoServer, Refused, Unreachable
from jupyter_chatcore.client.finding import address
from jupyter_chatcore.client.portal import run
from jupyter_chatcore.client.server import Server

Step = tuple[int, dict[str, str], Any]
BUSY: Step = (429, {"Retry-After": "0"}, {"code": "too_many_requests", "message": "wait"})
AWAY: Step = (503, {}, "the proxy's own words")


class Script(BaseHTTPRequestHandler):
    """Answers each request with the next step, and 200 after the last; 0 closes the connection."""

    protocol_version = "HTTP/1.1"
    steps: list[Step]

    def do_GET(self) -> None:
        """The next step."""
        status, headers, body = self.steps.pop(0) if self.steps else (200, {}, {"ok": "yes"})
        if not status:
            self.close_connection = True
            return
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is told of it."""


@pytest.fixture
def server() -> Iterator[Server]:
    Script.steps = []
    http = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    server = Server(address(f"http://127.0.0.1:{http.server_port}/", None))
    yield server
    run(server.close())
    http.shutdown()
    http.server_close()
    thread.join()


def ask(server: Server, *steps: Step) -> dict[str, str]:
    Script.steps = list(steps)
    return run(server.ask("GET", "x", dict[str, str]))


def test_a_server_that_is_busy_is_asked_again_when_it_says(server: Server) -> None:
    assert ask(server, BUSY, BUSY, BUSY) == {"ok": "yes"}
    with pytest.raises(errors.TooManyRequests, match="wait"):
        ask(server, *[BUSY] * 6)


def test_a_connection_that_breaks_is_made_again(server: Server) -> None:
    assert ask(server, (0, {}, None)) == {"ok": "yes"}


def test_a_proxy_whose_server_restarts(server: Server) -> None:
    assert ask(server) == {"ok": "yes"}
    assert ask(server, AWAY, AWAY, AWAY) == {"ok": "yes"}


def test_a_server_that_never_answered_is_not_waited_for(server: Server) -> None:
    with pytest.raises(Unreachable, match="503"):
        ask(server, *[AWAY] * 3)


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ((403, {}, {"message": "Forbidden"}), Refused),
        ((302, {"Location": "/login"}, ""), Refused),
        ((404, {}, "<html>"), NoServer),
        ((404, {}, {"code": "http", "message": "none"}), NoServer),
        ((404, {}, {"code": "not_found", "message": "no chat"}), errors.NotFound),
        ((409, {}, {"code": "cursor_ahead", "message": "ahead"}), errors.CursorAhead),
        ((413, {}, {"code": "too_large", "message": "large"}), errors.TooLarge),
        ((503, {}, {"code": "store_busy", "message": "busy"}), errors.StoreBusy),
        ((418, {}, {"code": "teapot", "message": "short"}), errors.ChatcoreError),
    ],
)
def test_a_refusal_has_a_class(server: Server, step: Step, kind: type[Exception]) -> None:
    with pytest.raises(kind) as refused:
        ask(server, step)
    assert type(refused.value) is kind
