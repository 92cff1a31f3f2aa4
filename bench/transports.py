"""Which HTTP client: one TLS sweep over many host names, side by side in one run, as ratios.

Every host has a name of its own, so each look pays for a connection and a handshake, as a sweep of the ecosystem does.
Rounds alternate between the clients; the median of each is compared with the first.
"""

from __future__ import annotations

import asyncio
import resource
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import trustme

from bench.server import LATENCY, running
from chitty_action.adapters.resolve import Pinned
from chitty_action.adapters.transport import PinnedTransport

SERVICES, AT_ONCE, ROUNDS = 400, 64, 5
HOSTS = [f"service-{number}.example.test" for number in range(SERVICES)]
Look = Callable[[str], Awaitable[int]]
Sweep = Callable[[list[str], ssl.SSLContext], Awaitable[None]]


async def sweep(look: Look, urls: list[str]) -> None:
    """Look at every URL once, and make sure that each answered."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(url: str) -> None:
        async with places:
            status = await look(url)
        if status != 200:  # noqa: PLR2004 - OK
            raise SystemExit(f"{url} answered {status}")

    await asyncio.gather(*map(one, urls))


class _Loopback(httpx2.AsyncHTTPTransport):
    """httpx2's own transport, sent to the server by address while name and SNI stay."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions = {**request.extensions, "sni_hostname": request.url.host}
        request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


async def httpx_pool(urls: list[str], root: ssl.SSLContext) -> None:
    """httpx2 with the connection pool that it comes with."""
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)
    async with httpx2.AsyncClient(transport=_Loopback(verify=root, limits=limits), timeout=30) as client:

        async def look(url: str) -> int:
            return (await client.get(url)).status_code

        await sweep(look, urls)


async def pinned(urls: list[str], _root: ssl.SSLContext) -> None:
    """pyreqwest, as the action uses it."""
    transport = PinnedTransport(timeout=30)
    transport.admit(dict.fromkeys(HOSTS, Pinned(("127.0.0.1",))))

    async def look(url: str) -> int:
        async with transport.send("GET", url, {}, None) as received:
            async for _ in received.parts(at_once=False):
                pass
            return received.status

    await sweep(look, urls)
    await transport.close()


CLIENTS: dict[str, Sweep] = {"httpx2": httpx_pool, "pyreqwest": pinned}


def measured(one: Sweep, urls: list[str], root: ssl.SSLContext) -> tuple[float, float]:
    """Return wall and processor seconds of one sweep."""

    async def run() -> None:
        await one(urls, root)

    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    asyncio.run(run())
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - wall, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> None:
    """Start the server, and compare in a process that trusts it."""
    authority = trustme.CA()
    with tempfile.TemporaryDirectory() as name, running(Path(name), authority, *HOSTS) as port:
        root = Path(name) / "root.pem"
        authority.cert_pem.write_to_path(root)
        command = [sys.executable, "-m", "bench.transports", str(port), str(root)]
        subprocess.run(command, env={"SSL_CERT_FILE": str(root)}, check=True)  # noqa: S603 - this file itself


def compare(port: str, root: str) -> None:
    """Alternate the clients, print the ratios."""
    urls = [f"https://{host}:{port}/health" for host in HOSTS]
    context = ssl.create_default_context(cafile=root)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in CLIENTS}
    for _ in range(ROUNDS):
        for name, one in CLIENTS.items():
            taken[name].append(measured(one, urls, context))
    base = [statistics.median(part) for part in zip(*taken["httpx2"], strict=True)]
    print(f"a sweep over {SERVICES} hosts, {AT_ONCE} at once, {LATENCY * 1000:.0f} ms, TLS, as ratios to httpx2")
    for name, rows in taken.items():
        wall, processor = (statistics.median(part) for part in zip(*rows, strict=True))
        print(f"  {name:10} wall {wall / base[0]:.2f}   processor {processor / base[1]:.2f}")


if __name__ == "__main__":
    compare(*sys.argv[1:]) if sys.argv[1:] else main()
