"""HTTP: one request, bounded in time and size, a credential only where it belongs."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.adapters.resolve import AT_ONCE, Pinned, Proxied, Refused, Unresolved
from chitty_action.adapters.transport import PinnedTransport, SendError
from chitty_action.errors import BugError
from chitty_action.model.address import is_loopback, origin_of, path_of
from chitty_action.model.exchange import Answer, Failure, Mishap

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from chitty_action.adapters.clock import Deadline
    from chitty_action.adapters.resolve import Resolver
    from chitty_action.model.exchange import Request
    from chitty_action.model.ports import Log
    from chitty_action.model.reading import Credential

LARGEST_BODY = 16 * 1024 * 1024
"""Bytes of a body that are read; the largest honest document, discovery, is a few MiB."""
CROWD = 64
"""Hosts; where more of them are prepared at once, the connection to a host with one URL is not kept."""
_NAMES_IN_TIME = 1_000
"""Names that may take as long to resolve as one request; more of them may take longer."""
_ALWAYS = {"User-Agent": "chitty-action (+https://github.com/chittyos/chitty-action)", "Accept": "application/json"}


class Right(Struct, frozen=True):
    """A credential's value, and the one place where it may be sent: this origin, under this path."""

    secret: str
    prefixes: tuple[str, ...]

    def covers(self, url: str) -> bool:
        """Whether the URL has the origin of a prefix and lies under its path."""
        return any(
            origin_of(url) == origin_of(prefix) and _under(path_of(url), path_of(prefix)) for prefix in self.prefixes
        )


def _under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix.rstrip("/") + "/")


class Http:
    """Sends requests once, without retries."""

    def __init__(
        self, clock: Deadline, resolver: Resolver, timeout: float, rights: Mapping[Credential, Right], log: Log
    ) -> None:
        """Take the bounds, the policy for addresses, and who may be sent what."""
        self._clock = clock
        self._resolver = resolver
        self._timeout = timeout
        self._rights = rights
        self._log = log
        self._proxy_told = False
        self._transport = PinnedTransport(timeout)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def prepare(self, urls: Iterable[str]) -> None:
        """Resolve and check all hosts at once, and build one table for those that may be connected to.

        What is not resolved in time is left out: each request asks again for its own host, and says so.
        """
        asked = Counter(origin_of(url)[:2] for url in urls)
        fresh = [one for one in asked if not self._transport.knows(one[1])]
        passing = {host for _, host in fresh if asked["https", host] == 1} if len(fresh) > CROWD else set[str]()
        del asked
        ways: dict[str, Pinned | Proxied] = {}
        left = iter(fresh)

        async def resolve() -> None:
            for scheme, host in left:
                way = await self._resolver.resolve(scheme, host)
                if isinstance(way, Pinned | Proxied):
                    ways[host] = way

        with suppress(TimeoutError):
            async with self._clock.limit(self._timeout * (1 + len(fresh) // _NAMES_IN_TIME)):
                await asyncio.gather(*(resolve() for _ in range(min(AT_ONCE, len(fresh)))))
        with suppress(SendError):
            self._admit(ways, passing)

    def _admit(self, ways: Mapping[str, Pinned | Proxied], passing: Container[str] = ()) -> None:
        if ways:
            self._transport.admit(ways, passing)
        if not self._proxy_told and any(isinstance(way, Proxied) for way in ways.values()):
            self._proxy_told = True
            self._log.info("proxy.used", note="names are resolved by the proxy, so their addresses are not checked")

    async def ask(self, request: Request) -> Answer | Failure:
        """Send one request; whatever the other side does comes back as a value. Nothing is sent once time is up."""
        if reason := self._clock.ended():
            return Failure(Mishap.UNFINISHED, reason)
        began = self._clock.elapsed()
        heads: list[int] = []
        try:
            async with self._clock.limit(self._timeout):
                unusable = await self._unusable(request)
                began = self._clock.elapsed()  # how long the other side takes, without our own preparations
                return unusable or await self._send(request, heads, began)
        except TimeoutError:
            return self._late(heads, self._clock.elapsed() - began)
        except SendError as error:
            return Failure(error.mishap, str(error), self._clock.elapsed() - began, next(iter(heads), None))

    def _late(self, heads: list[int], elapsed: float) -> Failure:
        """Say what was late: all of the answer, or what should have followed its head."""
        if reason := self._clock.ended():
            return Failure(Mishap.UNFINISHED, reason, elapsed)
        mishap = Mishap.BROKEN if heads else Mishap.UNANSWERED
        return Failure(mishap, f"not a whole one within {self._timeout:g} s", elapsed, next(iter(heads), None))

    async def _unusable(self, request: Request) -> Failure | None:
        """Say why the host cannot be connected to; None when it was admitted."""
        scheme, host, _ = origin_of(request.url)
        if scheme != "https" and not is_loopback(host):
            return Failure(Mishap.UNPROBEABLE, "plain http is accepted for loopback hosts only")
        if self._transport.knows(host):
            return None
        match await self._resolver.resolve(scheme, host):
            case Refused(reason=reason):
                return Failure(Mishap.UNPROBEABLE, reason)
            case Unresolved(reason=reason):
                return Failure(Mishap.UNCONNECTED, reason)
            case way:
                self._admit({host: way})
                return None

    async def _send(self, request: Request, heads: list[int], began: float) -> Answer | Failure:
        """Send; the status goes into `heads` as soon as it is there, because then a response did arrive."""
        headers = self._headers(request)
        async with self._transport.send(request.method, request.url, headers, request.body) as received:
            heads.append(received.status)
            heard = bytearray()
            if request.until and request.until(heard):
                return Answer(received.status, received.headers, b"", self._clock.elapsed() - began)
            parts: list[bytes] = []
            size = 0
            async for part in received.parts(at_once=request.until is not None):
                parts.append(part)  # joined once: a large document is then twice in memory, and not four times
                size += len(part)
                if self._clock.ended() or self._clock.elapsed() - began > self._timeout:
                    raise TimeoutError
                if size > LARGEST_BODY:
                    reason = f"answered {received.status} with a body over {LARGEST_BODY >> 20} MiB"
                    return Failure(Mishap.OVERSIZE, reason, self._clock.elapsed() - began, received.status)
                if request.until:
                    heard += part
                    if request.until(heard):
                        break
            return Answer(received.status, received.headers, b"".join(parts), self._clock.elapsed() - began)

    def _headers(self, request: Request) -> dict[str, str]:
        headers = _ALWAYS | dict(request.headers)
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        right = self._rights.get(request.credential) if request.credential else None
        if right is not None:
            if not right.covers(request.url):
                raise BugError(f"{request.credential} has no right at {request.url}")
            headers["Authorization"] = f"Bearer {right.secret}"
        return headers
