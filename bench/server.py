"""A ChittyOS that answers late, in a process of its own: TLS, one certificate, the three documents that `pre` reads."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import trustme

LATENCY = 0.05
"""Seconds between a request and its answer."""
_DOCUMENTS = {b"/.well-known/chitty.json": b'{"services":[]}', b"/health": b'{"status":"ok"}'}
_ROW = b'{"name":"chittydemo"}'


@contextmanager
def running(folder: Path, authority: trustme.CA, *hosts: str) -> Iterator[int]:
    """Serve these hosts with a certificate of the authority's; give the port."""
    authority.issue_cert(*hosts).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    command = [sys.executable, "-m", "bench.server", str(folder / "server.pem")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - this file
        try:
            yield int(server.stdout.readline()) if server.stdout else 0
        finally:
            server.kill()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
            await asyncio.sleep(LATENCY)
            body = _DOCUMENTS.get(path, _ROW)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            writer.write(head % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
