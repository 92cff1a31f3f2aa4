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
from pyreqwest.exceptions import (
    BuilderError,
    ConnectTimeoutError,
    DecodeError,
    PyreqwestError,
    RequestTimeoutError,
)
from pyreqwest.http import Url
from pyreqwest.proxy import ProxyBuilder

from chitty_action.adapters.resolve import Pinned, Proxied
from chitty_action.model.address import origin_of
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from pyreqwest.client import Client
    from pyreqwest.http import HeaderMap
    from pyreqwest.response import Response

_CONNECTING = "client error (Connect)"  # how hyper marks what failed before anything was sent
_PLAIN = (
    (r"no .*certificates|root cert|CA cert|native root", "no trusted certificates can be read: see SSL_CERT_FILE"),
    (r"certificate expired", "TLS failure: the certificate has expired"),
    (r"not valid for name", "TLS failure: the certificate is for another name"),
    (r"UnknownIssuer|unknown issuer|self.signed", "TLS failure: the certificate's issuer is not trusted"),
    (r"certificate|tls|handshake", "TLS failure"),
    (r"connection refused", "the connection was refused"),
    (r"closed before message completed|reset by peer", "the connection was closed"),
    (r"before message length reached|unexpected (?:eof|end)|incomplete", "the body was cut short"),
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
        self._spare: dict[str, list[str]] = {}

    def knows(self, host: str) -> bool:
        """Whether the host was admitted."""
        return host in self._by_host

    def admit(self, hosts: Mapping[str, Pinned | Proxied]) -> None:
        """Admit hosts, each with its checked addresses, or the proxy that connects to it.

        Raises:
            httpx2.ConnectError: when no client can be made, for want of trusted certificates or a usable proxy.
        """
        direct = {host: list(way.addresses) for host, way in hosts.items() if isinstance(way, Pinned)}
        proxied = {host: way.proxy for host, way in hosts.items() if isinstance(way, Proxied)}
        if direct:
            self._pin(direct)
        for proxy in set(proxied.values()):
            builder = self._builder().no_proxy().proxy(_proxy(proxy))
            self._add(builder, [host for host, own in proxied.items() if own == proxy])

    def _pin(self, hosts: Mapping[str, list[str]]) -> None:
        """Pin each host to its first address, and keep the others for when that one cannot be connected to."""
        builder = self._builder(hurried=any(len(addresses) > 1 for addresses in hosts.values())).no_proxy()
        for host, addresses in hosts.items():
            if addresses:
                builder = builder.resolve(host, addresses[0], 0)  # port 0: the one of the URL
                self._spare[host] = addresses[1:]
        self._add(builder, hosts)

    def _builder(self, *, hurried: bool = False) -> ClientBuilder:
        """Begin a client; a hurried one leaves time to connect to another address within the same request."""
        builder = ClientBuilder().follow_redirects(enable=False).referer(enable=False)
        return builder.connect_timeout(self._part / 2 if hurried else self._part).read_timeout(self._part)

    def _add(self, builder: ClientBuilder, hosts: Iterable[str]) -> None:
        try:
            client = builder.build()
        except BuilderError as error:
            raise httpx2.ConnectError(f"no connection can be made ({_words(error)})") from error
        self._clients.append(client)
        self._by_host.update(dict.fromkeys(hosts, client))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; where no connection can be made, to the host's next address.

        Raises:
            KeyError: for a host that was not admitted.
            httpx2.ConnectError: when no connection could be made.
            httpx2.NetworkError: when no response arrived over it.
            httpx2.TimeoutException: when a part of it took too long.
            httpx2.RemoteProtocolError: when what arrived is no response.
        """
        host = origin_of(str(request.url))[1]
        while True:
            try:
                return await self._sent(self._by_host[host], request)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if not self._spare.get(host):
                    raise
                self._pin({host: self._spare[host]})

    async def _sent(self, client: Client, request: httpx2.Request) -> httpx2.Response:
        sending = client.request(request.method, str(request.url)).headers(request.headers.multi_items())
        if content := request.content:
            sending = sending.body_bytes(content)
        sending = sending.streamed_read_buffer_limit(0)  # hand the response over as soon as its head is there
        async with AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(sending.build_streamed())
            except DecodeError as error:
                raise httpx2.RemoteProtocolError(_words(error)) from error
            except ConnectTimeoutError as error:
                raise httpx2.ConnectTimeout(_words(error)) from error
            except RequestTimeoutError as error:
                raise httpx2.ReadTimeout(_words(error)) from error
            except PyreqwestError as error:
                kind = httpx2.ConnectError if _CONNECTING in _causes(error) else httpx2.NetworkError
                raise kind(_words(error)) from error
            body = _Body(response, stack.pop_all())
            return httpx2.Response(response.status, headers=_readable(response.headers), stream=body)

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients:
            await client.close()


def _proxy(url: str) -> ProxyBuilder:
    """Read a proxy's URL; of a scheme that it does not know, pyreqwest would connect directly and unchecked."""
    whole = url if "://" in url else f"http://{url}"
    if not Url.is_valid(whole) or Url(whole).scheme not in {"http", "https"}:
        raise httpx2.ConnectError("the proxy that the environment names is not an http or https URL")
    return ProxyBuilder.all(whole)


def _readable(headers: HeaderMap) -> dict[str, str]:
    """Return the headers; pyreqwest cannot read a value outside of ASCII, and such a value means nothing to us."""
    readable = {}
    for name in headers.keys():  # noqa: SIM118 - iterating the map itself reads the values too
        try:
            readable[name] = headers[name]
        except ValueError:
            readable[name] = "(not ASCII)"
    return readable


class _Body(httpx2.AsyncByteStream):
    """The body, part by part, decompressed; raises httpx2.ReadError or ReadTimeout when it does not arrive whole."""

    def __init__(self, response: Response, stack: AsyncExitStack) -> None:
        self._reader = response.body_reader
        self._stack = stack

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (part := await self._reader.read()) is not None:
                yield bytes(part)
        except RequestTimeoutError as error:
            raise httpx2.ReadTimeout(_words(error)) from error
        except PyreqwestError as error:
            raise httpx2.ReadError(_words(error)) from error

    async def aclose(self) -> None:
        await self._stack.aclose()


def _causes(error: PyreqwestError) -> list[str]:
    """Return the causes that pyreqwest names, the deepest last."""
    details = getattr(error, "details", None) or {}
    return [str(cause["message"]) for cause in details.get("causes") or ()] or [error.message]


def _words(error: PyreqwestError) -> str:
    """Turn the deepest cause into words for a sentence."""
    cause = _causes(error)[-1]
    known = (words for pattern, words in _PLAIN if re.search(pattern, cause, re.IGNORECASE))
    return next(known, one_line(cause, 120))
