"""A relay in front of a GitHub: it writes down what passes, and lets one move of a branch through at a time.

The emulator (0.12.2) compares a move with what the ref was before the request's body came: of two moves at the same
moment both would be carried out. GitHub locks the ref.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx2

from integration.openapi import Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOP = {"transfer-encoding", "connection", "content-encoding", "content-length", "date", "server"}


class Relay(ThreadingHTTPServer):
    """Listens on a free port of the loopback interface."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        """Take where to."""
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = target
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.sent: list[Sent] = []
        self.turn = threading.Lock()


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Relay

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.sent.append(Sent(self.command, self.path, body.decode() or None))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"host", *_HOP}}
        with self.server.turn:
            answer = httpx2.request(
                self.command, self.server.target + self.path, content=body, headers=headers, trust_env=False, timeout=30
            )
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_PATCH = _pass  # noqa: N815 - the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's signature
        """Print nothing."""


@contextmanager
def relaying(target: str) -> Iterator[Relay]:
    """Run a relay."""
    with Relay(target) as relay:
        thread = threading.Thread(target=relay.serve_forever, name="relay", daemon=True)
        thread.start()
        yield relay
        relay.shutdown()
        thread.join()
