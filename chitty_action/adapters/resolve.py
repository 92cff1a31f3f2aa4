"""DNS: a name is resolved once, every address that comes back is checked, and the connection goes to a checked one."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING

from msgspec import Struct

from chitty_action.model.address import is_loopback, literal_address, refused

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 64
"""Look-ups in flight at once: more of them make resolvers drop packets."""


class Pinned(Struct, frozen=True):
    """Connect to one of these addresses, in this order; none where the host is an address itself."""

    addresses: tuple[str, ...] = ()


class Proxied(Struct, frozen=True):
    """Have this proxy connect; it resolves the name, so its address is not checked here."""

    proxy: str


class Refused(Struct, frozen=True):
    """Never connect; `reason` fits into a sentence about the host."""

    reason: str


class Unresolved(Struct, frozen=True):
    """The name gave no address this time; that may change."""

    reason: str


Resolution = Pinned | Proxied | Refused | Unresolved


def system_look_up(host: str) -> list[str]:
    """Ask the system's resolver; addresses come in the order in which they should be tried (RFC 6724)."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def proxy_for(scheme: str, host: str) -> str | None:
    """Return the proxy that the environment names for this host, by urllib's rules; None for a direct connection.

    Plain http is only ever spoken to loopback hosts: a proxy would read its tokens, and has another loopback.
    """
    named = any(name.lower().endswith("_proxy") for name in os.environ)
    if not named or scheme != "https" or is_loopback(host):
        return None
    from urllib.request import getproxies_environment, proxy_bypass

    proxies = getproxies_environment()
    proxy = proxies.get(scheme) or proxies.get("all")
    return proxy.strip() or None if proxy and not proxy_bypass(host) else None


class Resolver:
    """Remembers what each name resolved to for the whole run; only a failure is asked again."""

    def __init__(self, *, allow_private: bool, look_up: Callable[[str], list[str]] = system_look_up) -> None:
        """Take the policy, and the function that asks for addresses."""
        self._allow_private = allow_private
        self._threads = _Threads(look_up)
        self._known: dict[str, dict[str, Pinned | Proxied | Refused]] = {}  # by scheme, then by host
        self._equal: dict[Pinned | Proxied | Refused, Pinned | Proxied | Refused] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def resolve(self, scheme: str, host: str) -> Resolution:
        """Return what to do with the host; never raises."""
        known = self._known.setdefault(scheme, {})
        if host in known:
            return known[host]
        resolution = await self._fresh(scheme, host)
        if not isinstance(resolution, Unresolved):
            # Thousands of hosts stand behind a few addresses: equal answers are one value.
            known[host] = resolution = self._equal.setdefault(resolution, resolution)
        return resolution

    async def _fresh(self, scheme: str, host: str) -> Resolution:
        if (literal := literal_address(host)) is not None:
            reason = self._refusal(str(literal))
            return Refused(f"{host} is {reason}") if reason else _literal(scheme, host)
        if proxy := proxy_for(scheme, host):
            return Proxied(proxy)
        try:
            async with self._places:
                addresses = await self._threads.look_up(host)
        except OSError as error:
            return Unresolved(f"the name {host} does not resolve ({error.strerror or error})")
        except UnicodeError:
            return Refused(f"{host} is not a valid name")
        for address in addresses:
            if reason := self._refusal(address):
                return Refused(f"{host} resolves to {address}, which is {reason}")
        checked = tuple(dict.fromkeys(address.partition("%")[0] for address in addresses))
        return Pinned(checked) if checked else Unresolved(f"the name {host} has no address")

    def _refusal(self, address: str) -> str | None:
        literal = literal_address(address.partition("%")[0])
        if literal is None:
            return "not an address"
        return None if self._allow_private else refused(literal)


def _literal(scheme: str, host: str) -> Resolution:
    proxy = proxy_for(scheme, host)
    return Proxied(proxy) if proxy else Pinned()


class _Threads:
    """Daemon threads that look names up, as many as there are look-ups at once.

    The loop's own executor would keep the process alive as long as a resolver hangs, and a new thread for each name
    costs more than a quick answer. One that hangs is lost for this run; another takes its place.
    """

    def __init__(self, look_up: Callable[[str], list[str]]) -> None:
        """Take the function; start nothing yet."""
        self._look_up = look_up
        self._asked: SimpleQueue[tuple[str, Callable[[list[str] | None, Exception | None], None]]] = SimpleQueue()
        self._free = 0

    async def look_up(self, host: str) -> list[str]:
        """Return the addresses, or raise what the function raises for a name."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(result: list[str] | None, error: Exception | None) -> None:
            self._free += 1
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(result or [])

        def tell(result: list[str] | None, error: Exception | None) -> None:
            with suppress(RuntimeError):  # the run is over, and its loop closed
                loop.call_soon_threadsafe(settle, result, error)

        self._asked.put((host, tell))
        if self._free:
            self._free -= 1
        else:
            threading.Thread(target=self._work, name="resolver", daemon=True).start()
        return await answer

    def _work(self) -> None:
        while True:
            host, tell = self._asked.get()
            try:
                tell(self._look_up(host), None)
            except (OSError, UnicodeError) as raised:
                tell(None, raised)
