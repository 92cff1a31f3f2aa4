"""haproxy in front of the sandbox: one port a fault, in the one process that every operator of a network knows."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

_HOST = "127.0.0.1"
_PATIENCE = 10.0  # seconds for haproxy to start, stop or write its log; each takes a fraction of one

# What each port does before, or instead of, passing a request on to the sandbox.
FAULTS: Mapping[str, tuple[str, ...]] = {
    "honest": (),
    "latency": (
        "mode tcp",  # in HTTP mode, haproxy looks no further once the request is whole
        "log-format %ft",
        "tcp-request inspect-delay 700ms",
        "tcp-request content accept if WAIT_END",
        "default_backend wire",
    ),
    "reset": ("tcp-request connection reject",),
    "empty": ("http-request reject",),
    "silent": ("http-request silent-drop",),
    "tarpit": ("timeout tarpit 60s", "http-request tarpit"),
    "unavailable": ("http-request return status 503 content-type text/plain string busy hdr Retry-After 1",),
    "unavailable-for-an-hour": (
        "http-request return status 503 content-type text/plain string busy hdr Retry-After 3600",
    ),
    "unavailable-until-a-date": (
        ('http-request return status 503 content-type text/plain string busy hdr Retry-After "%[date(1),http_date]"'),
    ),
    "too-many": ("http-request return status 429 content-type text/plain string slower hdr Retry-After 1",),
    # The first two requests for each path are refused before the sandbox sees them.
    "flapping": (
        "stick-table type string len 200 size 100 expire 10m store http_req_cnt",
        "http-request track-sc0 path",
        "http-request return status 503 hdr Retry-After 0 if { sc0_http_req_cnt le 2 }",
    ),
    # The sandbox did the work, and another answer than its own comes back. (haproxy does not log these.)
    "lost-answer": ("http-response return status 503 content-type text/plain string lost hdr Retry-After 0",),
    "too-many-for-an-hour": (
        "http-request return status 429 content-type text/plain string slower hdr Retry-After 3600",
    ),
    "redirect-loop": ("http-request redirect code 302 location http://%[req.hdr(host)]%[path]",),
    "bad-gzip": ('http-request return status 200 content-type application/json string "{}" hdr Content-Encoding gzip',),
    "no-server": ("default_backend nobody",),
}
_CONFIGURATION = """\
global
    log stdout format raw daemon
    maxconn 200
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    log global
    option dontlognull
    log-format "%ft %HM %HP %ST"
backend sandbox
    server sandbox {sandbox}
backend wire
    mode tcp
    server sandbox {sandbox}
backend nobody
"""


class FaultLab:
    """haproxy on loopback, as a context manager; `url(fault)` stands where the sandbox's own URL would."""

    def __init__(self, program: str, folder: Path, sandbox: str, certificates: Mapping[str, Path]) -> None:
        """Write the configuration; each of the certificates gets a port of its own, named after it."""
        self._folder = folder
        self._sockets = {name: socket.create_server((_HOST, 0)) for name in (*FAULTS, *certificates)}
        listening = "".join(
            self._frontend(name, FAULTS.get(name, ()), certificates.get(name)) for name in self._sockets
        )
        configuration = folder / "haproxy.cfg"
        address = sandbox.removeprefix("http://")
        configuration.write_text(_CONFIGURATION.format(sandbox=address) + listening, "utf-8")
        self._command = (program, "-db", "-f", str(configuration))
        self._log = folder / "haproxy.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start and wait for the first answer; raises RuntimeError with haproxy's own words when there is none."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - a program of this machine, and our own configuration
                self._command,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[listening.fileno() for listening in self._sockets.values()],
            )
        try:
            with urllib.request.urlopen(f"{self.url('honest')}/_sandbox/openapi.json", timeout=_PATIENCE) as answer:  # noqa: S310 - http, and this machine
                answer.read()
        except OSError as error:
            self.__exit__(None, None, None)
            raise RuntimeError(f"haproxy did not start ({error}): {self._log.read_text('utf-8')}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it, and give the ports back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_PATIENCE)
        for listening in self._sockets.values():
            listening.close()

    def port(self, fault: str) -> int:
        """Give the port of a fault or of a certificate."""
        port: int = self._sockets[fault].getsockname()[1]
        return port

    def url(self, fault: str) -> str:
        """Give the URL under which the sandbox answers with that fault."""
        return f"http://{_HOST}:{self.port(fault)}"

    def asked(self, fault: str, at_least: int = 0) -> list[str]:
        """Give what was asked of a fault's port: method, path and status, one a line.

        haproxy writes its lines when a request is over, so they are waited for.
        """
        until = time.monotonic() + _PATIENCE
        while len(lines := self._lines(fault)) < at_least and time.monotonic() < until:
            time.sleep(0.05)
        return lines

    def _lines(self, fault: str) -> list[str]:
        words = (line.split(" ", 1) for line in self._log.read_text("utf-8").splitlines())
        return [rest[0] for name, *rest in words if name.rstrip("~") == fault and rest]

    def _frontend(self, name: str, rules: tuple[str, ...], certificate: Path | None) -> str:
        tls = f" ssl crt {certificate}" if certificate else ""
        backend = () if any(rule.startswith("default_backend") for rule in rules) else ("default_backend sandbox",)
        lines = (f"bind fd@{self._sockets[name].fileno()}{tls}", *rules, *backend)
        return f"frontend {name}\n" + "".join(f"    {line}\n" for line in lines)
