"""A whole ecosystem behind one TLS port, in a process of its own: hub, registry, gateway, and a host for each service.

The first part of a hub's path is how many services there are, so one server plays ecosystems of any size; behind a `c`
all of them live at one host. The server notes how many requests were in flight at once, altogether and at each host,
and tells when it is asked on standard input.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import ssl
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bench.server import LATENCY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import trustme

DOMAIN = "example.test"
CONNECT, REGISTRY, GATEWAY = (f"{name}.{DOMAIN}" for name in ("connect", "registry", "api"))
THROTTLED_REQUEST = 100
"""Which request to the gateway is answered with 429, where that is asked for."""
SETTLED = 64
"""Requests that the gateway may still get as before, once the one that was throttled is through: twice its share."""
_OF_A_HUB = re.compile(r"/c?\d+/")
_HEALTH = (
    b'{"status":"ok","service":"chittyservice","version":"1.0.0","timestamp":"2026-11-22T21:40:30Z","uptime":86400}'
)


def service(number: int, port: int) -> tuple[str, str]:
    """Return a service's name and the URL that it answers at."""
    name = f"service-{number:05}"
    return name, f"https://{name}.{DOMAIN}:{port}"


@dataclass
class Traffic:
    """What the server saw; `calmed` is the most in flight at the gateway after it had had enough."""

    throttles: bool = False
    requests: int = 0
    at_gateway: int = 0
    flying: int = 0
    most: int = 0
    at: Counter[str] = field(default_factory=Counter)
    most_at: Counter[str] = field(default_factory=Counter)
    throttled: str = ""
    relieved: int = 0
    calmed: int = 0

    def begin(self, host: str, path: str) -> bool:
        """Count a request in; return whether the host has had enough."""
        self.requests += 1
        self.flying += 1
        self.most = max(self.most, self.flying)
        self.at[host] += 1
        self.most_at[host] = max(self.most_at[host], self.at[host])
        if host != GATEWAY or not self.throttles:
            return False
        self.at_gateway += 1
        if self.relieved:
            self.relieved += 1
            if self.relieved > SETTLED:
                self.calmed = max(self.calmed, self.at[host])
        if not self.throttled and self.at_gateway == THROTTLED_REQUEST:
            self.throttled = path
            return True
        return False

    def end(self, host: str, path: str, *, refused: bool) -> None:
        """Count a request out."""
        self.flying -= 1
        self.at[host] -= 1
        if path == self.throttled and not refused:
            self.relieved = max(self.relieved, 1)


class Server:
    """The running process, as seen from the bench."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the process and wait for its port."""
        self._process = process
        self.port: int = self._line()["port"]

    def traffic(self, *, throttles: bool = False) -> dict[str, Any]:
        """Return what was seen since the last call, and begin anew, with a gateway that has enough at some time."""
        if self._process.stdin is None:
            raise SystemExit("the server cannot be asked")
        self._process.stdin.write("throttle\n" if throttles else "log\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise SystemExit("the server of the bench has ended")
        told: dict[str, Any] = json.loads(line)
        return told


@contextmanager
def ecosystem(folder: Path, authority: trustme.CA, cores: set[int]) -> Iterator[Server]:
    """Run the server on these cores."""
    certificate = folder / "server.pem"
    authority.issue_cert(f"*.{DOMAIN}").private_key_and_cert_chain_pem.write_to_path(certificate)
    command = [sys.executable, "-m", "bench.ecosystem", str(certificate), *map(str, cores)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this file
        try:
            yield Server(process)
        finally:
            process.kill()


def document(path: str, port: int) -> bytes:
    """Return the body at a path, whatever the host."""
    first, _, rest = path.removeprefix("/").partition("/")
    services = [service(number, port) for number in range(int(first.removeprefix("c")))]
    if first.startswith("c"):
        services = [(name, f"https://crowd.{DOMAIN}:{port}/{name}") for name, _ in services]
    match rest:
        case "api/services":
            rows = [{"name": name, "endpoints": {"health": f"{url}/health"}} for name, url in services]
            return json.dumps({"services": rows}).encode()
        case ".well-known/chitty.json":
            entries = [{"name": name, "url": url, "health": f"{url}/health"} for name, url in services]
            return json.dumps({"updated_at": "2026-11-22T21:40:30Z", "services": entries}).encode()
        case "api/admin/routes":
            return b'{"conflicts":[]}'
        case _:
            return _HEALTH


class _Connection(asyncio.Protocol):
    """One connection; what it is asked it answers after a while, one request after the other."""

    def __init__(self, world: _World) -> None:
        self._world = world
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        if not self._read.endswith(b"\r\n\r\n"):
            return
        head, self._read = self._read.decode("latin-1"), b""
        path = head.split(" ", 2)[1]
        host = next(line[5:].strip() for line in head.split("\r\n") if line[:5].lower() == "host:").partition(":")[0]
        traffic = self._world.traffic
        refused = traffic.begin(host, path)
        asyncio.get_running_loop().call_later(LATENCY, self._answer, traffic, host, path, refused)

    def _answer(self, traffic: Traffic, host: str, path: str, refused: bool) -> None:  # noqa: FBT001 - call_later has no keywords
        traffic.end(host, path, refused=refused)
        if self._transport is None or self._transport.is_closing():
            return
        body = self._world.document(path)
        status = b"429 Too Many Requests\r\nRetry-After: 0" if refused else b"200 OK"
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        self._transport.write(head + body)


class _World:
    """What the connections share."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.port = 0
        self._documents: dict[str, bytes] = {}

    def document(self, path: str) -> bytes:
        """Return a body; those of the hub are made once."""
        if not _OF_A_HUB.match(path):
            return _HEALTH
        if path not in self._documents:
            self._documents[path] = document(path, self.port)
        return self._documents[path]

    def asked(self) -> None:
        """Tell the log, and begin another."""
        throttles = sys.stdin.readline() == "throttle\n"
        told = asdict(self.traffic)
        told["most_at"] = {GATEWAY: self.traffic.most_at.pop(GATEWAY, 0), "": max(self.traffic.most_at.values() or [0])}
        del told["at"]
        self.traffic = Traffic(throttles=throttles)
        print(json.dumps(told), flush=True)


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.num_tickets = 0  # nobody comes back with one
    world, loop = _World(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(world), "127.0.0.1", 0, ssl=context, backlog=1024)
    world.port = server.sockets[0].getsockname()[1]
    loop.add_reader(sys.stdin, world.asked)
    print(json.dumps({"port": world.port}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    os.sched_setaffinity(0, map(int, sys.argv[2:]))
    asyncio.run(_serve(sys.argv[1]))
