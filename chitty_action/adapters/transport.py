"""The transport: pyreqwest (Rust), with every name pinned to the address that was checked.

Why this one: docs/decisions/0001-http-client.md.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

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
from chitty_action.model.exchange import Mishap
from chitty_action.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Container, Coroutine, Iterable, Mapping

    from pyreqwest.client import Client
    from pyreqwest.http import HeaderMap
    from pyreqwest.request import StreamRequest
    from pyreqwest.response import Response

_CONNECTING = "client error (Connect)"  # how hyper marks what failed before anything was sent
_TLS = "TLS failure"
_PLAIN = (
    (r"no .*certificates|root cert|CA cert|native root", "no trusted certificates can be read: see SSL_CERT_FILE"),
    (r"certificate expired", "TLS failure: the certificate has expired"),
    (r"not valid for name", "TLS failure: the certificate is for another name"),
    (r"UnknownIssuer|unknown issuer|self.signed", "TLS failure: the certificate's issuer is not trusted"),
    (r"certificate|tls|handshake", _TLS),
    (r"connection refused", "the connection was refused"),
    (r"closed before message completed|reset by peer", "the connection was closed"),
    (r"before message length reached|unexpected (?:eof|end)|incomplete", "the body was cut short"),
    (r"unreachable", "the network is unreachable"),
)


class SendError(Exception):
    """No whole response: how it went wrong, and the reason as words for a sentence."""

    def __init__(self, mishap: Mishap, reason: str) -> None:
        """Take both."""
        super().__init__(reason)
        self.mishap = mishap


class Received:
    """A response whose head has arrived."""

    def __init__(self, response: Response) -> None:
        """Read the head; names of headers are lower-case."""
        self._reader = response.body_reader
        self.status = response.status
        self.headers = _readable(response.headers)

    async def parts(self, *, at_once: bool) -> AsyncIterator[bytes]:
        """Give the body part by part, decompressed; each as soon as it is there, or gathered to larger ones.

        A cancellation that meets the arrival of such a small part is lost in pyreqwest, so its reader watches the time.

        Raises:
            SendError: when it does not arrive whole.
            TimeoutError: when a part takes too long.
        """
        read = self._reader.read_chunk if at_once else self._reader.read
        try:
            while (part := await read()) is not None:
                yield bytes(part)
        except RequestTimeoutError:
            raise  # it is a TimeoutError
        except PyreqwestError as error:
            raise SendError(Mishap.BROKEN, _words(error)) from error


class _Batch:
    """Hosts that were admitted together and share their clients, one for each turn of their addresses."""

    __slots__ = ("addresses", "clients", "keeps")

    def __init__(self, addresses: Mapping[str, tuple[str, ...]], *, keeps: bool) -> None:
        """Take each host's checked addresses, and whether connections are kept for reuse."""
        self.addresses = addresses
        self.keeps = keeps
        self.clients: dict[int, Client] = {}


class PinnedTransport:
    """Sends each request over a client that knows the checked address of its host.

    Hosts are admitted in batches, because a client's table is fixed once it is built, and building one takes as long as
    many requests do.
    """

    def __init__(self, timeout: float) -> None:
        """Take the seconds that each part of a request (connect, read) may last."""
        self._part = timedelta(seconds=timeout)
        self._batches: dict[str, _Batch] = {}
        self._turn: dict[str, int] = {}  # where the first address did not work

    def knows(self, host: str) -> bool:
        """Whether the host was admitted."""
        return host in self._batches

    def admit(self, hosts: Mapping[str, Pinned | Proxied], passing: Container[str] = ()) -> None:
        """Admit hosts, each with its checked addresses, or the proxy that connects to it.

        The connection to a host in `passing` is closed after its request: kept for nothing, thousands fill the memory.

        Raises:
            SendError: when no client can be made, for want of trusted certificates or a usable proxy.
        """
        for keeps in (True, False):
            own = [host for host in hosts if (host not in passing) is keeps]
            direct = {host: way.addresses for host in own if isinstance(way := hosts[host], Pinned)}
            if direct:
                batch = _Batch(direct, keeps=keeps)
                self._add(batch, direct, self._pinned(batch, 0))
            proxied = {host: way.proxy for host in own if isinstance(way := hosts[host], Proxied)}
            for proxy in set(proxied.values()):
                builder = self._builder(keeps=keeps).no_proxy().proxy(_proxy(proxy))
                served = [host for host, named in proxied.items() if named == proxy]
                self._add(_Batch({}, keeps=keeps), served, _built(builder))

    def _add(self, batch: _Batch, hosts: Iterable[str], client: Client) -> None:
        batch.clients[0] = client
        self._batches |= dict.fromkeys(hosts, batch)

    def _pinned(self, batch: _Batch, turn: int) -> Client:
        """Make a client in which each host is pinned to its address of this turn; the first has turn 0."""
        hurried = any(len(addresses) > 1 for addresses in batch.addresses.values())
        builder = self._builder(keeps=batch.keeps, hurried=hurried).no_proxy()
        for host, addresses in batch.addresses.items():
            if addresses:  # a host with fewer is pinned all the same: nothing here may ask a name server
                builder = builder.resolve(host, addresses[turn % len(addresses)], 0)  # port 0: the one of the URL
        return _built(builder)

    def _builder(self, *, keeps: bool, hurried: bool = False) -> ClientBuilder:
        """Begin a client; a hurried one leaves time to connect to another address within the same request."""
        builder = ClientBuilder().follow_redirects(enable=False).referer(enable=False)
        if not keeps:
            builder = builder.pool_max_idle_per_host(0)
        return builder.connect_timeout(self._part / 2 if hurried else self._part).read_timeout(self._part)

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Sending:
        """Send one request; where no connection can be made, to the host's next address.

        Entering it raises:
            KeyError: for a host that was not admitted.
            SendError: when no response arrived.
            TimeoutError: when a part of it took too long.
        """
        return Sending(self._begun(method, url, headers, body))

    async def _begun(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[StreamRequest, Received]:
        host = origin_of(url)[1]
        batch, first = self._batches[host], self._turn.get(host, 0)
        ways = max(1, len(batch.addresses.get(host, ())))
        for tried in range(1, ways + 1):
            turn = (first + tried - 1) % ways
            if turn not in batch.clients:
                batch.clients[turn] = self._pinned(batch, turn)
            sending = batch.clients[turn].request(method, url).headers(headers)
            if body is not None:
                sending = sending.body_bytes(body)
            # Hand the response over as soon as its head is there.
            stream = sending.streamed_read_buffer_limit(0).build_streamed()
            try:
                received = Received(await stream.__aenter__())
            except PyreqwestError as error:
                if tried == ways or not _is_unconnected(error):
                    raise _told(error) from error
            else:
                if turn != first:
                    self._turn[host] = turn  # where the next request begins
                return stream, received
        raise AssertionError("the last way returns or raises")

    async def close(self) -> None:
        """Close the connections."""
        for batch in set(self._batches.values()):
            for client in batch.clients.values():
                await client.close()


class Sending:
    """A request on its way: entering waits for the response's head, leaving closes the response."""

    __slots__ = ("_begun", "_stream")

    def __init__(self, begun: Coroutine[None, None, tuple[StreamRequest, Received]]) -> None:
        """Take what is to be waited for."""
        self._begun = begun

    async def __aenter__(self) -> Received:
        """Return the response as soon as its head is there."""
        self._stream, received = await self._begun
        return received

    async def __aexit__(self, *raised: object) -> None:
        """Close the response."""
        await self._stream.__aexit__(*raised)


def _built(builder: ClientBuilder) -> Client:
    try:
        return builder.build()
    except BuilderError as error:
        raise SendError(Mishap.UNCONNECTED, f"no connection can be made ({_words(error)})") from error


def _proxy(url: str) -> ProxyBuilder:
    """Read a proxy's URL; of a scheme that it does not know, pyreqwest would connect directly and unchecked."""
    whole = url if "://" in url else f"http://{url}"
    if not Url.is_valid(whole) or Url(whole).scheme not in {"http", "https"}:
        raise SendError(Mishap.UNCONNECTED, "the proxy that the environment names is not an http or https URL")
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


def _is_unconnected(error: PyreqwestError) -> bool:
    """Whether the request was never sent."""
    if isinstance(error, RequestTimeoutError | DecodeError):
        return isinstance(error, ConnectTimeoutError)
    return _CONNECTING in _causes(error)


def _told(error: PyreqwestError) -> TimeoutError | SendError:
    """Return what it means that no response arrived."""
    if isinstance(error, RequestTimeoutError):
        return TimeoutError(_words(error))
    if isinstance(error, DecodeError):
        return SendError(Mishap.BROKEN, _words(error))
    return SendError(Mishap.UNCONNECTED if _is_unconnected(error) else Mishap.UNANSWERED, _words(error))


def _causes(error: PyreqwestError) -> list[str]:
    """Return the causes that pyreqwest names, the deepest last."""
    details = getattr(error, "details", None) or {}
    return [str(cause["message"]) for cause in details.get("causes") or ()] or [error.message]


def _words(error: PyreqwestError) -> str:
    """Turn the deepest cause into words for a sentence."""
    cause = _causes(error)[-1]
    known = (words for pattern, words in _PLAIN if re.search(pattern, cause, re.IGNORECASE))
    words = next(known, "")
    if words and words != _TLS:
        return words
    return f"{words} ({one_line(cause, 120)})" if words else one_line(cause, 120)
