"""Which transport below httpx's API: one TLS sweep over many host names, side by side in one run, as ratios.

Every host has a name of its own, so each look pays for a connection and a handshake, as a sweep of the ecosystem does.
Rounds alternate between the transports; the median of each is compared with the first.
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

from chitty_action.adapters.resolve import Pinned
from chitty_action.adapters.transport import PinnedTransport

SERVICES, AT_ONCE, ROUNDS, LATENCY = 400, 64, 5, 0.05
HOSTS = [f"service-{number}.example.test" for number in range(SERVICES)]
Sweep = Callable[[list[str], ssl.SSLContext], Awaitable[None]]
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"status":"ok"}'


async def serve(folder: Path) -> None:
    """Answer every request after the latency, until killed; the port goes to standard output."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(LATENCY)
                writer.write(ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def sweep(client: httpx2.AsyncClient, urls: list[str]) -> None:
    """Look at every URL once, and make sure that each answered."""
    places = asyncio.Semaphore(AT_ONCE)

    async def look(url: str) -> None:
        async with places:
            response = await client.get(url)
        if response.status_code != 200:  # noqa: PLR2004 - OK
            raise SystemExit(f"{url} answered {response.status_code}")

    await asyncio.gather(*(look(url) for url in urls))


class _Loopback(httpx2.AsyncHTTPTransport):
    """httpx2's own transport, sent to the server by address while name and SNI stay."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.extensions = {**request.extensions, "sni_hostname": request.url.host}
        request.url = request.url.copy_with(host="127.0.0.1")
        return await super().handle_async_request(request)


async def own_pool(urls: list[str], root: ssl.SSLContext) -> None:
    """httpx2 with the connection pool that it comes with."""
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=0)
    async with httpx2.AsyncClient(transport=_Loopback(verify=root, limits=limits), timeout=30) as client:
        await sweep(client, urls)


async def pinned(urls: list[str], _root: ssl.SSLContext) -> None:
    """httpx2 over pyreqwest, as the action uses it."""
    transport = PinnedTransport(timeout=30)
    transport.admit(dict.fromkeys(HOSTS, Pinned(("127.0.0.1",))))
    async with httpx2.AsyncClient(transport=transport, timeout=None) as client:
        await sweep(client, urls)


def measured(one: Sweep, urls: list[str], root: ssl.SSLContext) -> tuple[float, float]:
    """Return wall and processor seconds of one sweep."""

    async def run() -> None:
        await one(urls, root)

    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    asyncio.run(run())
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - wall, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def main() -> None:
    """Make certificates, and compare in a process that trusts them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority = trustme.CA()
        authority.issue_cert(*HOSTS).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        authority.cert_pem.write_to_path(folder / "root.pem")
        environment = {"SSL_CERT_FILE": str(folder / "root.pem")}  # read once, when a process first needs roots
        subprocess.run([sys.executable, __file__, "compare", str(folder)], env=environment, check=True)  # noqa: S603 - this file itself


def compare(folder: Path) -> None:
    """Start the server in a process of its own, alternate the transports, print the ratios."""
    server = subprocess.Popen([sys.executable, __file__, "serve", str(folder)], stdout=subprocess.PIPE, text=True)  # noqa: S603 - same
    try:
        port = server.stdout.readline().strip() if server.stdout else ""
        urls = [f"https://{host}:{port}/health" for host in HOSTS]
        root = ssl.create_default_context(cafile=str(folder / "root.pem"))
        transports = {"httpx2, its own pool": own_pool, "httpx2 over pyreqwest": pinned}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in transports}
        for _ in range(ROUNDS):
            for name, one in transports.items():
                taken[name].append(measured(one, urls, root))
        base = [statistics.median(part) for part in zip(*taken["httpx2, its own pool"], strict=True)]
        print(f"{SERVICES} hosts, {AT_ONCE} at once, {LATENCY * 1000:.0f} ms, median of {ROUNDS} alternating rounds")
        for name, rows in taken.items():
            wall, processor = (statistics.median(part) for part in zip(*rows, strict=True))
            print(f"{name:24} wall {wall / base[0]:.2f}   processor {processor / base[1]:.2f}")
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder]:
            asyncio.run(serve(Path(folder)))
        case ["compare", folder]:
            compare(Path(folder))
        case _:
            main()
