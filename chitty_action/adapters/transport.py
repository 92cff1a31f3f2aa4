"""The transport below httpx's API: pyreqwest (Rust), with every name pinned to the address that was checked.

Why this one: docs/decisions/0001-http-client.md.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2
from pyreqwest.client import ClientBuilder
from pyreqwest.exceptions import DecodeError, PyreqwestError

from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from pyreqwest.client import Client
    from pyreqwest.response import Response

_PLAIN = (
    (r"certificate expired", "TLS failure: the certificate has expired"),
    (r"not valid for name", "TLS failure: the certificate is for another name"),
    (r"UnknownIssuer|unknown issuer|self.signed", "TLS failure: the certificate's issuer is not trusted"),
    (r"certificate|tls|handshake", "TLS failure"),
    (r"connection refused", "the connection was refused"),
    (r"closed before message completed|reset by peer", "the connection was closed without an answer"),
    (r"before message length reached|unexpected (?:eof|end)|incomplete", "the body was cut short"),
    (r"timed? ?out", "no answer in time"),
    (r"unreachable", "the network is unreachable"),
)


class PinnedTransport(httpx2.AsyncBaseTransport):
    """Sends each request over a client that knows the checked address of its host.

    Hosts are admitted in batches, because a client's table is fixed once it is built; the client of a batch keeps its
    connections for reuse.
    """

    def __init__(self, timeout: float) -> None:
        """Take the seconds that each part of a request (connect, read) may last."""
        self._part = timedelta(seconds=timeout)
        self._by_host: dict[str, Client] = {}
        self._clients: list[Client] = []

    def knows(self, host: str) -> bool:
        """Whether the host was admitted."""
        return host.strip("[]") in self._by_host

    def admit(self, addresses: Mapping[str, str | None]) -> None:
        """Admit hosts, each with its address; None where the host is one itself or a proxy resolves it."""
        builder = ClientBuilder().follow_redirects(enable=False).referer(enable=False)
        builder = builder.connect_timeout(self._part).read_timeout(self._part)
        for host, address in addresses.items():
            if address is not None:
                builder = builder.resolve(host, address, 0)  # port 0: the one of the URL
        client = builder.build()
        self._clients.append(client)
        self._by_host.update(dict.fromkeys((host.strip("[]") for host in addresses), client))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request.

        Raises:
            KeyError: for a host that was not admitted.
            httpx2.ConnectError: when no response arrived.
            httpx2.RemoteProtocolError: when what arrived is no response.
        """
        sending = self._by_host[request.url.host].request(request.method, str(request.url))
        sending = sending.headers(request.headers.multi_items())
        if content := request.content:
            sending = sending.body_bytes(content)
        async with AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(sending.build_streamed())
            except DecodeError as error:
                raise httpx2.RemoteProtocolError(_words(error)) from error
            except PyreqwestError as error:
                raise httpx2.ConnectError(_words(error)) from error
            body = _Body(response, stack.pop_all())
            return httpx2.Response(response.status, headers=list(response.headers.items()), stream=body)

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients:
            await client.close()


class _Body(httpx2.AsyncByteStream):
    """The body, part by part, decompressed; raises httpx2.ReadError when it does not arrive whole."""

    def __init__(self, response: Response, stack: AsyncExitStack) -> None:
        self._reader = response.body_reader
        self._stack = stack

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (part := await self._reader.read()) is not None:
                yield bytes(part)
        except PyreqwestError as error:
            raise httpx2.ReadError(_words(error)) from error

    async def aclose(self) -> None:
        await self._stack.aclose()


def _words(error: PyreqwestError) -> str:
    """Turn the last cause that pyreqwest names into words for a sentence."""
    details = getattr(error, "details", None) or {}
    causes = [str(cause["message"]) for cause in details.get("causes") or ()]
    cause = causes[-1] if causes else error.message
    known = (words for pattern, words in _PLAIN if re.search(pattern, cause, re.IGNORECASE))
    return next(known, one_line(cause, 120))
