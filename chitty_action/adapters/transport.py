"""The transport below httpx's API: pyreqwest (Rust), with every name pinned to the address that was checked.

Why this one: docs/decisions/0001-http-client.md.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
from pyreqwest.client import ClientBuilder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyreqwest.client import Client

httpx2.alias_httpx()  # pyreqwest's adapter is written against httpx, whose maintained successor is httpx2
from pyreqwest.compatibility.httpx import HttpxTransport  # noqa: E402 - only after the alias


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Sends each request over a client that knows the checked address of its host.

    Hosts are admitted in batches, because a client's table is fixed once it is built; the client of a batch keeps its
    connections for reuse.
    """

    def __init__(self, timeout: float) -> None:
        """Take the seconds that each part of a request (connect, read) may last."""
        self._part = timedelta(seconds=timeout)
        self._by_host: dict[str, HttpxTransport] = {}
        self._batches: list[HttpxTransport] = []

    def knows(self, host: str) -> bool:
        """Whether the host was admitted."""
        return host.strip("[]") in self._by_host

    def admit(self, addresses: Mapping[str, str | None]) -> None:
        """Admit hosts, each with its address; None where the host is one itself or a proxy resolves it."""
        batch = HttpxTransport(self._client(addresses))
        self._batches.append(batch)
        self._by_host.update(dict.fromkeys((host.strip("[]") for host in addresses), batch))

    def _client(self, addresses: Mapping[str, str | None]) -> Client:
        builder = ClientBuilder().follow_redirects(enable=False).referer(enable=False)
        builder = builder.connect_timeout(self._part).read_timeout(self._part)
        for host, address in addresses.items():
            if address is not None:
                builder = builder.resolve(host, address, 0)  # port 0: the one of the URL
        return builder.build()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request. Raises KeyError for a host that was not admitted."""
        response: httpx2.Response = await self._by_host[request.url.host].handle_async_request(request)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        for batch in self._batches:
            await batch.aclose()
