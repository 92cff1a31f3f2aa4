"""A crowd of hosts, asked fairly: bounded altogether, bounded for each host, and gently where a host has had enough."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from chitty_action.model.address import origin_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

T = TypeVar("T")

OF_ONE_HOST = 8
"""Requests in flight at once to one host, where nothing else is said."""


def host_of(url: str) -> str:
    """Return host and port, by which work is told apart."""
    _, host, port = origin_of(url)
    return f"{host}:{port}"


class Crowd(Generic[T]):
    """Work by host. A host with more to do than it may have in flight waits, and holds up nobody else.

    Memory grows with the work that is left, not with tasks: `at_once` workers take one piece after the other.
    """

    def __init__(self, work: Iterable[tuple[str, T]], limits: Mapping[str, int]) -> None:
        """Take pairs of host and piece; `limits` are those of hosts that bear more, or less, than the usual."""
        by_host: dict[str, list[T]] = {}
        for host, piece in work:
            by_host.setdefault(host, []).append(piece)
        # Both have the next piece last. A new list has no room to grow; a deque would take ten times as much.
        self._left = {host: pieces[::-1] for host, pieces in by_host.items() if len(pieces) > 1}
        # No bound can hold back the only piece of a host, and thousands of hosts with one take room for nothing.
        self._alone = [pieces[0] for pieces in reversed(by_host.values()) if len(pieces) == 1]
        self._limits = dict(limits)
        self._flying: dict[str, int] = {}
        # The host with the most to do comes first: it takes the longest, because its share is bounded.
        self._ready = deque(sorted(self._left, key=lambda host: -len(self._left[host])))
        self._idle: deque[asyncio.Future[None]] = deque()

    def calm(self, host: str) -> None:
        """Halve the share of a host that says that it is too much."""
        self._limits[host] = max(1, self._limit(host) // 2)

    async def run(self, do: Callable[[T], Awaitable[None]], at_once: int) -> None:
        """Do everything, at most `at_once` pieces at a time."""
        pieces = sum(map(len, self._left.values())) + len(self._alone)
        await asyncio.gather(*(self._work(do) for _ in range(min(at_once, pieces))))

    async def _work(self, do: Callable[[T], Awaitable[None]]) -> None:
        while self._left or self._alone:
            if (host := self._next()) is not None:
                await self._take(host, do)
            elif self._alone:
                await do(self._alone.pop())
            else:
                await self._rest()
        self._wake(len(self._idle))

    async def _take(self, host: str, do: Callable[[T], Awaitable[None]]) -> None:
        """Do the next piece of a host that has, or had, several."""
        piece = self._left[host].pop()
        if not self._left[host]:
            del self._left[host]
        self._flying[host] = self._flying.get(host, 0) + 1
        self._offer(host)
        self._wake(1 if self._ready else 0)  # it wakes the next in turn: never all of them for one piece
        try:
            await do(piece)
        finally:
            self._landed(host)

    async def _rest(self) -> None:
        """Wait until there may be a host to ask."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle.append(woken)
        await woken

    def _wake(self, count: int) -> None:
        for _ in range(min(count, len(self._idle))):
            woken = self._idle.popleft()
            if not woken.done():  # cancelled, when something else went wrong
                woken.set_result(None)

    def _next(self) -> str | None:
        """Return a host that may be asked now."""
        while self._ready:
            host = self._ready.popleft()
            if host in self._left and self._flying.get(host, 0) < self._limit(host):
                return host
        return None

    def _offer(self, host: str) -> None:
        """Let a host that may be asked once more go first again."""
        if host in self._left and self._flying.get(host, 0) < self._limit(host):
            self._ready.appendleft(host)

    def _landed(self, host: str) -> None:
        self._flying[host] -= 1
        if not self._flying[host]:
            del self._flying[host]
        self._offer(host)

    def _limit(self, host: str) -> int:
        return self._limits.get(host, OF_ONE_HOST)
